#include "tools/links/tcp_link.h"

#include <boost/asio/ip/tcp.hpp>
#include <utility>

namespace scwsim::links {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr std::chrono::milliseconds kRetryPause{200};
}

TcpLink::TcpLink(asio::io_context& io, Endpoint endpoint)
    : retry_(io), endpoint_(std::move(endpoint)), self_(std::make_shared<TcpLink*>(this)) {}

TcpLink::~TcpLink() {
  if (socket_) socket_->close();
}

void TcpLink::power_on() {
  powered_ = true;
  if (socket_) return ask_atr(Control::kPowerOn);
  waiting_ = Waiting::kConnection;
  connect();
}

void TcpLink::connect() {
  auto socket = std::make_shared<tcp::socket>(retry_.get_executor());
  socket->async_connect(endpoint_, [weak = std::weak_ptr(self_), socket](const error_code& error) {
    const std::shared_ptr<TcpLink*> self = weak.lock();
    if (!self || (*self)->waiting_ != Waiting::kConnection) return;
    TcpLink& link = **self;
    if (!error) {
      FramedSocket::Owner& owner = link;
      link.socket_ = std::make_shared<FramedSocket>(std::move(*socket), owner);
      link.socket_->start();
      return link.ask_atr(Control::kPowerOn);
    }
    link.retry_.expires_after(kRetryPause);
    link.retry_.async_wait([weak](const error_code& stopped) {
      const std::shared_ptr<TcpLink*> again = weak.lock();
      if (!stopped && again && (*again)->waiting_ == Waiting::kConnection) (*again)->connect();
    });
  });
}

void TcpLink::ask_atr(Control control) {
  waiting_ = Waiting::kAtr;
  frames_.clear();
  append_control(frames_, control);
  append_control(frames_, Control::kSendAtr);
  socket_->send(frames_);
}

void TcpLink::reset() {
  if (!socket_) return receiver().on_lost("there is no link to the card");
  ask_atr(Control::kReset);
}

void TcpLink::power_off() {
  const Waiting waiting = std::exchange(waiting_, Waiting::kNothing);
  if (waiting == Waiting::kAtr || waiting == Waiting::kResponse) ++unwanted_;
  powered_ = false;
  retry_.cancel();
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
  const bool fits = waiting == Waiting::kAtr ? !payload.empty() : payload.size() >= 2;
  if (waiting == Waiting::kNothing) return;
  if (!fits) return receiver().on_lost("the card is mute");
  if (waiting == Waiting::kAtr) return receiver().on_atr(payload);
  receiver().on_response(payload);
}

void TcpLink::on_closed(const std::string& reason) {
  socket_.reset();
  unwanted_ = 0;
  waiting_ = Waiting::kNothing;
  if (std::exchange(powered_, false)) {
    receiver().on_lost("link to " + to_string(endpoint_) + ": " + reason);
  }
}

}  // namespace scwsim::links
