// Files that the user names: read whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scwsim::lab {

/// Longest file that is read, in octets.
inline constexpr size_t kMostOctets = size_t{16} << 20;

/// The octets of the file at `path`; none, with errno, when it cannot be read or
/// is longer than kMostOctets.
std::optional<std::vector<uint8_t>> read_octets(const std::string& path);

/// The octets of the regular file `name` in `folder` or below it, all links
/// followed; none when there is no such file, or it stands elsewhere.
std::optional<std::vector<uint8_t>> read_octets_below(const std::string& folder,
                                                      std::string_view name);

/// What to say of `path` right after read_octets() gave none: file, purpose,
/// reason.
std::string unreadable(const std::string& path, std::string_view purpose);

}  // namespace scwsim::lab
