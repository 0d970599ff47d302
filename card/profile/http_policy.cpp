#include "card/profile/http_policy.h"

#include <algorithm>
#include <limits>

namespace scwsim::profile {
namespace {

struct Flag {
  std::string_view name;
  bool HttpPolicy::*value;
};

constexpr Flag kFlags[] = {
    {"accept_bare_lf", &HttpPolicy::accept_bare_lf},
    {"accept_unescaped_target", &HttpPolicy::accept_unescaped_target},
    {"require_length", &HttpPolicy::require_length},
    {"accept_digest_without_qop", &HttpPolicy::accept_digest_without_qop},
    {"persistent_connections", &HttpPolicy::persistent_connections},
};

struct Number {
  std::string_view name;
  uint32_t HttpPolicy::*value;
  uint32_t least;
  uint32_t most;
};

// A connection keeps the head of a request, and no more: what is not of the head is
// bounded by taste alone.
constexpr Number kNumbers[] = {
    {"requests_when_crowded", &HttpPolicy::requests_when_crowded, 1, 0xFFFF},
    {"request_s", &HttpPolicy::request_s, 0, 0xFFFF},
    {"response_s", &HttpPolicy::response_s, 0, 0xFFFF},
    {"request_line", &HttpPolicy::request_line, 16, kMostHttpHead},
    {"head", &HttpPolicy::head, 32, kMostHttpHead},
    {"fields", &HttpPolicy::fields, 1, kMostHttpFields},
    {"empty_lines", &HttpPolicy::empty_lines, 0, 255},
    {"body", &HttpPolicy::body, 0, std::numeric_limits<uint32_t>::max()},
    {"chunk_line", &HttpPolicy::chunk_line, 2, 0xFFFF},
    {"trailer", &HttpPolicy::trailer, 1, 0xFFFF},
};

}  // namespace

HttpPolicy read_http_policy(const JsonValue& json) {
  json.require_object({"accept_bare_lf", "accept_unescaped_target", "require_length",
                       "accept_digest_without_qop", "persistent_connections",
                       "requests_when_crowded", "request_s", "response_s", "request_line", "head",
                       "fields", "empty_lines", "body", "chunk_line", "trailer"});
  HttpPolicy policy;
  for (const Flag& flag : kFlags) {
    if (json.has(flag.name)) policy.*flag.value = json.at(flag.name).boolean();
  }
  for (const Number& number : kNumbers) {
    if (json.has(number.name)) {
      policy.*number.value = json.at(number.name).number(number.least, number.most);
    }
  }
  if (!json.has("request_line")) {
    policy.request_line = std::min(policy.request_line, policy.head);
  } else if (policy.request_line > policy.head) {
    json.at("request_line")
        .fail("a request line of " + std::to_string(policy.request_line) +
              " octets does not fit a head of " + std::to_string(policy.head));
  }
  return policy;
}

}  // namespace scwsim::profile
