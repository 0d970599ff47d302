// One BIP channel in UICC server mode: where it stands, and the connection it
// carries. It decides which command the channel wants next and takes the answers
// in; ServerMode gives it its turns.
#pragma once

#include <array>
#include <memory>

#include "bip/channel_state.h"
#include "bip/reaction.h"
#include "card/base/stream.h"
#include "card/cat/backoff.h"
#include "card/cat/envelope.h"
#include "card/cat/proactive_command.h"
#include "card/cat/terminal_response.h"

namespace scwsim::bip {

/// Sizes of the traffic with the terminal, from the profile.
struct Sizes {
  uint16_t buffer = 1400;  ///< OPEN CHANNEL, buffer size to ask for
  uint8_t receive = 237;   ///< most octets asked for by one RECEIVE DATA; 237 fill a response
  uint8_t send = 241;      ///< most octets in one SEND DATA; 241 fill a command
};

/// What a channel asks of the one that owns it.
class ChannelOwner {
 public:
  virtual ~ChannelOwner() = default;
  /// A channel may have something to send.
  virtual void request_turn() = 0;
  /// Whether another channel on `port` is free for a connection.
  [[nodiscard]] virtual bool another_free(uint16_t port) const = 0;
  /// A connection began on a channel that listens on `port`.
  virtual void connection_began(uint16_t port) = 0;
  /// Whether the terminal knows GET CHANNEL STATUS.
  [[nodiscard]] virtual bool can_ask_status() const = 0;
};

class Channel : private Stream {
 public:
  Channel(ChannelOwner& owner, uint16_t port, Acceptor& acceptor, const Sizes& sizes)
      : owner_(owner),
        port_(port),
        acceptor_(acceptor),
        sizes_(sizes),
        buffer_(sizes.buffer),
        send_size_(sizes.send) {}

  /// Takes an event in: next state and action as the table says.
  void handle(ChannelEvent event);

  /// Writes the command the channel wants to send next, if there is one.
  bool next_command(cat::ProactiveCommand& command);

  /// Takes in the answer to that command.
  void on_response(const cat::TerminalResponse& response);

  /// That command was taken back before the terminal fetched it.
  void on_withdrawn() { handle(ChannelEvent::kRetryDue); }

  /// That command was fetched and never answered as it should be.
  void on_unanswered();

  /// Channel status or data available, for this channel.
  void on_event(const cat::EventDownload& download);

  /// Something came from the terminal that shows that it goes on: what it could
  /// not do before may be tried again.
  void on_opportunity();

  /// A polling interval has passed.
  void on_poll();

  /// `seconds` have passed. A connection on which nothing has moved for more than
  /// `limit` seconds comes to its end. Whether there is a connection.
  bool on_tick(uint16_t seconds, uint16_t limit);

  /// Others may be waiting for a place on this port: the connection ends if it has
  /// stood still from one tick to the next, and nothing is under way on it. Whether it does.
  bool make_room();

  [[nodiscard]] ChannelState state() const { return state_; }
  /// Channel identifier, 1..7; 0 when the terminal has given none.
  [[nodiscard]] uint8_t identifier() const { return identifier_; }
  [[nodiscard]] uint16_t port() const { return port_; }
  /// Buffer size in octets, as granted.
  [[nodiscard]] uint16_t buffer_size() const { return buffer_; }

 private:
  // Octets taken from the handler that the terminal has not accepted yet.
  struct Unsent {
    std::array<uint8_t, cat::ProactiveCommand::kMaxChannelData> octets;
    size_t size = 0;
    size_t in_flight = 0;  // of them, in the outstanding SEND DATA
  };

  void wake() override { owner_.request_turn(); }
  [[nodiscard]] bool crowded() const override { return !owner_.another_free(port_); }

  void accept();
  void moved();
  void end(StreamEnd end);
  void forget_identifier();

  bool next_transfer(cat::ProactiveCommand& command);
  bool write_receive(cat::ProactiveCommand& command);
  bool write_send(cat::ProactiveCommand& command);
  void write_open(cat::ProactiveCommand& command);
  void write_close(cat::ProactiveCommand& command, uint8_t qualifier);

  void on_open(const cat::TerminalResponse& response, Reaction reaction);
  void on_receive(const cat::TerminalResponse& response, Reaction reaction);
  void on_send(const cat::TerminalResponse& response, Reaction reaction);
  void on_close(Reaction reaction);
  void on_status(const cat::TerminalResponse& response, Reaction reaction);

  void lose(Reaction reaction);
  void discard_output();
  void abandon();
  [[nodiscard]] bool can_receive() const;
  // Whether the connection that the outstanding command was about has ended.
  [[nodiscard]] bool is_outdated() const { return !handler_ || asked_for_ != connection_; }

  ChannelOwner& owner_;
  uint16_t port_;
  Acceptor& acceptor_;
  const Sizes& sizes_;

  ChannelState state_ = ChannelState::kOff;
  uint8_t identifier_ = 0;
  uint16_t buffer_;            // granted, or to ask for next
  uint8_t send_size_;          // most octets in one SEND DATA, after reductions
  uint8_t rx_available_ = 0;   // what the terminal holds for us; FF: 255 or more
  uint8_t rx_asked_ = 0;       // in the outstanding RECEIVE DATA
  uint32_t idle_s_ = 0;        // since an octet moved, either way; a tick counts whole
  bool stands_still_ = false;  // from one tick to the next nothing has moved
  uint32_t connection_ = 0;    // counts the connections of the channel
  uint32_t asked_for_ = 0;     // the one that the outstanding command is about
  size_t tx_room_ = 0;         // what the terminal's buffer takes
  bool rx_held_ = false;       // a temporary problem: wait for an opportunity
  bool tx_held_ = false;
  cat::Backoff backoff_;
  std::unique_ptr<StreamHandler> handler_;  // while a connection is up
  std::unique_ptr<Unsent> unsent_;
};

}  // namespace scwsim::bip
