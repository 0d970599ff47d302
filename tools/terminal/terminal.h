// The reference terminal: a phone as a card sees it, and no more than that. It
// powers the card up, fetches and answers proactive commands, polls with STATUS,
// brings events, and has an SCWS Gateway. It reaches the card in APDUs only,
// whatever the link (TS 102 221, TS 102 223). One thread: that of its io_context.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tools/links/card_link.h"
#include "tools/terminal/gateway.h"
#include "tools/terminal/power_up.h"
#include "tools/terminal/timers.h"
#include "tools/terminal/toolkit.h"

namespace scwsim::terminal {

struct Config {
  std::vector<uint8_t> profile;  ///< TERMINAL PROFILE, 1 to 255 octets; see profile_presets.h
  PortMap ports;                 ///< where the card's ports are on the host
  Policy policy;
};

/// Whom to tell what. Each may be empty; called from the event loop, or from
/// within start(). A hook must not destroy the terminal.
struct Hooks {
  /// The card's files are read, and the USIM is running if there is one.
  std::function<void()> on_ready{};
  /// The card is of no use, or of none any more; the terminal waits for start().
  std::function<void(std::string_view reason)> on_lost{};
  /// The card's port can be connected to at this port of 127.0.0.1 and [::1].
  std::function<void(uint16_t card_port, uint16_t host_port)> on_listening{};
  /// The port of the host that stands for the card's cannot be had. The card may
  /// try again later.
  std::function<void(uint16_t card_port, uint16_t host_port, std::string_view reason)>
      on_port_unavailable{};
  /// After on_ready, once a session: the card has nothing more to say by itself.
  std::function<void()> on_settled{};
};

struct Statistics {
  uint64_t commands = 0;            ///< command APDUs sent, GET RESPONSE included
  uint64_t proactive_commands = 0;  ///< fetched
  uint64_t envelopes = 0;
  uint64_t statuses = 0;
  uint64_t refused = 0;  ///< FETCH, TERMINAL RESPONSE, ENVELOPE, STATUS that ended in an error
  uint64_t resets = 0;   ///< answers to reset
};

class Terminal : private links::CardReceiver, private Gateway::Owner, private Timers::Owner {
 public:
  /// `io` and `link` must outlive the terminal; it becomes the link's receiver.
  Terminal(boost::asio::io_context& io, links::CardLink& link, Config config, Hooks hooks = {});
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() override;

  /// Powers the card up. From then on the terminal lives in the event loop.
  void start();

  /// Closes all sockets and takes the card's power away. The event loop runs out
  /// of work but for connections that are just being closed.
  void stop();

  /// Sends STATUS as soon as the card is free, ahead of the polling interval.
  void poll_soon();

  /// Whether on_ready was reached since the last reset.
  [[nodiscard]] bool ready() const { return state_ == State::kReady; }
  [[nodiscard]] const Statistics& statistics() const { return statistics_; }
  [[nodiscard]] const Gateway& gateway() const { return gateway_; }
  [[nodiscard]] const PowerUp& card() const { return power_up_; }
  [[nodiscard]] const std::vector<uint8_t>& atr() const { return atr_; }

 private:
  enum class State : uint8_t { kOff, kPoweringUp, kReady };
  enum class Purpose : uint8_t { kPowerUp, kFetch, kTerminalResponse, kEnvelope, kStatus };

  void on_atr(Bytes atr) override;
  void on_response(Bytes response) override;
  void on_lost(std::string_view reason) override;
  void on_gateway_work() override { pump(); }
  [[nodiscard]] uint64_t commands_sent() const override { return statistics_.commands; }
  void on_listening(uint16_t card_port, uint16_t host_port) override;
  void on_port_unavailable(uint16_t card_port, uint16_t host_port,
                           const std::string& reason) override;
  void on_timer_expired() override { pump(); }

  void pump();
  void pump_later();
  bool send_next();
  bool send_event();
  void send(Purpose purpose, Bytes command);
  void send_status();
  void transmit(Bytes command);
  void reset_card();
  void forget_session();
  void lose(std::string_view reason);

  bool follow_up(uint8_t sw1, uint8_t sw2);
  void complete(Bytes data, uint16_t status);
  void on_fetched(Bytes data);
  void on_powered_up();
  void restart_polling();
  void hold_event();

  boost::asio::io_context& io_;
  links::CardLink& link_;
  Config config_;
  Hooks hooks_;
  Gateway gateway_;
  Timers timers_;
  Toolkit toolkit_;
  PowerUp power_up_;
  boost::asio::steady_timer polling_;
  boost::asio::steady_timer event_retry_;
  std::shared_ptr<Terminal*> self_;  // outlived by handlers, which hold it weakly

  State state_ = State::kOff;
  std::vector<uint8_t> atr_;
  Statistics statistics_;

  bool settled_ = false;  // on_settled was called in this session
  bool pumping_ = false;
  bool pump_posted_ = false;

  // The command under way.
  bool awaiting_ = false;
  Purpose purpose_ = Purpose::kPowerUp;
  std::array<uint8_t, 5> follow_up_{};  // GET RESPONSE, or the command with another Le
  bool has_follow_up_ = false;
  bool has_le_ = false;  // the command under way could be repeated with another Le
  int follow_ups_ = 0;
  std::vector<uint8_t> collected_;  // response data of earlier parts

  // What the card is owed.
  size_t fetch_ = 0;  // octets of the pending proactive command
  std::array<uint8_t, kMaxCommandApdu> response_{};
  Bytes response_apdu_;         // TERMINAL RESPONSE to be sent; in response_
  Next next_ = Next::kRespond;  // of the proactive command
  std::array<uint8_t, kMaxEventApdu> event_{};
  Bytes event_apdu_;  // envelope being sent or, the toolkit being busy, to be sent again
  bool event_held_ = false;
  bool status_due_ = false;
  std::array<uint8_t, 5> fetch_apdu_{};
};

}  // namespace scwsim::terminal
