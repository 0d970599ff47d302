#include "http/auth/protection.h"

#include <algorithm>

namespace scwsim::http {
namespace {

constexpr auto kProtection = store::Area::kProtection;

}  // namespace

std::optional<SetRow> Protection::set_of(std::string_view path) const {
  std::optional<size_t> best;
  size_t best_size = 0;
  const Counts rows = counts();
  for (size_t i = 0; i < rows.uris; ++i) {
    const size_t at = kUrisAt + i * kUriRow;
    std::array<uint8_t, 3> head{};
    if (!store_.read(kProtection, at, head)) break;
    ByteReader in(head);
    const size_t set = in.u8();
    const bool prefix = in.u8() != 0;
    const size_t size = in.u8();
    const bool whole = size == path.size();
    if (size > path.size() || (!prefix && !whole) || (best && size < best_size)) continue;
    if (!stands_at(at + head.size(), path.substr(0, size))) continue;
    best = set;
    best_size = size;
    if (!prefix) break;  // nothing is more to the point
  }
  if (!best) return std::nullopt;
  return set_row(*best);
}

std::optional<size_t> Protection::find_user(std::string_view name) const {
  const Counts rows = counts();
  for (size_t i = 0; i < rows.users; ++i) {
    const size_t at = kUsersAt + i * kUserRow;
    std::array<uint8_t, 1> size{};
    if (!store_.read(kProtection, at, size)) break;
    if (size[0] == name.size() && stands_at(at + size.size(), name)) return i;
  }
  return std::nullopt;
}

std::optional<Hash> Protection::secret_of(size_t user, size_t set, Algorithm algorithm) const {
  const size_t row = kUsersAt + user * kUserRow;
  std::array<uint8_t, 1> allowed{};
  if (!store_.read(kProtection, row + 1 + kMostUserName, allowed)) return std::nullopt;
  if (set >= kMostSets || (allowed[0] >> set & 1U) == 0) return std::nullopt;
  const size_t within = algorithm == Algorithm::kMd5 ? 0 : size_of(Algorithm::kMd5);
  Hash secret(algorithm);
  const size_t at = row + 1 + kMostUserName + 1 + set * kUserSecrets + within;
  if (!store_.read(kProtection, at, secret.room())) return std::nullopt;
  if (equal_in_constant_time(secret.bytes(), Hash(algorithm).bytes())) return std::nullopt;
  return secret;
}

Protection::Counts Protection::counts() const {
  std::array<uint8_t, kProtectionCounts> bytes{};
  if (!store_.read(kProtection, 0, bytes)) return {};
  return {.uris = std::min<size_t>(bytes[1], kMostUris),
          .users = std::min<size_t>(bytes[2], kMostUsers)};
}

SetRow Protection::set_row(size_t index) const {
  std::array<uint8_t, kSetRow> bytes{};
  SetRow row;
  row.index = index;
  (void)store_.read(kProtection, kSetsAt + index * kSetRow, bytes);
  ByteReader in(bytes);
  row.name_size = std::min<size_t>(in.u8(), kMostSetName);
  std::ranges::copy(in.take(kMostSetName), row.name.begin());
  row.schemes = schemes_of(in.u8());
  row.https_only = in.u8() != 0;
  return row;
}

bool Protection::stands_at(size_t offset, std::string_view text) const {
  while (!text.empty()) {
    const std::string_view run = as_text(store_.run(kProtection, offset, text.size()));
    if (run.empty() || run != text.substr(0, run.size())) return false;
    offset += run.size();
    text.remove_prefix(run.size());
  }
  return true;
}

}  // namespace scwsim::http
