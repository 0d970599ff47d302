#include "http/auth/layout.h"

#include <algorithm>
#include <set>
#include <utility>

#include "http/auth/digest.h"
#include "http/wire/characters.h"
#include "http/wire/request_target.h"

namespace scwsim::http {
namespace {

constexpr uint8_t kBasicBit = 0x01;
constexpr uint8_t kMd5Bit = 0x02;
constexpr uint8_t kSha256Bit = 0x04;

constexpr std::string_view kSets = "/protection_sets/";
constexpr std::string_view kUsers = "/users/";

using Fault = std::optional<ProtectionFault>;

/// A path of a set, without the mark of a prefix.
struct Uri {
  std::string_view text;
  bool prefix;
};

Uri uri_of(std::string_view text) {
  if (text.ends_with('*')) return {text.substr(0, text.size() - 1), true};
  return {text, text.ends_with('/')};
}

std::string place(std::string_view table, size_t row) {
  return std::string(table) + std::to_string(row);
}

/// Whether `text` has `least` to `most` octets, none of them a control character
/// or one of `excluded`.
bool is_text(std::string_view text, size_t least, size_t most, std::string_view excluded = {}) {
  const bool fit = std::ranges::all_of(text, [excluded](char c) {
    return is(c, Octets::kLine) && c != '\t' && excluded.find(c) == std::string_view::npos;
  });
  return fit && text.size() >= least && text.size() <= most;
}

/// Tells whether sets and users can be stored, the sets first.
class Inspection {
 public:
  Fault run(std::span<const ProtectionSet> sets, std::span<const User> users) {
    if (sets.size() > kMostSets) return ProtectionFault{"/protection_sets", "more than 8 sets"};
    if (users.size() > kMostUsers) return ProtectionFault{"/users", "more than 16 users"};
    for (size_t i = 0; i < sets.size(); ++i) {
      if (Fault fault = of_set(sets[i], place(kSets, i))) return fault;
    }
    for (size_t i = 0; i < users.size(); ++i) {
      if (Fault fault = of_user(users[i], place(kUsers, i))) return fault;
    }
    return std::nullopt;
  }

 private:
  Fault of_set(const ProtectionSet& set, const std::string& here) {
    const bool ascii = std::ranges::all_of(set.name, [](char c) { return c <= '~' && c >= ' '; });
    if (!ascii || !is_text(set.name, 1, kMostSetName, "\"\\")) {
      return ProtectionFault{here + "/name",
                             "expected 1 to 32 printable ASCII characters but \" and \\"};
    }
    if (!set_names_.insert(set.name).second) {
      return ProtectionFault{here + "/name", "another set has the same name"};
    }
    for (size_t i = 0; i < set.uris.size(); ++i) {
      if (Fault fault = of_uri(set.uris[i], here + place("/uris/", i))) return fault;
    }
    return std::nullopt;
  }

  Fault of_uri(const std::string& text, const std::string& here) {
    const Uri uri = uri_of(text);
    if (!is_plain_path(uri.text)) {
      return ProtectionFault{here, "the path is not absolute and free of dot segments"};
    }
    if (uri.text.size() > kMostUri) return ProtectionFault{here, "the path is too long"};
    if (!uris_.emplace(uri.text, uri.prefix).second) {
      return ProtectionFault{here, "the path stands in this or another set already"};
    }
    if (uris_.size() > kMostUris) return ProtectionFault{here, "more than 32 paths in all sets"};
    return std::nullopt;
  }

  Fault of_user(const User& user, const std::string& here) {
    if (!is_text(user.name, 1, kMostUserName, ":")) {
      return ProtectionFault{here + "/name",
                             "expected 1 to 32 octets without colon and control characters"};
    }
    if (!user_names_.insert(user.name).second) {
      return ProtectionFault{here + "/name", "another user has the same name"};
    }
    for (size_t i = 0; i < user.sets.size(); ++i) {
      if (!set_names_.contains(user.sets[i])) {
        return ProtectionFault{here + place("/sets/", i), "no such protection set"};
      }
    }
    return user.ha1_md5.empty() && user.ha1_sha256.empty() ? of_password(user, here)
                                                           : of_hashes(user, here);
  }

  static Fault of_password(const User& user, const std::string& here) {
    if (is_text(user.password, 1, kMostPassword)) return std::nullopt;
    return ProtectionFault{here + "/password",
                           "expected 1 to 128 octets without control characters"};
  }

  static Fault of_hashes(const User& user, const std::string& here) {
    if (user.ha1_md5.size() != size_of(Algorithm::kMd5) ||
        user.ha1_sha256.size() != size_of(Algorithm::kSha256)) {
      return ProtectionFault{here, "the hashes are not 16 octets by MD5 and 32 by SHA-256"};
    }
    if (user.sets.size() == 1 && user.password.empty()) return std::nullopt;
    return ProtectionFault{here, "hashes belong to one set, and no password stands beside them"};
  }

  std::set<std::string_view> set_names_;
  std::set<std::string_view> user_names_;
  std::set<std::pair<std::string_view, bool>> uris_;  // text, whether a prefix
};

/// A text with its size before it, in `room` octets behind that.
void write_text(ByteWriter& out, std::string_view text, size_t room) {
  out.u8(static_cast<uint8_t>(text.size()));
  std::ranges::copy(as_bytes(text), out.append(room).begin());
}

void write_set(ByteWriter& out, const ProtectionSet& set) {
  write_text(out, set.name, kMostSetName);
  out.u8(code_of(set.schemes));
  out.u8(set.https_only ? 1 : 0);
}

void write_uri(ByteWriter& out, const Uri& uri, size_t set) {
  out.u8(static_cast<uint8_t>(set));
  out.u8(uri.prefix ? 1 : 0);
  write_text(out, uri.text, kMostUri);
}

void write_user(ByteWriter& out, const User& user, std::span<const ProtectionSet> sets) {
  write_text(out, user.name, kMostUserName);
  uint8_t& allowed = out.append(1).front();
  for (size_t i = 0; i < kMostSets; ++i) {
    const std::span<uint8_t> md5 = out.append(size_of(Algorithm::kMd5));
    const std::span<uint8_t> sha256 = out.append(size_of(Algorithm::kSha256));
    if (i >= sets.size() || std::ranges::count(user.sets, sets[i].name) == 0) continue;
    allowed = static_cast<uint8_t>(allowed | 1U << i);
    const auto keep = [&](Algorithm algorithm, Bytes given, std::span<uint8_t> room) {
      if (!sets[i].schemes.needs(algorithm)) return;  // a hash is a password to somebody
      const Hash made = digest_secret(algorithm, user.name, sets[i].name, user.password);
      std::ranges::copy(user.password.empty() ? given : made.bytes(), room.begin());
    };
    keep(Algorithm::kMd5, user.ha1_md5, md5);
    keep(Algorithm::kSha256, user.ha1_sha256, sha256);
  }
}

/// Leaves out the rest of a table with rows of `row` octets: they are 00.
void leave_rows(ByteWriter& out, size_t rows, size_t row) { (void)out.append(rows * row); }

}  // namespace

uint8_t code_of(const Schemes& schemes) {
  return static_cast<uint8_t>((schemes.basic ? kBasicBit : 0) | (schemes.digest_md5 ? kMd5Bit : 0) |
                              (schemes.digest_sha256 ? kSha256Bit : 0));
}

Schemes schemes_of(uint8_t code) {
  return {.basic = (code & kBasicBit) != 0,
          .digest_md5 = (code & kMd5Bit) != 0,
          .digest_sha256 = (code & kSha256Bit) != 0};
}

std::optional<ProtectionFault> lay_out_protection(std::span<const ProtectionSet> sets,
                                                  std::span<const User> users,
                                                  store::Image& image) {
  if (Fault fault = Inspection().run(sets, users)) return fault;
  std::vector<uint8_t> area(kProtectionSize);
  ByteWriter out(area);
  size_t uris = 0;
  for (const ProtectionSet& set : sets) uris += set.uris.size();
  for (const size_t rows : {sets.size(), uris, users.size()}) out.u8(static_cast<uint8_t>(rows));
  for (const ProtectionSet& set : sets) write_set(out, set);
  leave_rows(out, kMostSets - sets.size(), kSetRow);
  for (size_t i = 0; i < sets.size(); ++i) {
    for (const std::string& uri : sets[i].uris) write_uri(out, uri_of(uri), i);
  }
  leave_rows(out, kMostUris - uris, kUriRow);
  for (const User& user : users) write_user(out, user, sets);
  image.append(store::Area::kProtection, area);
  return std::nullopt;
}

}  // namespace scwsim::http
