#include "http/auth/digest.h"

namespace scwsim::http {
namespace {

constexpr std::string_view kColon = ":";

}  // namespace

Hash digest_secret(Algorithm algorithm, std::string_view user, std::string_view realm,
                   std::string_view password) {
  return hash_of(algorithm, {as_bytes(user), as_bytes(realm), as_bytes(password)},
                 as_bytes(kColon));
}

HexText digest_response(Algorithm algorithm, Bytes secret, const DigestInput& input) {
  const auto joined = [algorithm](std::initializer_list<Bytes> parts) {
    return HexText(hash_of(algorithm, parts, as_bytes(kColon)).bytes());
  };
  const HexText a1(secret);
  const HexText a2 = joined({as_bytes(input.method), as_bytes(input.uri)});
  if (input.qop.empty()) {
    return joined({as_bytes(a1.text()), as_bytes(input.nonce), as_bytes(a2.text())});
  }
  return joined({as_bytes(a1.text()), as_bytes(input.nonce), as_bytes(input.nonce_count),
                 as_bytes(input.client_nonce), as_bytes(input.qop), as_bytes(a2.text())});
}

}  // namespace scwsim::http
