// Swapped BCD: two decimal digits in an octet, the first of them in the low
// nibble, as toolkit times have it (TS 102 223 §8.38, §8.39).
#pragma once

#include <cstdint>

namespace scwsim::terminal {

/// 0..99 as swapped BCD.
constexpr uint8_t swapped_bcd(unsigned value) {
  return static_cast<uint8_t>((value % 10) << 4 | (value / 10) % 10);
}

/// The number that `octet` stands for; more than 99 when a nibble is no digit.
constexpr unsigned from_swapped_bcd(uint8_t octet) {
  const unsigned tens = octet & 0x0FU;
  const unsigned units = octet >> 4U;
  return tens > 9 || units > 9 ? 100 : tens * 10 + units;
}

static_assert(swapped_bcd(25) == 0x52 && from_swapped_bcd(0x52) == 25);

}  // namespace scwsim::terminal
