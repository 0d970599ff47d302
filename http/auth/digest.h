// What Digest authentication computes (RFC 7616 §3.4.1 to §3.4.3; RFC 2069 §2.1.2
// where there is no qop). The variants -sess and auth-int are not offered.
#pragma once

#include <string_view>

#include "http/auth/hash.h"

namespace scwsim::http {

/// H(A1), which stands for the password within one realm: who has it can answer
/// for its user there, so it is kept as well as a password.
Hash digest_secret(Algorithm algorithm, std::string_view user, std::string_view realm,
                   std::string_view password);

/// The values of a request that its response is computed from, as the client
/// wrote them.
struct DigestInput {
  std::string_view method;
  std::string_view uri;
  std::string_view nonce;
  std::string_view qop;  ///< empty: as in RFC 2069, without the next two
  std::string_view nonce_count;
  std::string_view client_nonce;
};

/// The response that proves `secret`, in hexadecimal digits.
HexText digest_response(Algorithm algorithm, Bytes secret, const DigestInput& input);

}  // namespace scwsim::http
