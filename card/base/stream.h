// Byte streams as the card sees them: no sockets, no threads, no clock.
//
// A bearer (bip today; a card with its own IP address another time) implements
// Listener. What answers connections (the web server, a TLS session in front of
// it) implements Acceptor and StreamHandler. The bearer is the one that moves:
// it pushes received octets as fast as the handler takes them and pulls octets
// to send when, and as many as, the link has room for. Back-pressure needs no
// buffer of its own that way.
#pragma once

#include <cstdint>
#include <memory>

#include "card/base/bytes.h"

namespace scwsim {

/// How a connection came to its end.
enum class StreamEnd : uint8_t {
  kFinished,    ///< the handler was done and all its output went out
  kPeerClosed,  ///< the other end closed or reset it
  kLinkDropped  ///< the bearer lost it: link dropped, channel gone, terminal reset
};

/// One connection, as its handler sees the bearer. Valid until closed().
class Stream {
 public:
  virtual ~Stream() = default;
  /// Tells the bearer to ask the handler again: output has appeared, or room for
  /// input, or the end, outside of a call from the bearer. Cheap; may be
  /// repeated.
  virtual void wake() = 0;

  /// Whether no further connection can be taken on this port until one closes.
  [[nodiscard]] virtual bool crowded() const = 0;
};

/// One connection, as the bearer sees the one who answers it. Destroying a
/// handler is the end of it; closed() comes just before.
class StreamHandler {
 public:
  virtual ~StreamHandler() = default;

  /// How many octets receive() will take now. 0 holds the sender back.
  [[nodiscard]] virtual size_t receive_window() const = 0;

  /// Takes received octets, all of them; never more than receive_window().
  virtual void receive(Bytes bytes) = 0;

  /// Whether transmit() would give at least one octet.
  [[nodiscard]] virtual bool has_output() const = 0;

  /// Fills `out` as far as it can with the next octets to send and forgets them.
  /// Returns how many; 0 only when there are none.
  virtual size_t transmit(std::span<uint8_t> out) = 0;

  /// Nothing has come in and nothing has gone out for as long as the bearer waits:
  /// the connection is to end, after a last word if the handler has one.
  virtual void idle() = 0;

  /// About `seconds` more have passed, whether or not anything has moved: what takes
  /// too long as a whole may come to its end.
  virtual void tick(uint16_t seconds) { static_cast<void>(seconds); }

  /// Others may be waiting for the place that the connection takes: if nothing is
  /// under way on it, it is to end. Whether it is.
  virtual bool make_room() = 0;

  /// Whether the connection is to be closed once all output has gone out.
  [[nodiscard]] virtual bool finished() const = 0;

  /// The connection is over. No other call follows.
  virtual void closed(StreamEnd end) = 0;
};

/// Answers connections on a listening port.
class Acceptor {
 public:
  virtual ~Acceptor() = default;

  /// A connection came in on `stream`, which outlives its handler. Null refuses
  /// the connection.
  virtual std::unique_ptr<StreamHandler> accept(Stream& stream) = 0;
};

/// Something that can listen for TCP connections.
class Listener {
 public:
  virtual ~Listener() = default;

  /// Listens on TCP `port` for up to `connections` connections at a time and
  /// hands each to `acceptor`, which must outlive the listener. Returns false
  /// when the listener's table has no place left for them.
  virtual bool listen(uint16_t port, uint8_t connections, Acceptor& acceptor) = 0;
};

}  // namespace scwsim
