// A link with an ear on it: passes everything on and tells an observer what went
// by and when. Changes nothing, copies nothing.
#pragma once

#include <chrono>

#include "tools/links/card_link.h"

namespace scwsim::links {

/// Who listens. Views are valid until the call returns.
class ApduObserver {
 public:
  using Time = std::chrono::system_clock::time_point;

  virtual ~ApduObserver() = default;
  /// The card answered a reset.
  virtual void on_atr(Time time, Bytes atr) = 0;
  /// A command APDU and its response; `time` is when the response came.
  virtual void on_exchange(Time time, Bytes command, Bytes response) = 0;
};

class TapLink final : public CardLink, private CardReceiver {
 public:
  /// Both must outlive the tap. The receiver of `link` becomes the tap.
  TapLink(CardLink& link, ApduObserver& observer);

  void power_on() override;
  void reset() override;
  void power_off() override;
  void transmit(Bytes command) override;

 private:
  void on_atr(Bytes atr) override;
  void on_response(Bytes response) override;
  void on_lost(std::string_view reason) override;

  CardLink& link_;
  ApduObserver& observer_;
  Bytes command_;  // under way: the sender keeps it until completion
};

}  // namespace scwsim::links
