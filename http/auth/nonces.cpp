#include "http/auth/nonces.h"

#include <algorithm>

#include "http/wire/characters.h"

namespace scwsim::http {

void Nonces::restart(RandomStream& random) {
  *this = Nonces();
  random.fill(key_);
}

Nonces::Text Nonces::issue() {
  ++issued_;
  used_[issued_ % kWindow] = false;
  return text_of(issued_);
}

Nonces::Use Nonces::use(std::string_view nonce, size_t user, uint32_t count) {
  if (count == 0) return Use::kReplayed;
  const auto number = number_of(nonce);
  if (!number || count > kMostUses) return Use::kStale;
  Entry* entry = find(*number);
  if (entry == nullptr) {
    if (!take_unused(*number)) return Use::kStale;
    entry = std::ranges::min_element(in_use_, {}, &Entry::last_use);
    *entry = {.number = *number, .last_use = 0, .seen = 0, .highest = 0, .user = user};
  }
  if (entry->user != user) return Use::kStale;
  if (count > entry->highest) {
    const uint32_t ahead = count - entry->highest;
    entry->seen = ahead < kBehind ? entry->seen << ahead : 0;
    entry->highest = count;
  }
  const uint32_t behind = entry->highest - count;
  if (behind >= kBehind || (entry->seen >> behind & 1U) != 0) return Use::kReplayed;
  entry->seen |= uint64_t{1} << behind;
  entry->last_use = ++uses_;
  return Use::kAccepted;
}

Nonces::Use Nonces::use_up(std::string_view nonce) {
  const auto number = number_of(nonce);
  return number && take_unused(*number) ? Use::kAccepted : Use::kStale;
}

Nonces::Text Nonces::text_of(uint64_t number) const {
  std::array<uint8_t, kNumberSize + kProofSize> octets{};
  ByteWriter out(octets);
  out.u32(static_cast<uint32_t>(number >> 32));
  out.u32(static_cast<uint32_t>(number));
  out.bytes(hmac_sha256(key_, out.written()).bytes().first(kProofSize));
  Text text{};
  std::ranges::copy(HexText(octets).text(), text.begin());
  return text;
}

// The number of a nonce that was made here since the last restart.
std::optional<uint64_t> Nonces::number_of(std::string_view nonce) const {
  if (nonce.size() != kTextSize || !all_are(nonce, Octets::kHexDigit)) return std::nullopt;
  uint64_t number = 0;
  for (const char digit : nonce.substr(0, 2 * kNumberSize)) number = number << 4 | hex_value(digit);
  const Text proper = text_of(number);
  const std::string_view text(proper.data(), proper.size());
  if (!equal_in_constant_time(as_bytes(text), as_bytes(nonce))) return std::nullopt;
  return number;
}

Nonces::Entry* Nonces::find(uint64_t number) {
  const auto entry = std::ranges::find(in_use_, number, &Entry::number);
  return number == 0 || entry == in_use_.end() ? nullptr : entry;
}

bool Nonces::take_unused(uint64_t number) {
  if (number == 0 || number > issued_ || issued_ - number >= kWindow) return false;
  return !std::exchange(used_[number % kWindow], true);
}

}  // namespace scwsim::http
