// The eight timers that a terminal runs for its card (TS 102 223 §6.4.21, §7.4).
// Real time, in whole seconds; the terminal asks which have expired.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>

#include "tools/terminal/terminal_response.h"

namespace scwsim::terminal {

/// Hours, minutes, seconds in swapped BCD (TS 102 223 §8.38).
using TimerValue = std::array<uint8_t, 3>;

/// The seconds that a timer value stands for; nothing when it is none.
std::optional<std::chrono::seconds> parse_timer_value(Bytes value);

/// `duration`, below 100 hours, as a timer value.
TimerValue to_timer_value(std::chrono::seconds duration);

class Timers {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// take_expired() has something. From the event loop.
    virtual void on_timer_expired() = 0;
  };

  struct Expired {
    uint8_t identifier = 0;  ///< 1..8
    TimerValue value{};      ///< time since it was started
  };

  /// `owner` must outlive the timers.
  Timers(boost::asio::io_context& io, Owner& owner);

  /// TIMER MANAGEMENT: start, deactivate or read a timer.
  void manage(const ProactiveCommand& command, TerminalResponse& response);

  /// The next timer that has expired and was not yet taken.
  std::optional<Expired> take_expired();

  /// Stops all: card reset, power off.
  void reset();

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr size_t kCount = 8;

  struct Timer {
    enum class State : uint8_t { kStopped, kRunning, kExpired };

    explicit Timer(boost::asio::io_context& io) : clock(io) {}

    boost::asio::steady_timer clock;
    State state = State::kStopped;
    std::chrono::seconds duration{};
    uint64_t run = 0;  // tells a late wake-up of an earlier run
  };

  void start(Timer& timer, std::chrono::seconds duration);
  static void stop(Timer& timer);

  Owner& owner_;
  std::array<Timer, kCount> timers_;
  std::shared_ptr<Timers*> self_;  // outlived by handlers, which hold it weakly
};

}  // namespace scwsim::terminal
