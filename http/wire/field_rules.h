// What the fields of a request mean for its framing and its connection: Host,
// Connection, Content-Length, Transfer-Encoding, Expect (RFC 9112 §3.2, §6, §9.3;
// RFC 9110 §10.1.1). This is where request smuggling is refused.
#pragma once

#include <optional>

#include "http/policy.h"
#include "http/wire/request.h"
#include "http/wire/status.h"

namespace scwsim::http {

/// Octets of content that `request` may have.
uint64_t largest_body(const Request& request, const Limits& limits);

/// Fills framing, expectation and persistence of `request` from its fields. Gives
/// the refusal, if there is one; what the request then holds is of no use.
std::optional<Refusal> apply_field_rules(Request& request, const Policy& policy);

}  // namespace scwsim::http
