// The reference terminal's policy from a JSON file: how it behaves where
// terminals differ, or misbehave (tools/terminal/policy.h has the fields and what
// they mean).
#pragma once

#include <string>

#include "tools/terminal/policy.h"

namespace scwsim::lab {

/// The policy in the file at `path`; fields that it does not name keep their
/// default. Throws std::runtime_error that says which file, where in it, and what
/// is wrong.
terminal::Policy load_policy(const std::string& path);

}  // namespace scwsim::lab
