#include "tools/lab/lab.h"

#include <stdexcept>

namespace scwsim::lab {

Lab::Lab(boost::asio::io_context& io, Config config, terminal::Hooks hooks)
    : http_ports_(std::move(config.http_ports)),
      https_ports_(std::move(config.https_ports)),
      notes_(std::move(config.on_card_note)) {
  if (config.card) {
    card_ = std::make_unique<Uicc>(std::move(config.card), config.seed, nullptr, &notes_);
    card_link_ = std::make_unique<links::InProcessLink<Uicc>>(*card_);
  } else {
    if (!config.on_link) config.on_link = [](const std::string&) {};
    auto remote = std::make_unique<links::TcpLink>(io, std::move(config.on_link));
    remote->connect_to(config.link);
    remote_ = remote.get();
    card_link_ = std::move(remote);
  }
  links::CardLink* link = card_link_.get();
  if (!config.trace.empty()) {
    if (const auto problem = trace_.open(config.trace)) {
      throw std::runtime_error("cannot write the trace: " + *problem);
    }
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

links::Endpoint Lab::listen(const links::Endpoint& endpoint) {
  boost::system::error_code error;
  links::Endpoint place = remote_->listen(endpoint, error);
  if (error) throw std::runtime_error(error.message());
  return place;
}

std::string Lab::address_of(const std::vector<uint16_t>& card_ports) const {
  for (const uint16_t card_port : card_ports) {
    const uint16_t port = terminal_->gateway().host_port(card_port);
    if (port != 0) return "127.0.0.1:" + std::to_string(port);
  }
  return "";
}

}  // namespace scwsim::lab
