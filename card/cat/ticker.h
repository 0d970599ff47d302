// Time, as it reaches a card: by a timer of the terminal (TIMER MANAGEMENT, TS
// 102 223 §6.4.21) or, where the terminal has none, by its polling. For those who
// wait for something that may never come.
#pragma once

#include "card/cat/housekeeping.h"
#include "card/cat/toolkit.h"

namespace scwsim::cat {

/// One who hears of the time.
class TickListener {
 public:
  virtual ~TickListener() = default;
  /// About `seconds` have passed since the last tick. Whether it wants another.
  virtual bool on_tick(uint16_t seconds) = 0;
};

class Ticker : public Client {
 public:
  /// Ticks every `interval_s` seconds (1..3600) as long as somebody listens; in
  /// the polling interval that `housekeeping` was granted where it must be.
  Ticker(Toolkit& toolkit, const Housekeeping& housekeeping, uint16_t interval_s)
      : toolkit_(toolkit), housekeeping_(housekeeping), interval_s_(interval_s) {}

  /// The one who listens; must outlive the ticker.
  void set_listener(TickListener& listener) { listener_ = &listener; }

  /// The listener wants ticks from now on.
  void start();

  void on_terminal_profile(const TerminalProfile& profile) override;
  bool next_command(ProactiveCommand& command) override;
  void on_terminal_response(const TerminalResponse& response) override;
  void on_unanswered() override { by_timer_ = false; }
  void on_timer_expiration(uint8_t timer) override;
  void on_poll() override;

 private:
  void tick(uint16_t seconds);

  Toolkit& toolkit_;
  const Housekeeping& housekeeping_;
  TickListener* listener_ = nullptr;
  uint16_t interval_s_;
  bool by_timer_ = false;  // the terminal has timers, and gave us ours so far
  bool wanted_ = false;
  bool running_ = false;  // the timer
};

}  // namespace scwsim::cat
