#include "card/cat/housekeeping.h"

namespace scwsim::cat {

namespace {

constexpr uint8_t kMinutes = 0x00;
constexpr uint8_t kSeconds = 0x01;

// Duration (TS 102 223 §8.8) in seconds, rounded up; 0 when it says nothing.
uint16_t duration_s(Bytes value) {
  if (value.size() != 2) return 0;
  if (value[0] == kMinutes) return static_cast<uint16_t>(value[1] * 60);
  if (value[0] == kSeconds) return value[1];
  return static_cast<uint16_t>((value[1] + 9) / 10);
}

}  // namespace

Housekeeping::Step Housekeeping::from(Step step) const {
  std::array<uint8_t, 32> events;
  const TerminalProfile& profile = toolkit_.profile();
  if (step == Step::kEventList) {
    if (profile.has(Ability::kSetUpEventList) && toolkit_.wanted_events(events) > 0) return step;
    step = Step::kPollInterval;
  }
  if (step == Step::kPollInterval) {
    if (profile.has(Ability::kPollInterval) && poll_interval_s_ > 0) return step;
    step = Step::kDone;
  }
  return step;
}

void Housekeeping::on_terminal_profile(const TerminalProfile& /*profile*/) {
  granted_s_ = 0;
  waiting_ = false;
  backoff_.reset();
  step_ = from(Step::kEventList);
  toolkit_.request_turn(*this);
}

bool Housekeeping::next_command(ProactiveCommand& command) {
  if (waiting_ || step_ == Step::kDone) return false;
  if (step_ == Step::kEventList) {
    std::array<uint8_t, 32> events;
    const size_t count = toolkit_.wanted_events(events);
    command.begin(CommandType::kSetUpEventList, 0x00, device::kTerminal);
    command.object(tag::kEventList | tag::kComprehension, Bytes(events).first(count));
  } else {
    command.begin(CommandType::kPollInterval, 0x00, device::kTerminal);
    command.object(tag::kDuration | tag::kComprehension, std::array{kSeconds, poll_interval_s_});
  }
  return true;
}

void Housekeeping::on_terminal_response(const TerminalResponse& response) {
  if (response.temporary()) return retry();
  if (response.performed()) {
    if (step_ == Step::kEventList) {
      toolkit_.event_list_accepted();
    } else if (const auto duration = response.objects.find(tag::kDuration)) {
      granted_s_ = duration_s(duration->value);
    } else {
      granted_s_ = poll_interval_s_;
    }
  }
  advance();
}

void Housekeeping::on_unanswered() { retry(); }

void Housekeeping::retry() {
  if (backoff_.attempts() + 1 >= kMostAttempts) return advance();
  backoff_.failed();
  waiting_ = true;
}

void Housekeeping::advance() {
  backoff_.reset();
  step_ = from(static_cast<Step>(static_cast<uint8_t>(step_) + 1));
}

void Housekeeping::on_poll() {
  if (!waiting_ || !backoff_.poll()) return;
  waiting_ = false;
  toolkit_.request_turn(*this);
}

}  // namespace scwsim::cat
