// A whole card, fed command APDUs: each behind an octet of length, where FF means
// the 261 octets of the longest one, and 00 takes the power away and gives it back.
// The first octet says at which write the card is torn. Every command is
// answered, the same in the same card, and the card is alive afterwards.
#include <array>
#include <cstdlib>

#include "card/uicc/parts.h"
#include "card/uicc/uicc.h"
#include "tools/lab/profile_file.h"

using namespace scwsim;

namespace {

constexpr size_t kLongestCommand = 261;
constexpr std::array<uint8_t, 7> kSelectMf{0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00};

void require(bool holds) {
  if (!holds) std::abort();
}

void check_response(Bytes response) {
  require(response.size() >= 2 && response.size() <= 258);
  const uint8_t sw1 = response[response.size() - 2];
  const bool known = (sw1 >= 0x61 && sw1 <= 0x6F && sw1 != 0x66) || (sw1 >= 0x90 && sw1 <= 0x93);
  require(known);
  const bool data_may_stand = sw1 == 0x90 || sw1 == 0x91 || sw1 == 0x61;
  require(response.size() == 2 || data_may_stand);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto kImage = personalise(lab::load_profile(""), Seed{});
  ByteReader reader(Bytes(data, size));
  const uint8_t torn_at = reader.u8();

  Uicc card(kImage, Seed{1});
  Uicc twin(kImage, Seed{1});
  for (Uicc* one : {&card, &twin}) {
    require(!one->power_on().empty());
    one->parts().store.stop_at_write(torn_at);
  }
  while (reader.left() > 0) {
    const size_t length = reader.u8();
    if (length == 0) {
      for (Uicc* one : {&card, &twin}) {
        one->power_off();
        require(one->transmit(kSelectMf).empty());
        one->parts().store.stop_at_write(0);
        require(!one->power_on().empty());
      }
      continue;
    }
    const size_t wanted = length == 0xFF ? kLongestCommand : length;
    const Bytes command = reader.take(std::min(wanted, reader.left()));
    const Bytes response = card.transmit(command);
    require(equal(response, twin.transmit(command)));
    if (response.empty()) {
      require(card.parts().store.stopped());
    } else {
      check_response(response);
    }
    require(!card.parts().store.has_unit());
  }
  if (card.parts().store.stopped()) {
    card.power_off();
    card.parts().store.stop_at_write(0);
    require(!card.power_on().empty());
  }
  const Bytes alive = card.transmit(kSelectMf);
  require(alive.size() == 2 && (alive[0] == 0x91 || (alive[0] == 0x90 && alive[1] == 0x00)));
  return 0;
}
