#include "card/base/hex.h"

namespace scwsim {

namespace {

constexpr std::string_view kDigits = "0123456789ABCDEF";

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

std::string to_hex(Bytes bytes) {
  std::string digits;
  digits.reserve(bytes.size() * 2);
  for (const uint8_t b : bytes) {
    digits.push_back(kDigits[b >> 4]);
    digits.push_back(kDigits[b & 0x0F]);
  }
  return digits;
}

std::optional<std::vector<uint8_t>> from_hex(std::string_view digits) {
  std::vector<uint8_t> bytes;
  bytes.reserve(digits.size() / 2);
  int high = -1;
  for (const char c : digits) {
    if (is_blank(c)) continue;
    const int value = digit_value(c);
    if (value < 0) return std::nullopt;
    if (high < 0) {
      high = value;
    } else {
      bytes.push_back(static_cast<uint8_t>(high << 4 | value));
      high = -1;
    }
  }
  if (high >= 0) return std::nullopt;
  return bytes;
}

}  // namespace scwsim
