// The users of the web server and the pages that only they may see, as a profile
// writes them: `http.protection_sets` and `http.users` (scws.md §7.3). What fits a
// card is judged when it is made, see http/auth/layout.h.
#pragma once

#include "card/profile/json_value.h"
#include "card/profile/profile.h"

namespace scwsim::profile {

/// Reads protection sets, an array. Throws ProfileError.
std::vector<ProtectionSet> read_protection_sets(const JsonValue& json);

/// Reads users, an array; a password "@FILE" is the first line of that file.
/// Throws ProfileError.
std::vector<User> read_users(const JsonValue& json, const FileSource& files);

}  // namespace scwsim::profile
