// A port of the card on the host: listening sockets on 127.0.0.1 and [::1], on
// the loopback interface and nowhere else, and the connections that wait for a
// channel. They wait in the order in which they came, and are never refused; of
// those that have sent nothing yet, only so many are kept.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <list>
#include <memory>
#include <optional>

#include "tools/terminal/policy.h"

namespace scwsim::terminal {

class ListeningPort : public std::enable_shared_from_this<ListeningPort> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  class Owner {
   public:
    virtual ~Owner() = default;
    /// A connection waits for a channel; take() gives it. Called from the event
    /// loop only.
    virtual void on_waiting(ListeningPort& port) = 0;
  };

  /// Listens for the card's port `card_port` on the host's `host_port` (0: any
  /// that is free, the same for IPv4 and IPv6). A host without IPv6 has IPv4
  /// alone. Null when the port cannot be had; `error` tells why.
  static std::shared_ptr<ListeningPort> open(boost::asio::io_context& io, uint16_t card_port,
                                             uint16_t host_port, Attach attach, Owner& owner,
                                             boost::system::error_code& error);

  /// Stops listening and closes what waits. The owner hears no more.
  void close();

  /// The connection that has waited longest for a channel.
  std::optional<Socket> take();

  [[nodiscard]] uint16_t card_port() const { return card_port_; }
  [[nodiscard]] uint16_t host_port() const { return host_port_; }
  /// Connections accepted so far.
  [[nodiscard]] uint64_t accepted() const { return accepted_; }

 private:
  struct Acceptor {
    explicit Acceptor(boost::asio::io_context& io) : socket(io), pause(io) {}
    boost::asio::ip::tcp::acceptor socket;
    boost::asio::steady_timer pause;  // when the process is out of descriptors
  };
  using Held = std::shared_ptr<Socket>;

  ListeningPort(boost::asio::io_context& io, uint16_t card_port, Attach attach, Owner& owner);

  boost::system::error_code listen(uint16_t host_port);
  void accept(Acceptor& acceptor);
  void on_accepted(Acceptor& acceptor, Socket socket);
  void wait_first_octet(const Held& held);
  void on_first_octet(const Held& held);

  Acceptor v4_;
  Acceptor v6_;
  std::list<Held> held_;     // have sent nothing yet
  std::list<Socket> ready_;  // may have a channel, oldest first
  Owner* owner_;             // null once closed
  Attach attach_;
  uint16_t card_port_;
  uint16_t host_port_ = 0;
  uint64_t accepted_ = 0;
};

}  // namespace scwsim::terminal
