// Carries out proactive commands (TS 102 223 §6.4): one table says who does what.
// The user and the network are not there: commands that need them are answered
// as a patient user, or a phone without service, would have it.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "tools/terminal/gateway.h"
#include "tools/terminal/proactive_command.h"
#include "tools/terminal/timers.h"

namespace scwsim::terminal {

/// What the terminal does when a proactive command was carried out.
enum class Next : uint8_t {
  kRespond,         ///< send the TERMINAL RESPONSE
  kRespondAndRead,  ///< send it, then read the card's files again
  kReset            ///< no response: reset the card
};

class Toolkit {
 public:
  /// All must outlive the toolkit.
  Toolkit(Gateway& gateway, Timers& timers, const Policy& policy);

  /// Carries out what FETCH gave. `response` becomes the TERMINAL RESPONSE, an
  /// APDU in `buffer` (kMaxCommandApdu octets). Anything may stand in `d0`.
  Next carry_out(Bytes d0, std::span<uint8_t> buffer, Bytes& response);

  /// The card was reset: it has no event list and no say in polling.
  void reset();

  /// Events that the card wants to hear of.
  [[nodiscard]] const EventList& event_list() const { return event_list_; }
  /// Proactive polling (TS 102 223 §6.4.6); nothing when the card turned it off.
  [[nodiscard]] std::optional<std::chrono::milliseconds> poll_interval() const {
    return poll_interval_;
  }

 private:
  using Handler = void (*)(Toolkit&, const ProactiveCommand&, TerminalResponse&);
  struct Row {
    cat::CommandType type;
    Handler handler;
  };
  static const Row kRows[];

  bool answer_canned(const ProactiveCommand& command, TerminalResponse& response);
  void set_poll_interval(const ProactiveCommand& command, TerminalResponse& response);
  void set_up_event_list(const ProactiveCommand& command, TerminalResponse& response);

  Gateway& gateway_;
  Timers& timers_;
  const Policy& policy_;
  std::vector<CannedResult> canned_;
  unsigned wrong_numbers_;
  EventList event_list_;
  std::optional<std::chrono::milliseconds> poll_interval_;
};

}  // namespace scwsim::terminal
