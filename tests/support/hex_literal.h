// "00 A4 00 04"_x: octets in tests, written as the standards write them.
#pragma once

#include <stdexcept>
#include <vector>

#include "card/base/hex.h"

namespace scwsim::tests {

inline std::vector<uint8_t> operator""_x(const char* digits, size_t length) {
  auto bytes = from_hex({digits, length});
  if (!bytes) throw std::invalid_argument(std::string("not hexadecimal: ") + digits);
  return *bytes;
}

}  // namespace scwsim::tests
