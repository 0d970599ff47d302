// What a card asks of every terminal at the start of a session: the event list
// its applications need, and how often to poll (TS 102 223 §6.4.16, §6.4.6).
#pragma once

#include "card/cat/backoff.h"
#include "card/cat/toolkit.h"

namespace scwsim::cat {

class Housekeeping : public Client {
 public:
  /// `poll_interval_s`: seconds between STATUS commands to ask for, 1..255; 0
  /// leaves it to the terminal.
  Housekeeping(Toolkit& toolkit, uint8_t poll_interval_s)
      : toolkit_(toolkit), poll_interval_s_(poll_interval_s) {}

  void on_terminal_profile(const TerminalProfile& profile) override;
  bool next_command(ProactiveCommand& command) override;
  void on_terminal_response(const TerminalResponse& response) override;
  void on_unanswered() override;
  void on_poll() override;

  /// The interval the terminal granted, in seconds; 0: not known.
  [[nodiscard]] uint16_t granted_poll_interval_s() const { return granted_s_; }

 private:
  enum class Step : uint8_t { kEventList, kPollInterval, kDone };

  // The first step from `step` on that has something to ask.
  [[nodiscard]] Step from(Step step) const;
  void retry();
  void advance();

  // Temporary problems are met with this many repetitions before the step is
  // given up until the next session.
  static constexpr uint16_t kMostAttempts = 8;

  Toolkit& toolkit_;
  uint8_t poll_interval_s_;
  uint16_t granted_s_ = 0;
  Step step_ = Step::kDone;
  bool waiting_ = false;
  Backoff backoff_;
};

}  // namespace scwsim::cat
