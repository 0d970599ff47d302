// The card's end of the raw card link: a card in this process, for a terminal or a
// virtual reader at the other end of a TCP connection. It listens, or connects (to
// a terminal that listens, or to vpcd), and goes on when the other end was lost:
// either way the card is without power then.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "tools/links/framed_socket.h"
#include "tools/links/in_process_link.h"
#include "tools/links/rendezvous.h"

namespace scwsim::links {

/// A card of any kind, as the host calls it.
class HostedCard {
 public:
  virtual ~HostedCard() = default;
  /// Gives the ATR; empty when the card does not start.
  virtual Bytes power_on() = 0;
  virtual Bytes reset() = 0;
  virtual void power_off() = 0;
  /// Gives the response APDU; empty when the card is mute.
  virtual Bytes transmit(Bytes command) = 0;
};

template <InProcessCard Card>
class Hosted final : public HostedCard {
 public:
  explicit Hosted(Card& card) : card_(card) {}
  Bytes power_on() override { return card_.power_on(); }
  Bytes reset() override { return card_.reset(); }
  void power_off() override { card_.power_off(); }
  Bytes transmit(Bytes command) override { return card_.transmit(command); }

 private:
  Card& card_;
};

class CardHost : private FramedSocket::Owner, private Rendezvous::Owner {
 public:
  /// All must outlive the host. `report` hears of connections that begin and end,
  /// and, once in each, of frames that no terminal would send.
  CardHost(boost::asio::io_context& io, HostedCard& card, Rendezvous::Report report);
  CardHost(const CardHost&) = delete;
  CardHost& operator=(const CardHost&) = delete;
  ~CardHost() override { stop(); }

  /// Listens for one connection at a time; others wait. Port 0: any free one.
  /// Gives where, or what is wrong in `error`.
  Endpoint listen(const Endpoint& endpoint, boost::system::error_code& error);

  /// Connects, again and again until somebody listens there.
  void connect(const Endpoint& endpoint);

  /// Ends all connections.
  void stop();

 private:
  void on_frame(Bytes payload) override;
  void on_closed(const std::string& reason) override;
  void on_met(FramedSocket::Socket socket) override;
  void control(Control control);
  void wonder(const std::string& what);

  HostedCard& card_;
  Rendezvous::Report report_;
  Rendezvous rendezvous_;
  std::shared_ptr<FramedSocket> socket_;
  std::vector<uint8_t> atr_;
  std::vector<uint8_t> answer_;
  bool powered_ = false;
  bool wondered_ = false;  // about this connection
};

}  // namespace scwsim::links
