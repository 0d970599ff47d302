// Files that the user names: read whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace scwsim::lab {

/// The octets of the file at `path`; none, with errno, when it cannot be read.
std::optional<std::vector<uint8_t>> read_octets(const std::string& path);

/// What to say of `path` after read_octets() gave none: file, purpose, reason.
std::string unreadable(const std::string& path, std::string_view purpose);

}  // namespace scwsim::lab
