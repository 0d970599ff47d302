// 32-bit FNV-1a: tells contents apart; nobody has to be kept from forging it.
#pragma once

#include <cstdint>

#include "card/base/bytes.h"

namespace scwsim::http {

class Fingerprint {
 public:
  void add(Bytes bytes) {
    for (const uint8_t octet : bytes) value_ = (value_ ^ octet) * 0x01000193U;
  }
  [[nodiscard]] uint32_t value() const { return value_; }

 private:
  uint32_t value_ = 0x811C9DC5U;
};

}  // namespace scwsim::http
