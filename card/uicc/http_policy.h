// From the profile's plain values to the policy of the web server.
#pragma once

#include "card/profile/http_policy.h"
#include "http/policy.h"

namespace scwsim {

/// The policy that `settings` describes.
http::Policy http_policy(const profile::HttpPolicy& settings);

}  // namespace scwsim
