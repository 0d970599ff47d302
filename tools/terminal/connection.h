// One TCP connection of an application, relayed to a channel: a socket between an
// Rx and a Tx buffer of the size granted in OPEN CHANNEL. The socket is read only
// into an empty Rx buffer, so that a card that does not fetch holds the sender
// back, and "data available" means exactly one thing. Octets pass untouched.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "tools/terminal/fixed_buffer.h"

namespace scwsim::terminal {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  /// Who is told what the socket does. Called from the event loop only, never
  /// from within a call of the owner's.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// Octets came into the empty Rx buffer.
    virtual void on_received(Connection& connection) = 0;
    /// The application will send no more; all it sent has been fetched.
    virtual void on_peer_finished(Connection& connection) = 0;
    /// The connection was reset, or cannot be written to.
    virtual void on_broken(Connection& connection) = 0;
    /// Octets that had to wait have left the Tx buffer.
    virtual void on_drained(Connection& connection) = 0;
  };

  /// `owner` is told until finish() or abort().
  Connection(Socket socket, size_t buffer_size, Owner& owner);

  /// Begins to read. Once, after the connection is in a shared_ptr.
  void start() { read(); }

  /// What the application sent and the card has not fetched.
  [[nodiscard]] Bytes received() const { return rx_.data(); }
  /// Takes octets off what was received. Reading goes on once nothing is left.
  void consume(size_t n);

  enum class Sent : uint8_t {
    kTaken,  ///< queued, or gone already
    kFull,   ///< not taken, none of it: the application does not read
    kBroken  ///< there is nobody to send it to
  };

  /// Queues octets and, with `now`, has all that is queued sent: by send_due(), or
  /// here when the buffer fills up; as far as the socket takes it at once and the
  /// rest when it does. Without, they wait for that; but when they do not fit, what
  /// is queued goes out early, since TCP knows no records.
  [[nodiscard]] Sent send(Bytes bytes, bool now);
  /// Sends what was to be sent and is still queued: many small pieces in one. False
  /// when there is nobody to send it to.
  [[nodiscard]] bool send_due();

  /// Free octets in the Tx buffer.
  [[nodiscard]] size_t room() const { return tx_.free(); }
  /// Octets in all that the Tx buffer can hold.
  [[nodiscard]] size_t capacity() const { return tx_.capacity(); }
  /// Whether octets that were to be sent still wait for send_due() or the socket.
  [[nodiscard]] bool sending() const { return sending_; }
  /// Whether the application has finished sending and all was fetched.
  [[nodiscard]] bool peer_finished() const { return peer_finished_; }

  /// Watches for a reset while the socket is not being read. For a card that
  /// takes its time; costs a system call.
  void watch();

  /// Sends what is queued, then FIN, and stays until the application has closed
  /// its side too (or has had time enough), so that nothing it has not yet read
  /// is lost to a reset.
  void finish();
  /// Closes the socket at once.
  void abort();

 private:
  enum class Flushed : uint8_t { kAll, kPart, kBroken };

  void read();
  void on_read(bool end, bool failed, size_t n);
  Flushed flush(int flags = 0);
  void wait_writable();
  void on_writable();
  [[nodiscard]] bool has_failed();
  void end_gracefully();
  void give_up_later();

  Socket socket_;
  Owner* owner_;  // null: nobody cares any more
  FixedBuffer rx_;
  FixedBuffer tx_;
  std::optional<boost::asio::steady_timer> patience_;
  bool reading_ = false;
  bool sending_ = false;
  bool waiting_writable_ = false;
  bool watching_ = false;
  bool peer_finished_ = false;
};

}  // namespace scwsim::terminal
