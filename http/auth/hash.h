// The two hashes of Digest authentication (RFC 7616 §3.2, RFC 1321, FIPS 180-4)
// over texts in pieces, and the comparison of what they give. MD5 is here because
// old clients know nothing else; whoever wants it gone leaves it out of a set.
#pragma once

#include <array>
#include <initializer_list>
#include <string_view>

#include "card/base/bytes.h"

namespace scwsim::http {

enum class Algorithm : uint8_t { kMd5, kSha256 };

/// Octets that a hash of that algorithm has.
constexpr size_t size_of(Algorithm algorithm) { return algorithm == Algorithm::kMd5 ? 16 : 32; }

/// Its name in a challenge.
constexpr std::string_view name_of(Algorithm algorithm) {
  return algorithm == Algorithm::kMd5 ? "MD5" : "SHA-256";
}

inline constexpr size_t kMostHash = size_of(Algorithm::kSha256);

/// A hash.
class Hash {
 public:
  explicit Hash(Algorithm algorithm) : size_(size_of(algorithm)) {}
  [[nodiscard]] Bytes bytes() const { return Bytes(octets_).first(size_); }
  [[nodiscard]] std::span<uint8_t> room() { return std::span<uint8_t>(octets_).first(size_); }

 private:
  std::array<uint8_t, kMostHash> octets_{};
  size_t size_;
};

/// Octets as lower case hexadecimal digits, up to those of a hash.
class HexText {
 public:
  explicit HexText(Bytes octets);
  [[nodiscard]] std::string_view text() const { return {digits_.data(), size_}; }

 private:
  std::array<char, 2 * kMostHash> digits_{};
  size_t size_ = 0;
};

/// The hash of `parts` with `separator` between them.
Hash hash_of(Algorithm algorithm, std::initializer_list<Bytes> parts, Bytes separator = {});

/// HMAC-SHA-256 (RFC 2104) with a key of at most 64 octets.
Hash hmac_sha256(Bytes key, Bytes message);

/// Whether both hold the same octets, in a time that depends on their sizes only.
bool equal_in_constant_time(Bytes a, Bytes b);

}  // namespace scwsim::http
