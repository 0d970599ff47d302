// A TCP connection for tests that must decide every octet themselves.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace scwsim::tests {

class RawConnection {
 public:
  /// Connects to a port of 127.0.0.1 or, with `ipv6`, of ::1.
  explicit RawConnection(uint16_t port, bool ipv6 = false);
  /// Connects to a port of 127.0.0.1 as soon as somebody listens there.
  RawConnection(uint16_t port, std::chrono::seconds patience);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  void send(std::string_view octets);
  /// The same; false when the other side does not take it any more.
  bool try_send(std::string_view octets);
  /// Sends as much as the sockets take until the other side does not read on.
  void send_some(std::string_view octets);
  /// Says that nothing more is sent; reading goes on.
  void finish_sending();
  /// Ends the connection with a reset.
  void reset();

  /// Reads on until `enough` octets were read in all, or the end.
  const std::string& read(size_t enough);
  /// Reads on until `text` was read.
  const std::string& read_until(std::string_view text);
  /// Reads to the end of the connection.
  const std::string& read_all();
  /// Whether the other side has finished, in order.
  [[nodiscard]] bool ended() const { return ended_; }
  /// The socket, for those who wait for several at once.
  [[nodiscard]] int descriptor() const { return socket_; }
  /// Reads one response, of known length or in chunks, and takes it from what was
  /// read.
  std::string take_response();

 private:
  bool fill();

  int socket_ = -1;
  bool ended_ = false;
  std::string received_;
};

}  // namespace scwsim::tests
