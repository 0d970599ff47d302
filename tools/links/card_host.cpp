#include "tools/links/card_host.h"

#include <array>
#include <utility>

#include "card/base/hex.h"

namespace scwsim::links {

namespace {
// What a mute card's link says: a reader would time out, here nobody waits.
constexpr std::array<uint8_t, 2> kMute = {0x6F, 0x00};
// CLA to P2, Lc, 255 octets, Le: the card has no extended length.
constexpr size_t kLongestCommand = 4 + 1 + 255 + 1;
}  // namespace

CardHost::CardHost(boost::asio::io_context& io, HostedCard& card, Rendezvous::Report report)
    : card_(card), report_(std::move(report)), rendezvous_(io, *this, report_) {}

Endpoint CardHost::listen(const Endpoint& endpoint, boost::system::error_code& error) {
  Endpoint place = rendezvous_.listen(endpoint, error);
  if (!error) rendezvous_.meet();
  return place;
}

void CardHost::connect(const Endpoint& endpoint) {
  rendezvous_.connect_to(endpoint);
  rendezvous_.meet();
}

void CardHost::on_met(FramedSocket::Socket socket) {
  wondered_ = false;
  FramedSocket::Owner& owner = *this;
  socket_ = std::make_shared<FramedSocket>(std::move(socket), owner);
  socket_->start();
}

void CardHost::on_closed(const std::string& reason) {
  socket_.reset();
  control(Control::kPowerOff);
  report_("link ended: " + reason);
  rendezvous_.meet();
}

void CardHost::stop() {
  rendezvous_.close();
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
    default:  // nobody waits for an answer
      wonder("control " + to_hex(std::array{static_cast<uint8_t>(control)}) + ", which is none");
  }
}

void CardHost::on_frame(Bytes payload) {
  if (payload.size() == 1) return control(static_cast<Control>(payload[0]));
  if (payload.empty()) wonder("an empty frame");
  if (payload.size() > kLongestCommand) {
    wonder("a frame of " + std::to_string(payload.size()) + " octets, longer than any command");
  }
  if (!powered_) wonder("a command for a card without power");
  const Bytes response = powered_ ? card_.transmit(payload) : Bytes();
  answer_.clear();
  append_frame(answer_, response.empty() ? Bytes(kMute) : response);
  socket_->send(answer_);
}

// One line a connection: it may be all garbage.
void CardHost::wonder(const std::string& what) {
  if (!std::exchange(wondered_, true)) report_("the other end sent " + what);
}

}  // namespace scwsim::links
