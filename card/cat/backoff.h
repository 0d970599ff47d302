// When to try again what a terminal could not do just now. The card has no
// clock: it counts STATUS commands, which come at the polling interval.
#pragma once

#include <algorithm>
#include <cstdint>

namespace scwsim::cat {

class Backoff {
 public:
  /// It failed again: wait for twice as many polls as last time, at most
  /// kMostPolls.
  void failed() {
    wait_ = wait_ == 0 ? 1 : std::min<uint16_t>(static_cast<uint16_t>(wait_ * 2), kMostPolls);
    left_ = wait_;
    ++attempts_;
  }

  /// One STATUS went by. Whether it is time to try again now.
  bool poll() {
    if (left_ == 0) return false;
    return --left_ == 0;
  }

  /// It worked.
  void reset() { *this = {}; }

  /// Failures since it last worked.
  [[nodiscard]] uint16_t attempts() const { return attempts_; }

  static constexpr uint16_t kMostPolls = 32;

 private:
  uint16_t wait_ = 0;
  uint16_t left_ = 0;
  uint16_t attempts_ = 0;
};

}  // namespace scwsim::cat
