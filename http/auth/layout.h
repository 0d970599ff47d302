// How protection sets and users lie in the store (Area::kProtection; scws.md §7.3).
// The area has one size whatever is in it, and rows of fixed sizes, so that it can
// be rewritten in place within one unit of work.
//
//   u8 sets, u8 URIs, u8 users: rows in use, the first ones of each table
//   kMostSets of   u8 size, name; u8 schemes; u8 only by HTTPS
//   kMostUris of   u8 set; u8 whether a prefix; u8 size, path
//   kMostUsers of  u8 size, name; u8 sets allowed, bit n for set n;
//                  per set: H(A1) by MD5, H(A1) by SHA-256; 00 where the set
//                  offers nothing that needs it (Schemes::needs())
//
// No password is stored: what Basic offers is hashed and compared with H(A1).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "card/store/image.h"
#include "http/auth/hash.h"

namespace scwsim::http {

inline constexpr size_t kMostSets = 8;
inline constexpr size_t kMostUris = 32;
inline constexpr size_t kMostUsers = 16;
/// Octets in the name of a set, which is its realm, and in that of a user.
inline constexpr size_t kMostSetName = 32;
inline constexpr size_t kMostUserName = 32;
/// Octets in a path of a set.
inline constexpr size_t kMostUri = 255;
inline constexpr size_t kMostPassword = 128;

inline constexpr size_t kProtectionCounts = 3;
inline constexpr size_t kSetRow = 1 + kMostSetName + 2;
inline constexpr size_t kUriRow = 3 + kMostUri;
inline constexpr size_t kUserSecrets =
    size_of(Algorithm::kMd5) + size_of(Algorithm::kSha256);  // per set
inline constexpr size_t kUserRow = 1 + kMostUserName + 1 + kMostSets * kUserSecrets;

inline constexpr size_t kSetsAt = kProtectionCounts;
inline constexpr size_t kUrisAt = kSetsAt + kMostSets * kSetRow;
inline constexpr size_t kUsersAt = kUrisAt + kMostUris * kUriRow;
inline constexpr size_t kProtectionSize = kUsersAt + kMostUsers * kUserRow;

/// The ways of authentication that a set offers; none: everybody may.
struct Schemes {
  bool basic = false;
  bool digest_md5 = false;
  bool digest_sha256 = false;

  [[nodiscard]] bool any() const { return basic || digest_md5 || digest_sha256; }
  [[nodiscard]] bool has(Algorithm algorithm) const {
    return algorithm == Algorithm::kMd5 ? digest_md5 : digest_sha256;
  }
  /// Whether the hash by that algorithm is kept; Basic is compared by SHA-256.
  [[nodiscard]] bool needs(Algorithm algorithm) const {
    return has(algorithm) || (basic && algorithm == Algorithm::kSha256);
  }
};

/// Schemes as the octet that is stored.
uint8_t code_of(const Schemes& schemes);
Schemes schemes_of(uint8_t code);

/// A protection set as the administrator gives it.
struct ProtectionSet {
  std::string name;  ///< printable ASCII but `"` and `\`; it is the realm
  Schemes schemes;
  bool https_only = false;
  /// Decoded paths. One that ends with `/` stands for all below it, too; one that
  /// ends with `*` for all that begin with what is before that.
  std::vector<std::string> uris;
};

/// A user, with a password, or with both hashes of it for the realm of his one
/// set (RFC 7616 §3.4.2): hexadecimal or not is the caller's business, octets here.
struct User {
  std::string name;  ///< no colon, no control character
  std::string password;
  std::vector<uint8_t> ha1_md5;
  std::vector<uint8_t> ha1_sha256;
  std::vector<std::string> sets;  ///< those that he is allowed in, by name
};

/// What is wrong with protection sets and users.
struct ProtectionFault {
  std::string place;        ///< "/protection_sets/0/uris/1"
  std::string_view reason;  ///< lives as long as the program
};

/// Puts sets and users into the protection area of `image`, which must be empty.
/// Gives the first fault, and leaves the image alone, when there are too many, a
/// name or path is too long, malformed or taken, or a user's set is not there.
std::optional<ProtectionFault> lay_out_protection(std::span<const ProtectionSet> sets,
                                                  std::span<const User> users, store::Image& image);

}  // namespace scwsim::http
