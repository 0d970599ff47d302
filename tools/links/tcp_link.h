// A card at the other end of a TCP connection: the terminal's end of the raw card
// link. It connects when the card gets power, and waits as long as nobody listens
// there; so either end may be started first, and again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "tools/links/card_link.h"
#include "tools/links/endpoint.h"
#include "tools/links/framed_socket.h"

namespace scwsim::links {

class TcpLink final : public CardLink, private FramedSocket::Owner {
 public:
  /// `io` must outlive the link. Connects to `endpoint`.
  TcpLink(boost::asio::io_context& io, Endpoint endpoint);
  TcpLink(const TcpLink&) = delete;
  TcpLink& operator=(const TcpLink&) = delete;
  ~TcpLink() override;

  void power_on() override;
  void reset() override;
  void power_off() override;
  void transmit(Bytes command) override;

 private:
  enum class Waiting : uint8_t { kNothing, kConnection, kAtr, kResponse };

  void on_frame(Bytes payload) override;
  void on_closed(const std::string& reason) override;
  void connect();
  void ask_atr(Control control);

  boost::asio::steady_timer retry_;
  Endpoint endpoint_;
  std::shared_ptr<FramedSocket> socket_;
  std::vector<uint8_t> frames_;
  Waiting waiting_ = Waiting::kNothing;
  bool powered_ = false;
  unsigned unwanted_ = 0;           // answers to come to what was asked before a power-off
  std::shared_ptr<TcpLink*> self_;  // outlived by handlers, which hold it weakly
};

}  // namespace scwsim::links
