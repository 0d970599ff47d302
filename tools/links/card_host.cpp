#include "tools/links/card_host.h"

#include <utility>

namespace scwsim::links {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
constexpr std::chrono::milliseconds kRetryPause{200};
// What a mute card's link says: a reader would time out, here nobody waits.
constexpr std::array<uint8_t, 2> kMute = {0x6F, 0x00};
}  // namespace

CardHost::CardHost(asio::io_context& io, HostedCard& card, Report report)
    : card_(card),
      report_(std::move(report)),
      acceptor_(io),
      retry_(io),
      self_(std::make_shared<CardHost*>(this)) {}

Endpoint CardHost::listen(const Endpoint& endpoint, error_code& error) {
  if (!acceptor_.open(endpoint.protocol(), error))
    acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return endpoint;
  accept();
  return acceptor_.local_endpoint(error);
}

void CardHost::accept() {
  acceptor_.async_accept(
      [weak = std::weak_ptr(self_)](const error_code& error, tcp::socket socket) {
        const std::shared_ptr<CardHost*> self = weak.lock();
        if (!self || error == asio::error::operation_aborted) return;
        if (error) return (*self)->accept();
        error_code unknown;
        const Endpoint peer = socket.remote_endpoint(unknown);
        (*self)->begin(std::move(socket), unknown ? "somebody" : to_string(peer));
      });
}

void CardHost::connect(const Endpoint& endpoint) {
  remote_ = endpoint;
  try_to_connect();
}

void CardHost::try_to_connect() {
  auto socket = std::make_shared<tcp::socket>(retry_.get_executor());
  socket->async_connect(*remote_, [weak = std::weak_ptr(self_), socket](const error_code& error) {
    const std::shared_ptr<CardHost*> self = weak.lock();
    if (!self || !(*self)->remote_) return;
    CardHost& host = **self;
    if (!error) return host.begin(std::move(*socket), to_string(*host.remote_));
    if (!std::exchange(host.told_waiting_, true)) {
      host.report_("waiting for " + to_string(*host.remote_) + ": " + error.message());
    }
    host.retry_.expires_after(kRetryPause);
    host.retry_.async_wait([weak](const error_code& stopped) {
      const std::shared_ptr<CardHost*> again = weak.lock();
      if (!stopped && again && (*again)->remote_) (*again)->try_to_connect();
    });
  });
}

void CardHost::begin(tcp::socket socket, const std::string& peer) {
  told_waiting_ = false;
  report_("linked with " + peer);
  FramedSocket::Owner& owner = *this;
  socket_ = std::make_shared<FramedSocket>(std::move(socket), owner);
  socket_->start();
}

void CardHost::on_closed(const std::string& reason) {
  socket_.reset();
  control(Control::kPowerOff);
  report_("link ended: " + reason);
  if (remote_) {
    try_to_connect();
  } else {
    accept();
  }
}

void CardHost::stop() {
  remote_.reset();
  retry_.cancel();
  error_code ignored;
  acceptor_.close(ignored);
  if (const auto socket = std::exchange(socket_, nullptr)) socket->close();
  control(Control::kPowerOff);
}

void CardHost::control(Control control) {
  const auto keep = [this](Bytes atr) { atr_.assign(atr.begin(), atr.end()); };
  switch (control) {
    case Control::kPowerOff:
      if (std::exchange(powered_, false)) card_.power_off();
      break;
    case Control::kPowerOn:
      powered_ = true;
      keep(card_.power_on());
      break;
    case Control::kReset:
      if (powered_) keep(card_.reset());
      break;
    case Control::kSendAtr:
      // A reader that only wants to know what is there gives it power that way.
      if (!std::exchange(powered_, true)) keep(card_.power_on());
      answer_.clear();
      append_frame(answer_, atr_);
      socket_->send(answer_);
      break;
    default: break;  // not known: nobody waits for an answer
  }
}

void CardHost::on_frame(Bytes payload) {
  if (payload.size() == 1) return control(static_cast<Control>(payload[0]));
  const Bytes response = powered_ ? card_.transmit(payload) : Bytes();
  answer_.clear();
  append_frame(answer_, response.empty() ? Bytes(kMute) : response);
  socket_->send(answer_);
}

}  // namespace scwsim::links
