// Authorization fields: whatever is taken apart lies in the field or in the room
// that was given, and holds what the grammar lets through.
#include <cstdlib>
#include <vector>

#include "http/auth/authorization.h"
#include "http/wire/characters.h"

namespace {

using namespace scwsim;
using namespace scwsim::http;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Reads every octet, so that a view of nothing is seen, and bounds them all.
void check_size(std::string_view text, size_t most) {
  size_t n = 0;
  for (const char c : text) n += static_cast<uint8_t>(c) > 0 ? 1U : 0U;
  require(n <= text.size() && text.size() <= most);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes input(data, size);
  std::vector<uint8_t> room(size);
  Refusal refusal;
  const auto taken = parse_authorization(as_text(input), room, refusal);
  if (!taken) {
    require(refusal.status == Status::kBadRequest && !refusal.reason.empty());
    return 0;
  }
  if (const auto* basic = std::get_if<BasicCredentials>(&*taken)) {
    check_size(basic->user, size);
    check_size(basic->password, size);
    require(basic->user.find(':') == std::string_view::npos);
  }
  if (const auto* digest = std::get_if<DigestCredentials>(&*taken)) {
    for (const std::string_view value :
         {digest->user, digest->realm, digest->nonce, digest->uri, digest->response,
          digest->algorithm, digest->qop, digest->nonce_count, digest->client_nonce}) {
      check_size(value, size);
    }
    const bool counted =
        digest->nonce_count.size() == 8 && all_are(digest->nonce_count, Octets::kHexDigit);
    require(digest->qop.empty() ? digest->nonce_count.empty() : counted);
  }
  return 0;
}
