#include "tools/links/tcp_link.h"

#include <utility>

namespace scwsim::links {

TcpLink::TcpLink(boost::asio::io_context& io, Rendezvous::Report report,
                 std::chrono::milliseconds atr_patience)
    : rendezvous_(io, *this, std::move(report)),
      patience_(io),
      atr_patience_(atr_patience),
      self_(std::make_shared<TcpLink*>(this)) {}

TcpLink::~TcpLink() {
  if (socket_) socket_->close();
}

void TcpLink::power_on() {
  powered_ = true;
  if (socket_) return ask_atr(Control::kPowerOn);
  waiting_ = Waiting::kConnection;
  rendezvous_.meet();
}

void TcpLink::on_met(FramedSocket::Socket socket) {
  FramedSocket::Owner& owner = *this;
  socket_ = std::make_shared<FramedSocket>(std::move(socket), owner);
  socket_->start();
  ask_atr(Control::kPowerOn);
}

void TcpLink::ask_atr(Control control) {
  waiting_ = Waiting::kAtr;
  frames_.clear();
  append_control(frames_, control);
  append_control(frames_, Control::kSendAtr);
  socket_->send(frames_);
  patience_.expires_after(atr_patience_);
  patience_.async_wait([weak = std::weak_ptr(self_)](const boost::system::error_code& stopped) {
    const std::shared_ptr<TcpLink*> self = weak.lock();
    if (stopped || !self || (*self)->waiting_ != Waiting::kAtr) return;
    (*self)->drop("no answer to reset");
  });
}

void TcpLink::reset() {
  if (!socket_) return receiver().on_lost("there is no link to the card");
  ask_atr(Control::kReset);
}

void TcpLink::power_off() {
  const Waiting waiting = std::exchange(waiting_, Waiting::kNothing);
  if (waiting == Waiting::kAtr || waiting == Waiting::kResponse) ++unwanted_;
  powered_ = false;
  patience_.cancel();
  rendezvous_.cancel();
  if (!socket_) return;
  frames_.clear();
  append_control(frames_, Control::kPowerOff);
  socket_->send(frames_);
}

void TcpLink::transmit(Bytes command) {
  if (!socket_) return receiver().on_lost("there is no link to the card");
  waiting_ = Waiting::kResponse;
  frames_.clear();
  append_frame(frames_, command);
  socket_->send(frames_);
}

void TcpLink::on_frame(Bytes payload) {
  if (unwanted_ > 0) {
    --unwanted_;
    return;
  }
  const Waiting waiting = std::exchange(waiting_, Waiting::kNothing);
  if (waiting == Waiting::kNothing) return drop("the card speaks out of turn");
  const bool fits = waiting == Waiting::kAtr ? !payload.empty() : payload.size() >= 2;
  if (!fits) return drop("the card is mute");
  if (waiting == Waiting::kResponse) return receiver().on_response(payload);
  patience_.cancel();
  receiver().on_atr(payload);
}

// A card that does not keep to the link's rules is left; what it still says must
// not be taken for an answer of the next one.
void TcpLink::drop(const std::string& reason) {
  if (const auto socket = std::exchange(socket_, nullptr)) socket->close();
  on_closed(reason);
}

void TcpLink::on_closed(const std::string& reason) {
  socket_.reset();
  unwanted_ = 0;
  waiting_ = Waiting::kNothing;
  patience_.cancel();
  if (std::exchange(powered_, false)) {
    receiver().on_lost("link to " + to_string(rendezvous_.endpoint()) + ": " + reason);
  }
}

}  // namespace scwsim::links
