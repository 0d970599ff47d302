#include "card/cat/ticker.h"

namespace scwsim::cat {

namespace {

constexpr uint8_t kTimer = 1;  // of the terminal's eight
constexpr uint8_t kStart = 0x00;

// Terminals poll every 30 seconds unless asked otherwise (TS 102 221 §14.5).
constexpr uint16_t kUsualPollIntervalSeconds = 30;

// Two digits of a timer value, the lower one first (TS 102 223 §8.38).
constexpr uint8_t swapped_digits(unsigned value) {
  return static_cast<uint8_t>((value % 10) << 4 | value / 10);
}

}  // namespace

void Ticker::start() {
  if (wanted_) return;
  wanted_ = true;
  toolkit_.request_turn(*this);
}

void Ticker::on_terminal_profile(const TerminalProfile& profile) {
  by_timer_ = profile.has(Ability::kTimerStartStop) && profile.has(Ability::kTimerExpiration);
  wanted_ = running_ = false;
}

bool Ticker::next_command(ProactiveCommand& command) {
  if (!wanted_ || running_ || !by_timer_) return false;
  command.begin(CommandType::kTimerManagement, kStart, device::kTerminal);
  command.object_u8(tag::kTimerIdentifier | tag::kComprehension, kTimer);
  command.object(
      tag::kTimerValue | tag::kComprehension,
      std::array{swapped_digits(interval_s_ / 3600U), swapped_digits(interval_s_ / 60U % 60),
                 swapped_digits(interval_s_ % 60U)});
  return true;
}

void Ticker::on_terminal_response(const TerminalResponse& response) {
  running_ = by_timer_ = response.performed();
}

void Ticker::on_timer_expiration(uint8_t timer) {
  if (timer != kTimer || !running_) return;
  running_ = false;
  tick(interval_s_);
}

void Ticker::on_poll() {
  if (by_timer_ || !wanted_) return;
  const uint16_t granted = housekeeping_.granted_poll_interval_s();
  tick(granted > 0 ? granted : kUsualPollIntervalSeconds);
}

void Ticker::tick(uint16_t seconds) {
  wanted_ = listener_ != nullptr && listener_->on_tick(seconds);
  if (wanted_) toolkit_.request_turn(*this);
}

}  // namespace scwsim::cat
