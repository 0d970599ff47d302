// A card and the systems around it, put together in one process: what `scwsim
// up` runs and what tests use. One thread: that of the io_context.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "card/uicc/uicc.h"
#include "tools/links/in_process_link.h"
#include "tools/links/tap_link.h"
#include "tools/terminal/terminal.h"
#include "tools/trace/apdu_trace.h"

namespace scwsim::lab {

struct Config {
  std::shared_ptr<const CardImage> card;
  Seed seed{};
  terminal::Config terminal;
  std::string trace;  ///< pcapng file; empty: none
  /// Hears of a trace that cannot be written any more, with path and reason.
  std::function<void(const std::string&)> on_trace_error{};
  links::ApduObserver* observer = nullptr;  ///< hears every APDU; may be null
};

class Lab {
 public:
  /// Throws std::runtime_error when the trace cannot be written.
  Lab(boost::asio::io_context& io, Config config, terminal::Hooks hooks = {});

  /// Powers the card up.
  void start() { terminal_->start(); }
  /// Closes everything; the event loop ends by itself then.
  void stop() { terminal_->stop(); }

  [[nodiscard]] Uicc& card() { return card_; }
  [[nodiscard]] terminal::Terminal& terminal() { return *terminal_; }
  /// HOST:PORT at which the card's web server can be reached; empty when not.
  [[nodiscard]] std::string http_address() const;
  [[nodiscard]] const CardImage& image() const { return *image_; }

 private:
  std::shared_ptr<const CardImage> image_;
  Uicc card_;
  links::InProcessLink<Uicc> card_link_;
  trace::ApduTrace trace_;
  std::unique_ptr<links::TapLink> trace_tap_;
  std::unique_ptr<links::TapLink> observer_tap_;
  std::unique_ptr<terminal::Terminal> terminal_;
};

}  // namespace scwsim::lab
