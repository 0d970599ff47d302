#include "tools/terminal/terminal.h"

#include <boost/asio/post.hpp>
#include <utility>

namespace scwsim::terminal {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// APDUs in a row before sockets and timers get their turn.
constexpr int kBurst = 48;

// Most octets of one response, whatever the number of GET RESPONSEs.
constexpr size_t kMostCollected = 4096;
constexpr int kMostFollowUps = 32;

// When the card said that its toolkit is busy (93 00).
constexpr std::chrono::milliseconds kBusyPause{500};

constexpr uint8_t kMoreData = 0x61;
constexpr uint8_t kOtherLe = 0x6C;
constexpr uint8_t kProactivePending = 0x91;
constexpr uint16_t kOk = 0x9000;
constexpr uint16_t kToolkitBusy = 0x9300;

constexpr std::array<uint8_t, 4> kGetResponse = {0x00, 0xC0, 0x00, 0x00};
constexpr std::array<uint8_t, 4> kFetch = {0x80, 0x12, 0x00, 0x00};
constexpr std::array<uint8_t, 4> kStatus = {0x80, 0xF2, 0x00, 0x0C};  // no data wanted

Bytes with_le(std::span<uint8_t, 5> command, Bytes header, uint8_t le) {
  ByteWriter writer(command);
  writer.bytes(header.first(4));
  writer.u8(le);
  return writer.written();
}

}  // namespace

Terminal::Terminal(asio::io_context& io, links::CardLink& link, Config config, Hooks hooks)
    : io_(io),
      link_(link),
      config_(std::move(config)),
      hooks_(std::move(hooks)),
      gateway_(io, config_.ports, config_.policy, *this),
      timers_(io, *this),
      toolkit_(gateway_, timers_, config_.policy),
      power_up_(config_.profile),
      polling_(io),
      event_retry_(io),
      self_(std::make_shared<Terminal*>(this)) {
  link_.set_receiver(*this);
  collected_.reserve(kMostCollected);
}

Terminal::~Terminal() { stop(); }

void Terminal::start() {
  stop();
  state_ = State::kPoweringUp;
  awaiting_ = true;
  link_.power_on();
}

void Terminal::stop() {
  forget_session();
  if (state_ != State::kOff) link_.power_off();
  state_ = State::kOff;
  awaiting_ = false;
}

// All that ends with a reset of the card (TS 102 221 §14): connections, timers,
// the event list, whatever was under way.
void Terminal::forget_session() {
  gateway_.reset();
  timers_.reset();
  toolkit_.reset();
  polling_.cancel();
  event_retry_.cancel();
  has_follow_up_ = event_held_ = status_due_ = settled_ = false;
  fetch_ = 0;
  response_apdu_ = event_apdu_ = {};
  next_ = Next::kRespond;
}

void Terminal::reset_card() {
  forget_session();
  state_ = State::kPoweringUp;
  awaiting_ = true;
  link_.reset();
}

void Terminal::lose(std::string_view reason) {
  stop();
  if (hooks_.on_lost) hooks_.on_lost(reason);
}

// ---- the link --------------------------------------------------------------

void Terminal::on_atr(Bytes atr) {
  if (state_ == State::kOff) return;
  awaiting_ = false;
  ++statistics_.resets;
  atr_.assign(atr.begin(), atr.end());
  power_up_.begin();
  pump();
}

void Terminal::on_lost(std::string_view reason) {
  if (state_ != State::kOff) lose(reason);
}

void Terminal::on_response(Bytes response) {
  if (state_ == State::kOff) return;
  awaiting_ = false;
  ByteReader reader(response);
  Bytes data = reader.take(response.size() < 2 ? 0 : response.size() - 2);
  const uint8_t sw1 = reader.u8();
  const uint8_t sw2 = reader.u8();
  const bool more = follow_up(sw1, sw2);
  if (more || !collected_.empty()) {
    const bool fits = collected_.size() + data.size() <= kMostCollected;
    if (fits) collected_.insert(collected_.end(), data.begin(), data.end());
    data = collected_;
  }
  if (!more) complete(data, static_cast<uint16_t>(sw1 << 8 | sw2));
  pump();
}

// Prepares GET RESPONSE for 61 XX, or the same command with the Le of 6C XX
// (TS 102 221 §7.3.1.1). False when there is nothing to follow, or no end of it.
bool Terminal::follow_up(uint8_t sw1, uint8_t sw2) {
  if (++follow_ups_ > kMostFollowUps) return false;
  if (sw1 == kMoreData) {
    with_le(follow_up_, kGetResponse, sw2);
    has_le_ = has_follow_up_ = true;
  } else if (sw1 == kOtherLe && has_le_) {
    follow_up_[4] = sw2;
    has_follow_up_ = true;
  }
  return has_follow_up_;
}

void Terminal::on_listening(uint16_t card_port, uint16_t host_port) {
  if (hooks_.on_listening) hooks_.on_listening(card_port, host_port);
}

void Terminal::on_port_unavailable(uint16_t card_port, uint16_t host_port,
                                   const std::string& reason) {
  if (hooks_.on_port_unavailable) hooks_.on_port_unavailable(card_port, host_port, reason);
}

// ---- sending ---------------------------------------------------------------

// Keeps the card busy. A link that answers at once completes each command inside
// transmit(): the loop goes on. One that does not leaves awaiting_ set, and its
// completion starts the loop again.
void Terminal::pump() {
  if (pumping_) return;
  pumping_ = true;
  int left = kBurst;
  while (!awaiting_ && left > 0 && send_next()) --left;
  gateway_.send_due();
  pumping_ = false;
  gateway_.watch();
  if (awaiting_) return;
  if (left == 0) return pump_later();
  if (state_ == State::kReady && !std::exchange(settled_, true) && hooks_.on_settled) {
    hooks_.on_settled();
  }
}

void Terminal::pump_later() {
  if (pump_posted_) return;
  pump_posted_ = true;
  asio::post(io_, [weak = std::weak_ptr(self_)] {
    const std::shared_ptr<Terminal*> self = weak.lock();
    if (!self) return;
    (*self)->pump_posted_ = false;
    (*self)->pump();
  });
}

// The next command by urgency; false when there is nothing to say.
bool Terminal::send_next() {
  if (state_ == State::kOff) return false;
  if (next_ == Next::kReset) {
    reset_card();
  } else if (std::exchange(has_follow_up_, false)) {
    transmit(follow_up_);
  } else if (!response_apdu_.empty()) {
    send(Purpose::kTerminalResponse, response_apdu_);
  } else if (fetch_ > 0) {
    send(Purpose::kFetch, with_le(fetch_apdu_, kFetch, static_cast<uint8_t>(fetch_)));
  } else if (const Bytes command = power_up_.next_command(); !command.empty()) {
    send(Purpose::kPowerUp, command);
  } else if (power_up_.failure()) {
    lose(std::string(*power_up_.failure()));
  } else if (state_ == State::kPoweringUp) {
    on_powered_up();
  } else if (!event_held_ && send_event()) {
    ++statistics_.envelopes;
  } else if (gateway_.send_due()) {
    // the event of a broken connection comes next
  } else if (status_due_ || gateway_.wants_status() || gateway_.has_late_event()) {
    send_status();
  } else {
    return false;
  }
  return true;
}

bool Terminal::send_event() {
  if (!event_apdu_.empty()) {
    // the one that came when the toolkit was busy
  } else if (const auto expired = timers_.take_expired()) {
    event_apdu_ = encode_timer_expiration(event_, expired->identifier, expired->value);
  } else if (const auto event = gateway_.next_event(toolkit_.event_list())) {
    event_apdu_ = event->event == cat::event::kDataAvailable
                      ? encode_data_available(event_, event->status, event->available)
                      : encode_channel_status(event_, event->status);
  } else {
    return false;
  }
  send(Purpose::kEnvelope, event_apdu_);
  return true;
}

void Terminal::send_status() {
  ++statistics_.statuses;
  status_due_ = false;
  restart_polling();
  gateway_.status_sent();
  send(Purpose::kStatus, kStatus);
}

void Terminal::send(Purpose purpose, Bytes command) {
  purpose_ = purpose;
  collected_.clear();
  follow_ups_ = 0;
  // Only commands without data are this long, and they end in Le (case 2).
  has_le_ = command.size() == follow_up_.size();
  if (has_le_) with_le(follow_up_, command, 0);
  transmit(command);
}

void Terminal::transmit(Bytes command) {
  ++statistics_.commands;
  awaiting_ = true;
  link_.transmit(command);
}

void Terminal::poll_soon() {
  status_due_ = true;
  pump();
}

// ---- answers ---------------------------------------------------------------

void Terminal::complete(Bytes data, uint16_t status) {
  const bool pending = (status >> 8) == kProactivePending;
  const bool good = pending || status == kOk;
  const auto length = static_cast<uint8_t>(status);
  fetch_ = !pending ? 0 : length == 0 ? cat::kMaxProactiveCommand : length;

  if (purpose_ == Purpose::kPowerUp) return power_up_.on_response(data, status);
  if (!good) ++statistics_.refused;
  switch (purpose_) {
    case Purpose::kPowerUp: break;
    case Purpose::kFetch:
      if (good) on_fetched(data);
      break;
    case Purpose::kTerminalResponse:
      response_apdu_ = {};
      event_held_ = false;
      if (std::exchange(next_, Next::kRespond) == Next::kRespondAndRead) power_up_.read_again();
      break;
    case Purpose::kEnvelope:
      if (status == kToolkitBusy) {
        hold_event();
      } else {
        event_apdu_ = {};
      }
      break;
    case Purpose::kStatus: event_held_ = false; break;
  }
  if (!pending && response_apdu_.empty()) gateway_.card_is_quiet();
}

void Terminal::on_fetched(Bytes data) {
  ++statistics_.proactive_commands;
  const auto interval = toolkit_.poll_interval();
  next_ = toolkit_.carry_out(data, response_, response_apdu_);
  if (toolkit_.poll_interval() != interval) restart_polling();
}

void Terminal::on_powered_up() {
  state_ = State::kReady;
  restart_polling();
  if (hooks_.on_ready) hooks_.on_ready();
}

void Terminal::restart_polling() {
  polling_.cancel();
  if (!toolkit_.poll_interval()) return;
  polling_.expires_after(*toolkit_.poll_interval());
  polling_.async_wait([weak = std::weak_ptr(self_)](const error_code& error) {
    const std::shared_ptr<Terminal*> self = weak.lock();
    if (!error && self) (*self)->poll_soon();
  });
}

// The toolkit is busy (93 00): the event waits until the card has said something,
// or for a while.
void Terminal::hold_event() {
  event_held_ = true;
  event_retry_.expires_after(kBusyPause);
  event_retry_.async_wait([weak = std::weak_ptr(self_)](const error_code& error) {
    const std::shared_ptr<Terminal*> self = weak.lock();
    if (error || !self) return;
    (*self)->event_held_ = false;
    (*self)->pump();
  });
}

}  // namespace scwsim::terminal
