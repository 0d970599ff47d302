// The CAT session of a card (TS 102 223 §4, TS 102 221 §14): the terminal's
// profile, one proactive command outstanding at a time, and who asked for it.
// Applications of the toolkit are Clients: they are asked for their next command
// when it is their turn, so nothing is queued and nothing goes stale.
#pragma once

#include <array>
#include <span>

#include "card/apdu/command.h"
#include "card/apdu/response.h"
#include "card/cat/envelope.h"
#include "card/cat/proactive_command.h"
#include "card/cat/terminal_profile.h"
#include "card/cat/terminal_response.h"

namespace scwsim::cat {

/// A part of the card that uses the toolkit.
class Client {
 public:
  virtual ~Client() = default;

  /// A new session begins: what was outstanding is gone, and the terminal is the
  /// one described.
  virtual void on_terminal_profile(const TerminalProfile& profile) = 0;

  /// It is this client's turn: write the next command, or return false.
  virtual bool next_command(ProactiveCommand& command) = 0;

  /// The answer to the command it wrote last.
  virtual void on_terminal_response(const TerminalResponse& response) = 0;

  /// That command was not fetched and is taken back: see Toolkit::withdraw().
  virtual void on_withdrawn() {}

  /// That command was fetched, and no TERMINAL RESPONSE that can be understood
  /// will come.
  virtual void on_unanswered() = 0;

  /// The events it wants to hear of (TS 102 223 §8.25).
  [[nodiscard]] virtual std::span<const uint8_t> events() const { return {}; }
  /// The terminal has agreed to report the events.
  virtual void on_event_list_accepted() {}
  /// An event came in.
  virtual void on_event(const EventDownload& /*download*/) {}
  /// One of the terminal's timers, 1..8, has expired.
  virtual void on_timer_expiration(uint8_t /*timer*/) {}
  /// A STATUS came in: one polling interval has passed.
  virtual void on_poll() {}
};

/// Figures of a session for those who show them.
struct ToolkitCounters {
  uint32_t proactive_commands = 0;  ///< fetched
  uint32_t terminal_responses = 0;  ///< that fitted the outstanding command
  uint32_t envelopes = 0;           ///< well-formed
  uint32_t refused = 0;             ///< malformed or misplaced input
};

class Toolkit {
 public:
  /// Most clients of one card.
  static constexpr size_t kMaxClients = 8;

  /// Adds a client, which must outlive the toolkit. Clients added first are
  /// asked first.
  void add(Client& client);

  /// Says that `client` has (or may have) a command. Cheap.
  void request_turn(const Client& client);

  /// Takes the command that `client` wrote last back, as long as it is not
  /// fetched: what it was for has changed. The client is asked anew.
  void withdraw(Client& client);

  /// Forgets the session: what a reset does.
  void reset();

  /// TERMINAL PROFILE (TS 102 221 §11.2.1). Starts the session anew.
  void terminal_profile(const apdu::Command& command, apdu::Response& response);
  /// FETCH (§11.2.3). 6985 when nothing is pending, 6CXX for a wrong Le.
  void fetch(const apdu::Command& command, apdu::Response& response);
  /// TERMINAL RESPONSE (§11.2.4). 6985 when no command is outstanding, 6F00 when
  /// malformed, 6A80 when it answers another command. The outstanding one stays,
  /// for a better answer, until the terminal polls: then it counts as unanswered.
  void terminal_response(const apdu::Command& command, apdu::Response& response);
  /// ENVELOPE (§11.2.2). 6F00 when malformed.
  void envelope(const apdu::Command& command, apdu::Response& response);
  /// A STATUS was carried out.
  void poll();

  /// Octets of the proactive command waiting for FETCH, 1..256, or 0. Asks the
  /// clients when none is waiting.
  size_t pending();

  /// The events all clients together want and the terminal can report; written
  /// to `list`, which takes 32. Gives how many.
  size_t wanted_events(std::span<uint8_t> list) const;

  /// The terminal reports the events from now on.
  void event_list_accepted();

  [[nodiscard]] const TerminalProfile& profile() const { return profile_; }
  [[nodiscard]] const ToolkitCounters& counters() const { return counters_; }

 private:
  enum class State : uint8_t { kIdle, kPending, kFetched };

  [[nodiscard]] std::span<Client* const> clients() const {
    return std::span(clients_).first(client_count_);
  }

  std::array<Client*, kMaxClients> clients_{};
  size_t client_count_ = 0;
  uint32_t ready_ = 0;  // bit n: client n may have a command
  State state_ = State::kIdle;
  Client* owner_ = nullptr;  // of the command pending or fetched
  bool refused_ = false;     // an answer to the command fetched
  ProactiveCommand command_;
  Bytes pending_;
  TerminalProfile profile_;
  ToolkitCounters counters_;
};

}  // namespace scwsim::cat
