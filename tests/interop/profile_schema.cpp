// The published schema and the loader agree: what the one refuses, the other
// refuses too. The schema's reader is python3-jsonschema.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/process.h"

using namespace scwsim::tests;

namespace {

constexpr const char* kValidate =
    "import json, sys, jsonschema\n"
    "schema, profile = (json.load(open(f)) for f in sys.argv[1:])\n"
    "sys.exit(0 if jsonschema.Draft7Validator(schema).is_valid(profile) else 3)\n";

int by_schema(const std::string& file) {
  Process process({"/usr/bin/python3", "-c", kValidate,
                   SCWSIM_SOURCE_DIR "/card/profile/profile.schema.json", file});
  return process.wait();
}

int by_loader(const std::string& file) {
  Process process({SCWSIM_BINARY_DIR "/scwsim", "card", "--profile", file});
  return process.wait();
}

}  // namespace

TEST_CASE("schema and loader refuse the same wrong profiles") {
  Process probe({"/usr/bin/python3", "-c", "import jsonschema"});
  if (probe.wait() != 0) {
    have_program("python3-jsonschema");
    return;
  }
  TemporaryFolder folder;
  const std::string file = folder.path("profile.json");
  auto good =
      nlohmann::json::parse(read_text(SCWSIM_SOURCE_DIR "/card/profile/default/profile.json"));
  good["site"] = {{{"path", "/a"}, {"type", "text/plain"}, {"text", "a"}}};
  const auto check = [&](const nlohmann::json& profile, bool accepted) {
    write_text(file, profile.dump());
    CHECK(by_schema(file) == (accepted ? 0 : 3));
    CHECK(by_loader(file) == (accepted ? 0 : 2));
  };
  check(good, true);
  nlohmann::json lenient = good;
  lenient["http"]["policy"] = {{"accept_bare_lf", true},
                               {"accept_unescaped_target", true},
                               {"require_length", false},
                               {"accept_digest_without_qop", false},
                               {"persistent_connections", false},
                               {"requests_when_crowded", 65535},
                               {"request_line", 3072},
                               {"head", 3072},
                               {"fields", 48},
                               {"empty_lines", 255},
                               {"body", 4294967295U},
                               {"chunk_line", 65535},
                               {"trailer", 65535}};
  check(lenient, true);
  const auto wrong = [&](const char* pointer, const nlohmann::json& value) {
    nlohmann::json profile = good;
    profile[nlohmann::json::json_pointer(pointer)] = value;
    CAPTURE(pointer);
    check(profile, false);
  };
  wrong("/format", 2);
  wrong("/unknown", 1);
  wrong("/iccid", "12345");
  wrong("/imsi", 1);
  wrong("/atr", "3");
  wrong("/pins/0/reference", "001");
  wrong("/pins/0/enabled", "no");
  wrong("/cat/poll_interval_s", 256);
  wrong("/bip/send_size", 242);
  wrong("/bip/buffer_size", 0);
  wrong("/http/port", 0);
  wrong("/http/port", 3516.5);
  wrong("/http/connections", 8);
  wrong("/http/site_capacity", -1);
  wrong("/http/site_capacity", 67108865);
  wrong("/http/max_resource", 1048577);
  wrong("/http/default_page", "index.html");
  wrong("/http/password_tries", 256);
  wrong("/http/protection_sets/0/name", "");
  wrong("/http/protection_sets/0/name", "a\"b");
  wrong("/http/protection_sets/0/auth/0", "none");
  wrong("/http/protection_sets/0/uris/0", "private");
  wrong("/http/users/0/name", "a:b");
  wrong("/http/users/0/password", "");
  wrong("/http/users/0/ha1_md5", std::string(32, '0'));
  wrong("/http/users/0/sets", "private");
  wrong("/http/policy", true);
  wrong("/http/policy/unknown", true);
  wrong("/http/policy/accept_bare_lf", 1);
  wrong("/http/policy/request_line", 15);
  wrong("/http/policy/head", 3073);
  wrong("/http/policy/fields", 49);
  wrong("/http/policy/empty_lines", 256);
  wrong("/http/policy/body", -1);
  wrong("/http/policy/chunk_line", 1);
  wrong("/http/policy/trailer", 0);
  wrong("/http/policy/requests_when_crowded", 0);
  wrong("/mf/files", "none");
  wrong("/mf/access/arr", "2F0");
  wrong("/mf/files/1/fid", "7FFF");
  wrong("/mf/files/0/sfi", 31);
  wrong("/mf/files/0/type", "ring");
  wrong("/mf/files/0/record_length", 0);
  wrong("/mf/files/0/access/record", 0);
  wrong("/mf/files/1/content", "4");
  wrong("/mf/files/4/aid", "A0");
  wrong("/site/0/path", "a");
  wrong("/site/0/file", "both");
  wrong("/site/0/kind", "text");
  wrong("/site/0/etag", "no quotes");
  wrong("/site/0/expires", 0);
  wrong("/site/0/last_modified", 0);
}
