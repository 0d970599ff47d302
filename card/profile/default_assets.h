// The built-in profile and the files it names, as they stand in
// card/profile/default when the program is built.
#pragma once

#include <optional>
#include <string_view>

#include "card/base/bytes.h"

namespace scwsim::profile {

/// The octets of a file, by its path within that folder ("profile.json",
/// "site/index.html"); nothing when there is none. They live as long as the
/// program.
std::optional<Bytes> default_asset(std::string_view path);

}  // namespace scwsim::profile
