// The SCWS Gateway: UICC server mode at the terminal's end (TS 102 223 §6.4.27
// to §6.4.31, OMA SCWS §5). It has the channel table, listens on the host for
// the ports that the card names, puts each TCP connection on a channel of its
// own, and answers the BIP commands. It sends nothing to the card itself: the
// terminal asks it for events when the card is free. Client mode is not here.
#pragma once

#include <array>
#include <bitset>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tools/terminal/connection.h"
#include "tools/terminal/envelope.h"
#include "tools/terminal/listening_port.h"
#include "tools/terminal/policy.h"
#include "tools/terminal/terminal_response.h"

namespace scwsim::terminal {

/// Which port of the host stands for a port of the card: pairs (card, host).
/// Ports that are not listed stand for themselves; host port 0 is any free one.
using PortMap = std::vector<std::pair<uint16_t, uint16_t>>;

/// Events that the card wants to hear of (SET UP EVENT LIST), by their number.
using EventList = std::bitset<256>;

/// A channel's state in UICC server mode (TS 102 223 §8.56).
enum class ChannelState : uint8_t {
  kFree,         ///< no such channel
  kListen,       ///< waits for a connection
  kEstablished,  ///< carries one
  kDropped       ///< closed by a lost link, not yet by the card
};

/// What happened to a channel, for an ENVELOPE.
struct ChannelEvent {
  uint8_t event = 0;  ///< cat::event
  ChannelStatus status{};
  size_t available = 0;  ///< octets in the Rx buffer, for data available
};

/// What one channel has done, for display.
struct ChannelInfo {
  ChannelState state = ChannelState::kFree;
  uint16_t card_port = 0;
  uint64_t connections = 0;
  uint64_t to_card = 0;    ///< octets given in RECEIVE DATA
  uint64_t from_card = 0;  ///< octets taken in SEND DATA
};

class Gateway : private Connection::Owner, private ListeningPort::Owner {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// next_event() or wants_status() may have something. From the event loop.
    virtual void on_gateway_work() = 0;
    /// Commands sent to the card so far (Policy::event_delay counts in them).
    [[nodiscard]] virtual uint64_t commands_sent() const = 0;
    /// The card's port is reachable at this port of the host.
    virtual void on_listening(uint16_t card_port, uint16_t host_port) = 0;
    /// The card's port cannot be had: the port of the host is taken, or not ours.
    virtual void on_port_unavailable(uint16_t card_port, uint16_t host_port,
                                     const std::string& reason) = 0;
  };

  /// `policy` and `owner` must outlive the gateway.
  Gateway(boost::asio::io_context& io, PortMap ports, const Policy& policy, Owner& owner);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;
  ~Gateway() override { reset(); }

  /// Carry out a command that is well formed and write result and objects.
  void open_channel(const ProactiveCommand& command, TerminalResponse& response);
  void close_channel(const ProactiveCommand& command, TerminalResponse& response);
  void receive_data(const ProactiveCommand& command, TerminalResponse& response);
  void send_data(const ProactiveCommand& command, TerminalResponse& response);
  void get_channel_status(const ProactiveCommand& command, TerminalResponse& response);

  /// The next event to tell the card of, which counts as told then; channels
  /// take turns. Events that are not in the card's list are forgotten.
  std::optional<ChannelEvent> next_event(const EventList& wanted);

  /// Whether an event is there that Policy::event_delay holds back.
  [[nodiscard]] bool has_late_event() const;

  /// Whether the card should be given a chance to speak, by a STATUS: it has met
  /// a full Tx buffer that now has room, or an application has finished and the
  /// card has nothing more under way for it.
  [[nodiscard]] bool wants_status() const;
  /// That STATUS goes out now.
  void status_sent();
  /// The card has nothing to say: connections whose application had finished, and
  /// for which it had that chance, are over.
  void card_is_quiet();

  /// The card has nothing more to say for now: what it wanted sent goes out. True
  /// when there is news of a connection that turned out to be broken.
  bool send_due();
  /// The card begins to wait: sockets that it keeps from being read are watched.
  void watch();

  /// Closes every socket: card reset, power off, end of the terminal.
  void reset();

  /// Channel 1..7.
  [[nodiscard]] ChannelInfo channel(uint8_t identifier) const;
  /// The host's port for one of the card's; 0 when it does not listen there.
  [[nodiscard]] uint16_t host_port(uint16_t card_port) const;
  /// Connections accepted since the gateway was made.
  [[nodiscard]] uint64_t connections() const;

 private:
  struct Channel {
    ChannelInfo info;
    uint16_t buffer_size = 0;
    std::shared_ptr<ListeningPort> port;
    std::shared_ptr<Connection> connection;
    uint64_t relayed = 0;  // on this connection
    // What the card is still to be told, in this order.
    bool tell_established = false;
    bool tell_data = false;
    bool tell_ended = false;
    uint64_t raised_at = 0;  // commands sent when the first of these arose
    bool starved = false;    // the card met a full Tx buffer
    bool has_room_again = false;
    bool asked = false;  // a STATUS went out since the application finished

    [[nodiscard]] bool has_news() const { return tell_established || tell_data || tell_ended; }
  };

  void on_received(Connection& connection) override;
  void on_peer_finished(Connection& connection) override;
  void on_broken(Connection& connection) override;
  void on_drained(Connection& connection) override;
  void on_waiting(ListeningPort& port) override;

  Channel* find(uint8_t identifier);
  Channel* find(const Connection& connection);
  Channel* addressed(const ProactiveCommand& command, TerminalResponse& response);
  std::shared_ptr<ListeningPort> port_for(uint16_t card_port);
  bool attach_waiting(ListeningPort& port);
  void attach(Channel& channel, Connection::Socket socket);
  void detach(Channel& channel, ChannelState state);
  void lose(Channel& channel, ChannelState state);
  void release(Channel& channel);
  [[nodiscard]] size_t allowance(const Channel& channel) const;
  [[nodiscard]] bool is_over(const Channel& channel) const;
  [[nodiscard]] ChannelStatus status_of(const Channel& channel) const;
  void raise(Channel& channel, bool Channel::*what);
  [[nodiscard]] bool is_late(const Channel& channel) const;
  std::optional<ChannelEvent> next_event_of(Channel& channel, const EventList& wanted);

  boost::asio::io_context& io_;
  PortMap ports_;
  const Policy& policy_;
  Owner& owner_;
  std::array<Channel, cat::kMaxChannels> channels_;
  std::vector<std::shared_ptr<ListeningPort>> listening_;
  size_t turn_ = 0;  // the channel whose event comes next
  uint64_t closed_connections_ = 0;
};

}  // namespace scwsim::terminal
