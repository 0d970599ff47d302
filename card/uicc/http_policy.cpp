#include "card/uicc/http_policy.h"

namespace scwsim {

static_assert(profile::kMostHttpHead == http::kMaxHead);
static_assert(profile::kMostHttpFields == http::kMaxFields);

http::Policy http_policy(const profile::HttpPolicy& settings) {
  return {.limits = {.request_line = settings.request_line,
                     .head = settings.head,
                     .fields = settings.fields,
                     .empty_lines = settings.empty_lines,
                     .body = settings.body,
                     .chunk_line = settings.chunk_line,
                     .trailer = settings.trailer},
          .accept_bare_lf = settings.accept_bare_lf,
          .accept_unescaped_target = settings.accept_unescaped_target,
          .require_length = settings.require_length,
          .accept_digest_without_qop = settings.accept_digest_without_qop,
          .persistent_connections = settings.persistent_connections,
          .requests_when_crowded = settings.requests_when_crowded,
          .request_s = settings.request_s,
          .response_s = settings.response_s};
}

}  // namespace scwsim
