#include "card/apdu/atr.h"

#include <bit>

namespace scwsim::apdu {

namespace {
constexpr uint8_t kDirect = 0x3B;
constexpr uint8_t kInverse = 0x3F;
constexpr uint8_t kHasTd = 0x80;
}  // namespace

std::string_view fault_of_atr(Bytes atr) {
  ByteReader reader(atr);
  const uint8_t convention = reader.u8();
  if (convention != kDirect && convention != kInverse) return "TS is neither 3B nor 3F";
  const uint8_t format = reader.u8();
  bool only_t0 = true;
  for (uint8_t present = format & 0xF0; present != 0;) {
    const auto characters =
        static_cast<size_t>(std::popcount(static_cast<uint8_t>(present & 0x70)));
    (void)reader.take(characters);  // TA, TB, TC
    if ((present & kHasTd) == 0) break;
    const uint8_t next = reader.u8();
    if ((next & 0x0F) != 0) only_t0 = false;
    present = next & 0xF0;
  }
  (void)reader.take(format & 0x0F);
  if (!only_t0) (void)reader.u8();
  if (!reader.ok()) return "it ends before all that it announces";
  if (!reader.done()) return "octets follow behind all that it announces";
  uint8_t sum = 0;
  for (const uint8_t octet : atr.subspan(1)) sum ^= octet;
  return only_t0 || sum == 0 ? std::string_view() : "TCK does not make the sum zero";
}

}  // namespace scwsim::apdu
