// A card at the far end of a link, whatever the link: power, reset and one APDU
// at a time (TS 102 221 §6, §7). Whole APDUs only; the transmission protocol, if
// there is one, belongs to the link. Nothing here knows what a command means.
#pragma once

#include <string_view>

#include "card/base/bytes.h"

namespace scwsim::links {

/// Who hears from a card. Views are valid until the call returns.
class CardReceiver {
 public:
  virtual ~CardReceiver() = default;
  /// The card has power, was reset, and answered with its ATR.
  virtual void on_atr(Bytes atr) = 0;
  /// The response APDU: data, SW1, SW2; two octets at least.
  virtual void on_response(Bytes response) = 0;
  /// The card does not answer any more: to an order, or between two. Nothing
  /// follows before power_on().
  virtual void on_lost(std::string_view reason) = 0;
};

/// One card. Each order but power_off() is completed by exactly one call of the
/// receiver, which may come before the order returns (an in-process card) or
/// later; the next order is given only after that.
class CardLink {
 public:
  virtual ~CardLink() = default;

  /// Who is told; must be set before the first order and outlive the last one.
  void set_receiver(CardReceiver& receiver) { receiver_ = &receiver; }

  /// Cold reset. Completed by on_atr() or on_lost().
  virtual void power_on() = 0;
  /// Warm reset. Completed by on_atr() or on_lost().
  virtual void reset() = 0;
  /// Takes power away at once; what is under way is never completed.
  virtual void power_off() = 0;
  /// Sends a command APDU, which must stay as it is until completion. Completed
  /// by on_response() or on_lost().
  virtual void transmit(Bytes command) = 0;

 protected:
  [[nodiscard]] CardReceiver& receiver() const { return *receiver_; }

 private:
  CardReceiver* receiver_ = nullptr;
};

}  // namespace scwsim::links
