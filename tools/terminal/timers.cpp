#include "tools/terminal/timers.h"

#include <algorithm>

#include "tools/terminal/bcd.h"
#include "tools/terminal/objects.h"

namespace scwsim::terminal {

namespace result = cat::result;
using std::chrono::seconds;

namespace {

enum Action : uint8_t { kStart = 0, kDeactivate = 1, kGetValue = 2 };  // §8.6
constexpr uint8_t kActionMask = 0x03;

}  // namespace

std::optional<seconds> parse_timer_value(Bytes value) {
  if (value.size() != 3) return std::nullopt;
  ByteReader reader(value);
  const unsigned h = from_swapped_bcd(reader.u8());
  const unsigned m = from_swapped_bcd(reader.u8());
  const unsigned s = from_swapped_bcd(reader.u8());
  if (h > 23 || m > 59 || s > 59) return std::nullopt;
  return seconds(h * 3600L + m * 60L + s);
}

TimerValue to_timer_value(seconds duration) {
  const auto total = static_cast<unsigned>(duration.count());
  return {swapped_bcd(total / 3600), swapped_bcd(total / 60 % 60), swapped_bcd(total % 60)};
}

Timers::Timers(boost::asio::io_context& io, Owner& owner)
    : owner_(owner),
      timers_{Timer(io), Timer(io), Timer(io), Timer(io),
              Timer(io), Timer(io), Timer(io), Timer(io)},
      self_(std::make_shared<Timers*>(this)) {}

void Timers::manage(const ProactiveCommand& command, TerminalResponse& response) {
  const std::optional<ComprehensionTlv> id = command.objects.find(tag::kTimerIdentifier);
  if (!id) return response.result(result::kValuesMissing);
  const uint8_t identifier = ByteReader(id->value).u8();
  const uint8_t action = command.details.qualifier & kActionMask;
  if (id->value.size() != 1 || identifier == 0 || identifier > kCount || action > kGetValue) {
    return response.result(result::kDataNotUnderstood);
  }
  Timer& timer = timers_[identifier - 1U];

  if (action == kStart) {
    const std::optional<ComprehensionTlv> value = command.objects.find(tag::kTimerValue);
    if (!value) return response.result(result::kValuesMissing);
    const std::optional<seconds> duration = parse_timer_value(value->value);
    if (!duration) return response.result(result::kDataNotUnderstood);
    start(timer, *duration);
    response.result(result::kPerformed);
    return response.object(tag::kTimerIdentifier, identifier);
  }
  if (timer.state != Timer::State::kRunning) {
    response.result(kTimerContradiction);
    return response.object(tag::kTimerIdentifier, identifier);
  }
  const auto left = std::chrono::ceil<seconds>(timer.clock.expiry() - Clock::now());
  if (action == kDeactivate) stop(timer);
  response.result(result::kPerformed);
  response.object(tag::kTimerIdentifier, identifier);
  response.object(tag::kTimerValue, to_timer_value(std::max(left, seconds(0))));
}

void Timers::start(Timer& timer, seconds duration) {
  stop(timer);
  timer.state = Timer::State::kRunning;
  timer.duration = duration;
  timer.clock.expires_after(duration);
  timer.clock.async_wait([weak = std::weak_ptr(self_), &timer,
                          run = timer.run](const boost::system::error_code& error) {
    const std::shared_ptr<Timers*> self = weak.lock();
    if (error || !self || timer.run != run) return;
    timer.state = Timer::State::kExpired;
    (*self)->owner_.on_timer_expired();
  });
}

void Timers::stop(Timer& timer) {
  ++timer.run;
  timer.state = Timer::State::kStopped;
  timer.clock.cancel();
}

std::optional<Timers::Expired> Timers::take_expired() {
  const auto timer = std::ranges::find(timers_, Timer::State::kExpired, &Timer::state);
  if (timer == timers_.end()) return std::nullopt;
  timer->state = Timer::State::kStopped;
  return Expired{static_cast<uint8_t>(timer - timers_.begin() + 1),
                 to_timer_value(timer->duration)};
}

void Timers::reset() { std::ranges::for_each(timers_, stop); }

}  // namespace scwsim::terminal
