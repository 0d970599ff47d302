// A TCP connection that carries frames of the raw card link, either end's. Frames
// are sent at once, as far as the other end takes them; while it does not, none of
// its frames are looked at, so that nothing piles up here.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tools/links/vpcd_frame.h"

namespace scwsim::links {

class FramedSocket : public std::enable_shared_from_this<FramedSocket> {
 public:
  using Socket = boost::asio::ip::tcp::socket;

  class Owner {
   public:
    virtual ~Owner() = default;
    /// A frame came; `payload` is valid until the call returns. From the event
    /// loop.
    virtual void on_frame(Bytes payload) = 0;
    /// The connection is over; nothing follows. From the event loop.
    virtual void on_closed(const std::string& reason) = 0;
  };

  /// `owner` must outlive the connection or close() it.
  FramedSocket(Socket socket, Owner& owner);

  /// Reads from now on.
  void start() { read(); }

  /// Sends `octets`: whole frames, in the order of the calls.
  void send(Bytes octets);

  /// Ends it; the owner hears no more.
  void close();

 private:
  void read();
  [[nodiscard]] bool take_frames();
  [[nodiscard]] size_t send_now(Bytes octets);
  void on_readable(boost::system::error_code error);
  void flush();
  void fail(const boost::system::error_code& error);

  Socket socket_;
  Owner* owner_;  // null once it hears no more
  FrameReader reader_;
  bool reading_ = false;          // a handler is to come
  bool in_pieces_ = false;        // the other end writes its frames so
  std::vector<uint8_t> queued_;   // to be sent after what is being sent
  std::vector<uint8_t> sending_;  // empty: nothing is being sent
};

}  // namespace scwsim::links
