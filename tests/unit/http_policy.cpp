// The web server's policy in a profile: read, handed on, and refused where a
// connection could not keep it.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "card/profile/profile.h"
#include "card/uicc/http_policy.h"
#include "http/policy.h"

namespace scwsim {
namespace {

using nlohmann::json;

profile::HttpPolicy read(const json& policy) {
  const json parsed = json::parse(policy.dump());  // as a file would have it
  return profile::read_http_policy(profile::JsonValue(parsed, "/http/policy"));
}

std::string refusal(const json& policy) {
  try {
    (void)read(policy);
    return "";
  } catch (const profile::ProfileError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("http policy: a profile that says nothing is as strict as the server by itself") {
  CHECK(http_policy(read(json::object())) == http::Policy{});
}

TEST_CASE("http policy: each field reaches the server") {
  struct Row {
    const char* name;
    json value;
    http::Policy policy;
  };
  const auto with = [](auto change) {
    http::Policy policy;
    change(policy);
    return policy;
  };
  for (const Row& row : std::vector<Row>{
           {"accept_bare_lf", true, with([](auto& p) { p.accept_bare_lf = true; })},
           {"accept_unescaped_target", true,
            with([](auto& p) { p.accept_unescaped_target = true; })},
           {"require_length", false, with([](auto& p) { p.require_length = false; })},
           {"accept_digest_without_qop", false,
            with([](auto& p) { p.accept_digest_without_qop = false; })},
           {"persistent_connections", false,
            with([](auto& p) { p.persistent_connections = false; })},
           {"requests_when_crowded", 1, with([](auto& p) { p.requests_when_crowded = 1; })},
           {"request_line", 3072, with([](auto& p) { p.limits.request_line = 3072; })},
           {"head", 2000, with([](auto& p) { p.limits.head = 2000; })},
           {"fields", 1, with([](auto& p) { p.limits.fields = 1; })},
           {"empty_lines", 0, with([](auto& p) { p.limits.empty_lines = 0; })},
           {"body", 4294967295U, with([](auto& p) { p.limits.body = 4294967295U; })},
           {"chunk_line", 2, with([](auto& p) { p.limits.chunk_line = 2; })},
           {"request_s", 0, with([](auto& p) { p.request_s = 0; })},
           {"response_s", 65535, with([](auto& p) { p.response_s = 65535; })},
           {"trailer", 1, with([](auto& p) { p.limits.trailer = 1; })}}) {
    CAPTURE(row.name);
    CHECK(http_policy(read({{row.name, row.value}})) == row.policy);
    CHECK(row.policy != http::Policy{});
  }
}

TEST_CASE("http policy: a shorter head shortens the request line that nobody names") {
  CHECK(read({{"head", 100}}).request_line == 100);
}

TEST_CASE("http policy: what cannot be kept is refused where it stands") {
  CHECK(refusal({{"head", 3073}}) ==
        "/http/policy/head: expected a number from 32 to 3072, found 3073");
  CHECK(refusal({{"fields", 49}}) ==
        "/http/policy/fields: expected a number from 1 to 48, found 49");
  CHECK(refusal({{"request_line", 4000}}) ==
        "/http/policy/request_line: expected a number from 16 to 3072, found 4000");
  CHECK(refusal({{"head", 100}, {"request_line", 101}}) ==
        "/http/policy/request_line: a request line of 101 octets does not fit a head of 100");
  CHECK(refusal({{"body", -1}}) ==
        "/http/policy/body: expected a number from 0 to 4294967295, found -1");
  CHECK(refusal({{"trailer", 0}}) ==
        "/http/policy/trailer: expected a number from 1 to 65535, found 0");
  CHECK(refusal({{"accept_bare_lf", 1}}) ==
        "/http/policy/accept_bare_lf: expected true or false, found number");
  CHECK(refusal({{"lenient", true}}).starts_with("/http/policy"));
  CHECK(refusal(json::array()) == "/http/policy: expected an object, found array");
}

}  // namespace scwsim
