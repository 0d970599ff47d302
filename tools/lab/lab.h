// A card and the systems around it, put together in one process: what `scwsim
// up` and `scwsim terminal` run and what tests use. One thread: that of the
// io_context.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "card/uicc/uicc.h"
#include "tools/lab/card_notes.h"
#include "tools/links/in_process_link.h"
#include "tools/links/tap_link.h"
#include "tools/links/tcp_link.h"
#include "tools/terminal/terminal.h"
#include "tools/trace/apdu_trace.h"

namespace scwsim::lab {

struct Config {
  std::shared_ptr<const CardImage> card;  ///< null: the card is at `link`
  Seed seed{};
  links::Endpoint link;                        ///< where it listens; or see Lab::listen()
  links::Rendezvous::Report on_link{};         ///< hears of connections of the raw card link
  std::vector<uint16_t> http_ports = {3516};   ///< ports of the card that speak HTTP
  std::vector<uint16_t> https_ports = {4116};  ///< and those that speak HTTPS
  terminal::Config terminal;
  std::string trace;  ///< pcapng file; empty: none
  /// Hears of a trace that cannot be written any more, with path and reason.
  std::function<void(const std::string&)> on_trace_error{};
  /// Hears what the card notes: a connection refused, a session broken off.
  CardNotes::Hear on_card_note{};
  links::ApduObserver* observer = nullptr;  ///< hears every APDU; may be null
};

class Lab {
 public:
  /// Throws std::runtime_error when the trace cannot be written.
  Lab(boost::asio::io_context& io, Config config, terminal::Hooks hooks = {});

  /// Listens there, before start(), for a card that connects; gives where. Throws
  /// std::runtime_error, with the reason, when that cannot be.
  links::Endpoint listen(const links::Endpoint& endpoint);
  /// Powers the card up.
  void start() { terminal_->start(); }
  /// Closes everything; the event loop ends by itself then.
  void stop() { terminal_->stop(); }

  [[nodiscard]] terminal::Terminal& terminal() { return *terminal_; }
  /// HOST:PORT at which the card's web server can be reached; empty when not.
  [[nodiscard]] std::string http_address() const { return address_of(http_ports_); }
  /// The same, of its HTTPS.
  [[nodiscard]] std::string https_address() const { return address_of(https_ports_); }
  /// The digits of the card's ICCID; empty before the terminal has read it.
  [[nodiscard]] const std::string& iccid() const { return terminal_->card().iccid(); }

 private:
  [[nodiscard]] std::string address_of(const std::vector<uint16_t>& card_ports) const;

  std::vector<uint16_t> http_ports_;
  std::vector<uint16_t> https_ports_;
  CardNotes notes_;
  std::unique_ptr<Uicc> card_;
  links::TcpLink* remote_ = nullptr;  // the card's link, when the card is elsewhere
  std::unique_ptr<links::CardLink> card_link_;
  trace::ApduTrace trace_;
  std::unique_ptr<links::TapLink> trace_tap_;
  std::unique_ptr<links::TapLink> observer_tap_;
  std::unique_ptr<terminal::Terminal> terminal_;
};

}  // namespace scwsim::lab
