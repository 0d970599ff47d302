// A card at the other end of a TCP connection: the terminal's end of the raw card
// link. It connects to a card that listens, or listens for one that connects; it
// does so when the card gets power, and waits until the other end is there. So
// either end may be started first, and again.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "tools/links/card_link.h"
#include "tools/links/framed_socket.h"
#include "tools/links/rendezvous.h"

namespace scwsim::links {

class TcpLink final : public CardLink, private FramedSocket::Owner, private Rendezvous::Owner {
 public:
  /// How long a card may take to answer a reset, before the next one gets its
  /// place: whoever connects to a port need not be a card.
  static constexpr std::chrono::seconds kAtrPatience{10};

  /// `io` must outlive the link. `report` hears, in words, of connections that
  /// begin and of what keeps them from it.
  TcpLink(boost::asio::io_context& io, Rendezvous::Report report,
          std::chrono::milliseconds atr_patience = kAtrPatience);
  TcpLink(const TcpLink&) = delete;
  TcpLink& operator=(const TcpLink&) = delete;
  ~TcpLink() override;

  /// The card listens there. Before the first power_on(), this or listen().
  void connect_to(const Endpoint& endpoint) { rendezvous_.connect_to(endpoint); }
  /// Listens for cards from now on, one at a time; others wait. Port 0: any free
  /// one. Gives where, or what is wrong in `error`.
  Endpoint listen(const Endpoint& endpoint, boost::system::error_code& error) {
    return rendezvous_.listen(endpoint, error);
  }

  void power_on() override;
  void reset() override;
  void power_off() override;
  void transmit(Bytes command) override;

 private:
  enum class Waiting : uint8_t { kNothing, kConnection, kAtr, kResponse };

  void on_met(FramedSocket::Socket socket) override;
  void on_frame(Bytes payload) override;
  void on_closed(const std::string& reason) override;
  void ask_atr(Control control);
  void drop(const std::string& reason);

  Rendezvous rendezvous_;
  boost::asio::steady_timer patience_;
  std::chrono::milliseconds atr_patience_;
  std::shared_ptr<FramedSocket> socket_;
  std::vector<uint8_t> frames_;
  Waiting waiting_ = Waiting::kNothing;
  bool powered_ = false;
  unsigned unwanted_ = 0;           // answers to come to what was asked before a power-off
  std::shared_ptr<TcpLink*> self_;  // outlived by handlers, which hold it weakly
};

}  // namespace scwsim::links
