// A whole UICC. One entrance: transmit(command APDU) -> response APDU, beside
// power and reset (TS 102 221 §14). No sockets, files, threads, clock or entropy
// below this line.
#pragma once

#include <memory>

#include "card/base/bytes.h"
#include "card/base/journal.h"
#include "card/base/random.h"
#include "card/store/store.h"
#include "card/uicc/card_image.h"

namespace scwsim {

struct Parts;

class Uicc {
 public:
  /// A card of that image. `seed` makes its random numbers; the same seed, image
  /// and commands give the same octets. `sink` keeps its memory, see
  /// store::Sink; `journal` hears what a real card would keep to itself. Both may
  /// be null, and must outlive the card.
  Uicc(std::shared_ptr<const CardImage> image, const Seed& seed, store::Sink* sink = nullptr,
       Journal* journal = nullptr);
  ~Uicc();
  Uicc(const Uicc&) = delete;
  Uicc& operator=(const Uicc&) = delete;

  /// Powers the card up (cold reset) and gives its ATR (TS 102 221 §6.3). Empty
  /// when the card cannot start: its memory does not take a write.
  Bytes power_on();
  /// Warm reset: volatile state is gone, power stays. Gives the ATR.
  Bytes reset();
  /// Takes power away. transmit() answers nothing until power_on().
  void power_off();
  /// One command APDU, one response APDU: data, SW1, SW2. The response is valid
  /// until the next call. Empty when the card is mute: no power, or stopped by a
  /// test (store::Store::stop_at_write).
  Bytes transmit(Bytes command);

  /// For tests and for those who show the card: its insides.
  [[nodiscard]] Parts& parts() { return *parts_; }

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace scwsim
