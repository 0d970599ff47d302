// Card profiles from files, and the one that is built in.
#pragma once

#include <string>

#include "card/profile/profile.h"

namespace scwsim::lab {

/// The profile in the file at `path`; files that it names are found beside it.
/// Empty: the built-in profile. Throws std::runtime_error that says which file,
/// where in it, and what is wrong.
profile::Profile load_profile(const std::string& path);

}  // namespace scwsim::lab
