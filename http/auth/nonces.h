// The server's nonces for Digest (RFC 7616 §3.3, §5.4). A card has no clock, so a
// nonce lives by uses: it is good while it is one of the last kWindow that were
// issued and unused, or one of the kInUse that were used last; what is neither is
// stale for ever. Only a right response brings a nonce into use, so nobody without
// a password can push the others out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "card/base/random.h"
#include "http/auth/hash.h"

namespace scwsim::http {

class Nonces {
 public:
  /// How many of the last issued may still be brought into use.
  static constexpr uint64_t kWindow = 1024;
  /// How many may be in use at a time.
  static constexpr size_t kInUse = 16;
  /// The highest nonce count: requests that one nonce is good for.
  static constexpr uint32_t kMostUses = 4096;
  /// How far a nonce count may lie behind the highest seen: connections run side
  /// by side, and their requests overtake each other.
  static constexpr uint32_t kBehind = 64;

  static constexpr size_t kTextSize = 48;
  using Text = std::array<char, kTextSize>;

  /// Forgets all nonces and draws a new key.
  void restart(RandomStream& random);

  /// A new one.
  Text issue();

  enum class Use : uint8_t {
    kAccepted,
    kStale,     ///< it is not, or not any more, a nonce that can be used
    kReplayed,  ///< its count was used already, or is 0 or too far behind
  };

  /// Uses `nonce` with a nonce count, for a user who has proved to be the one:
  /// call it with a right response only. A nonce belongs to who used it first.
  Use use(std::string_view nonce, size_t user, uint32_t count);

  /// Uses it without a count (RFC 2069). Such a response could be replayed at will,
  /// so the nonce is then used up.
  Use use_up(std::string_view nonce);

 private:
  // A nonce is its number and 16 octets of HMAC-SHA-256 over that.
  static constexpr size_t kNumberSize = 8;
  static constexpr size_t kProofSize = 16;
  static_assert(kTextSize == 2 * (kNumberSize + kProofSize));

  struct Entry {
    uint64_t number = 0;  // 0: no entry
    uint64_t last_use = 0;
    uint64_t seen = 0;  // bit n: the count `highest` - n was used
    uint32_t highest = 0;
    size_t user = 0;
  };
  static_assert(kBehind == 64, "one bit of Entry::seen each");

  [[nodiscard]] Text text_of(uint64_t number) const;
  [[nodiscard]] std::optional<uint64_t> number_of(std::string_view nonce) const;
  [[nodiscard]] Entry* find(uint64_t number);
  bool take_unused(uint64_t number);

  std::array<uint8_t, 32> key_{};
  uint64_t issued_ = 0;               // number of the last one; the first is 1
  std::array<bool, kWindow> used_{};  // by number modulo kWindow
  std::array<Entry, kInUse> in_use_{};
  uint64_t uses_ = 0;
};

}  // namespace scwsim::http
