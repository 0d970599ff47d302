#include "tools/lab/lab.h"

#include <stdexcept>

namespace scwsim::lab {

Lab::Lab(boost::asio::io_context& io, Config config, terminal::Hooks hooks)
    : image_(std::move(config.card)), card_(image_, config.seed), card_link_(card_) {
  links::CardLink* link = &card_link_;
  if (!config.trace.empty()) {
    if (const auto problem = trace_.open(config.trace)) throw std::runtime_error(*problem);
    trace_.set_on_error(std::move(config.on_trace_error));
    trace_tap_ = std::make_unique<links::TapLink>(*link, trace_);
    link = trace_tap_.get();
  }
  if (config.observer != nullptr) {
    observer_tap_ = std::make_unique<links::TapLink>(*link, *config.observer);
    link = observer_tap_.get();
  }
  terminal_ =
      std::make_unique<terminal::Terminal>(io, *link, std::move(config.terminal), std::move(hooks));
}

std::string Lab::http_address() const {
  const uint16_t port = terminal_->gateway().host_port(image_->http.port);
  return port == 0 ? "" : "127.0.0.1:" + std::to_string(port);
}

}  // namespace scwsim::lab
