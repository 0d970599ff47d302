// A link to a card in this process: every order is completed before it returns.
#pragma once

#include <concepts>

#include "tools/links/card_link.h"

namespace scwsim::links {

/// What a card in this process offers; class Uicc does.
template <typename T>
concept InProcessCard = requires(T& card, Bytes command) {
  { card.power_on() } -> std::convertible_to<Bytes>;
  { card.reset() } -> std::convertible_to<Bytes>;
  { card.transmit(command) } -> std::convertible_to<Bytes>;
  card.power_off();
};

template <InProcessCard Card>
class InProcessLink final : public CardLink {
 public:
  /// A link to `card`, which must outlive it.
  explicit InProcessLink(Card& card) : card_(card) {}

  void power_on() override { answer_reset(card_.power_on()); }
  void reset() override { answer_reset(card_.reset()); }
  void power_off() override { card_.power_off(); }

  void transmit(Bytes command) override {
    const Bytes response = card_.transmit(command);
    if (response.size() < 2) {
      receiver().on_lost(kMute);
    } else {
      receiver().on_response(response);
    }
  }

 private:
  static constexpr std::string_view kMute = "the card is mute";

  void answer_reset(Bytes atr) {
    if (atr.empty()) {
      receiver().on_lost(kMute);
    } else {
      receiver().on_atr(atr);
    }
  }

  Card& card_;
};

}  // namespace scwsim::links
