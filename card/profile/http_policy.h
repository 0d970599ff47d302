// The web server's policy as a profile tells it (member "policy" of "http"): how
// strict the server is and how much it takes. Plain values; what each means stands
// in http/policy.h, and card/uicc hands them over.
#pragma once

#include <cstdint>

#include "card/profile/json_value.h"

namespace scwsim::profile {

/// The most octets of a request's head and the most fields in it that a connection
/// has room for.
inline constexpr uint32_t kMostHttpHead = 3072;
inline constexpr uint32_t kMostHttpFields = 48;

struct HttpPolicy {
  bool accept_bare_lf = false;
  bool accept_unescaped_target = false;
  bool require_length = true;
  bool accept_digest_without_qop = true;
  bool persistent_connections = true;
  uint32_t requests_when_crowded = 64;
  uint32_t request_s = 60;
  uint32_t response_s = 300;
  uint32_t request_line = 1024;
  uint32_t head = kMostHttpHead;
  uint32_t fields = kMostHttpFields;
  uint32_t empty_lines = 4;
  uint32_t body = 65536;
  uint32_t chunk_line = 64;
  uint32_t trailer = 512;
};

/// Reads a policy; what it does not name stays strict. Throws ProfileError for a
/// limit that no connection can hold, or that another one keeps from ever working.
HttpPolicy read_http_policy(const JsonValue& json);

}  // namespace scwsim::profile
