// The profile loader refuses what is wrong and says where and why, in one line.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "card/profile/profile.h"
#include "card/uicc/card_image.h"
#include "card/uicc/uicc.h"
#include "tests/support/hex_literal.h"

using namespace scwsim;
using namespace scwsim::tests;
using nlohmann::json;

namespace {

json file(const char* name, const char* fid, const char* type, json more) {
  json entry = {
      {"name", name}, {"fid", fid}, {"type", type}, {"access", {{"arr", "2F06"}, {"record", 1}}}};
  entry.update(more);
  return entry;
}

json good_profile() {
  json arr = file("EF.ARR", "2F06", "linear_fixed",
                  {{"record_length", 8}, {"records", {"8001019000", "8001039000"}}});
  json iccid = file("EF.ICCID", "2FE2", "transparent", {{"sfi", 2}, {"content", "@iccid"}});
  json ring = file("EF.RING", "6F01", "cyclic", {{"record_length", 3}, {"record_count", 2}});
  json adf = file("ADF", "7FF0", "adf", {{"aid", "A000000087"}, {"files", json::array()}});
  adf.erase("fid");
  return {{"format", 1},
          {"name", "test"},
          {"iccid", "8988211000000000011"},
          {"imsi", "001010000000001"},
          {"pins", {{{"reference", "01"}, {"enabled", true}}}},
          {"mf",
           {{"access", {{"arr", "2F06"}, {"record", 1}}},
            {"files", {std::move(arr), std::move(iccid), std::move(ring), std::move(adf)}}}},
          {"site", {{{"path", "/a"}, {"type", "text/plain"}, {"text", "a"}}}}};
}

profile::Profile load(const std::string& text) {
  return profile::load(text, [](std::string_view) { return std::nullopt; });
}

/// What the loader says against `text`; "" when it takes it.
std::string refusal(const std::string& text) {
  try {
    (void)personalise(load(text), Seed{});
    return "";
  } catch (const profile::ProfileError& error) {
    return error.what();
  }
}

/// The same for the good profile with `value` at `pointer`.
std::string refusal_with(const char* pointer, const json& value) {
  json profile = good_profile();
  profile[json::json_pointer(pointer)] = value;
  return refusal(profile.dump());
}

/// And without the member `name` of the object at `pointer`.
std::string refusal_without(const char* pointer, const char* name) {
  json profile = good_profile();
  REQUIRE(profile[json::json_pointer(pointer)].erase(name) == 1);
  return refusal(profile.dump());
}

/// The directories "D" in each other, `depth` of them.
json nested(size_t depth) {
  json entry = file("D", "5F01", "df", {{"files", json::array()}});
  for (size_t i = 1; i < depth; ++i) {
    json outer = file("D", "5F01", "df", {{"files", json::array()}});
    outer["files"].push_back(std::move(entry));
    entry = std::move(outer);
  }
  return entry;
}

}  // namespace

TEST_CASE("the profile that the others are made from is accepted") {
  CHECK(refusal(good_profile().dump()).empty());
}

TEST_CASE("a profile with a value of the wrong type is refused at its path") {
  struct Row {
    const char* pointer;
    json value;
    const char* refusal;
  };
  for (const Row& row : std::vector<Row>{
           {"/format", "1", "/format: expected a whole number, found string"},
           {"/format", 1.0, "/format: expected a whole number, found number"},
           {"/format", 2, "/format: expected a number from 1 to 1, found 2"},
           {"/format", -1, "/format: expected a number from 1 to 1, found -1"},
           {"/name", nullptr, "/name: expected a text, found null"},
           {"/iccid", 8988, "/iccid: expected a text, found number"},
           {"/pins", "01", "/pins: expected an array, found string"},
           {"/pins/0", 1, "/pins/0: expected an object, found number"},
           {"/pins/0/enabled", 1, "/pins/0/enabled: expected true or false, found number"},
           {"/cat", json::array(), "/cat: expected an object, found array"},
           {"/mf", "3F00", "/mf: expected an object, found string"},
           {"/mf/files", json::object(), "/mf/files: expected an array, found object"},
           {"/mf/files/1/access", true, "/mf/files/1/access: expected an object, found boolean"},
           {"/mf/files/2/record_length", "3",
            "/mf/files/2/record_length: expected a whole number, found string"},
           {"/mf/files/0/records/1", 3, "/mf/files/0/records/1: expected a text, found number"},
           {"/site/0/text", 1, "/site/0/text: expected a text, found number"}}) {
    CHECK(refusal_with(row.pointer, row.value) == row.refusal);
  }
  CHECK(refusal("[]") == "/: expected an object, found array");
  CHECK(refusal("1") == "/: expected an object, found number");
}

TEST_CASE("a profile without a mandatory member is refused where it is missing") {
  struct Row {
    const char* pointer;
    const char* name;
  };
  for (const Row& row : {Row{"", "format"},
                         Row{"", "name"},
                         Row{"", "iccid"},
                         Row{"", "imsi"},
                         Row{"", "mf"},
                         Row{"/mf", "access"},
                         Row{"/mf", "files"},
                         Row{"/mf/access", "arr"},
                         Row{"/mf/access", "record"},
                         Row{"/mf/files/1", "name"},
                         Row{"/mf/files/1", "fid"},
                         Row{"/mf/files/1", "type"},
                         Row{"/mf/files/1", "access"},
                         Row{"/mf/files/2", "record_length"},
                         Row{"/mf/files/3", "aid"},
                         Row{"/mf/files/3", "files"},
                         Row{"/pins/0", "reference"},
                         Row{"/pins/0", "enabled"},
                         Row{"/site/0", "path"},
                         Row{"/site/0", "type"}}) {
    const std::string path = row.pointer[0] == '\0' ? "/" : row.pointer;
    CHECK(refusal_without(row.pointer, row.name) ==
          path + ": mandatory field \"" + row.name + "\" is missing");
  }
  CHECK(refusal_without("/mf/files/1", "content") ==
        "/mf/files/1: a transparent file needs \"content\" or \"size\"");
  CHECK(refusal_without("/site/0", "text") == "/site/0: exactly one of \"file\" and \"text\"");
}

TEST_CASE("a profile with digits that cannot be is refused with what was found") {
  CHECK(refusal_with("/iccid", "898821100000000001X") ==
        "/iccid: expected 18 to 20 decimal digits, found \"898821100000000001X\"");
  CHECK(refusal_with("/iccid", "89882110000000000") ==
        "/iccid: expected 18 to 20 decimal digits, found \"89882110000000000\"");
  CHECK(refusal_with("/iccid", std::string(21, '8')).starts_with("/iccid: expected 18 to 20"));
  CHECK(refusal_with("/imsi", "00101").starts_with("/imsi: expected 6 to 15 decimal digits"));
  CHECK(refusal_with("/atr", "3B0") ==
        "/atr: expected hexadecimal digits, two an octet, found \"3B0\"");
  CHECK(refusal_with("/atr", "3B") ==
        "/atr: expected 2 to 33 octets as hexadecimal digits, found 1");
  CHECK(refusal_with("/mf/files/1/content", "0G") ==
        "/mf/files/1/content: expected hexadecimal digits, two an octet, found \"0G\"");
  CHECK(refusal_with("/mf/files/1/fid", "2FE").starts_with("/mf/files/1/fid: expected hexa"));
  CHECK(
      refusal_with("/mf/files/1/fid", "2FE200").starts_with("/mf/files/1/fid: expected 2 octets"));
  CHECK(refusal_with("/mf/files/3/aid", "A0").starts_with("/mf/files/3/aid: expected 5 to 16"));
  CHECK(refusal_with("/mf/files/0/records/0", "000102030405060708")
            .starts_with("/mf/files/0/records/0: expected 0 to 8 octets"));
}

TEST_CASE("two files of one directory, PINs or resources may not have one name") {
  CHECK(refusal_with("/mf/files/2/fid", "2FE2") ==
        "/mf/files/2/fid: another file of this directory has the same identifier");
  CHECK(refusal_with("/mf/files/2/sfi", 2) ==
        "/mf/files/2/sfi: another file of this directory has the same short identifier");
  CHECK(refusal_with("/pins/1", {{"reference", "01"}, {"enabled", false}}) ==
        "/pins/1/reference: this PIN stands above already");
  CHECK(refusal_with("/site/1", {{"path", "/a"}, {"type", "text/html"}, {"text", "b"}}) ==
        "/site/1/path: another resource has the same path");
  // In another directory it is another file.
  const json other = file("EF", "2FE2", "transparent", {{"size", 1}});
  CHECK(refusal_with("/mf/files/3/files", json::array({other})).empty());
}

TEST_CASE("identifiers by which nobody could select a file are refused") {
  for (const char* fid : {"0000", "3F00", "3f00", "7FFF"}) {
    CHECK(refusal_with("/mf/files/1/fid", fid) == "/mf/files/1/fid: this identifier is reserved");
    CHECK(refusal_with("/mf/files/3/fid", fid) == "/mf/files/3/fid: this identifier is reserved");
  }
}

TEST_CASE("access rules that a profile refers to must be there") {
  CHECK(refusal_with("/mf/files/1/access/arr", "6F06") == "/mf/files/1/access/arr: no such EF.ARR");
  CHECK(refusal_with("/mf/files/1/access/record", 3) ==
        "/mf/files/1/access/record: EF.ARR has only 2 records");
  CHECK(refusal_with("/mf/access/record", 3) == "/mf/access/record: EF.ARR has only 2 records");
  CHECK(refusal_with("/mf/files/1/access/record", 0).starts_with("/mf/files/1/access/record: "));
}

TEST_CASE("the rule of a directory stands beside or above it, not in it") {
  json profile = good_profile();
  json& adf = profile["mf"]["files"][3];
  adf["access"]["record"] = 2;  // the MF's EF.ARR has two, the directory's own one
  adf["files"].push_back(
      file("EF.ARR", "2F06", "linear_fixed", {{"record_length", 8}, {"records", {"8001019000"}}}));
  CHECK(refusal(profile.dump()).empty());
  adf["files"][0]["access"]["record"] = 2;
  CHECK(refusal(profile.dump()) == "/mf/files/3/files/0/access/record: EF.ARR has only 1 records");
}

TEST_CASE("directories nest sixteen deep and no deeper") {
  CHECK(refusal_with("/mf/files/4", nested(16)).empty());
  const std::string message = refusal_with("/mf/files/4", nested(17));
  CHECK(message.ends_with("/files: directories stand in each other more than 16 deep"));
  // However deep: nothing here recurses further than that.
  std::string text = good_profile().dump();
  const std::string last = R"("files":[])";
  const size_t at = text.find(last);
  REQUIRE(at != std::string::npos);
  std::string deep;
  std::string close;
  for (int i = 0; i < 20000; ++i) {
    deep += R"({"name":"D","fid":"5F01","type":"df","access":{"arr":"2F06","record":1},"files":[)";
    close += "]}";
  }
  text.insert(at + last.size() - 1, deep + close);
  CHECK(refusal(text).ends_with("more than 16 deep"));
}

TEST_CASE("what is no JSON, or holds a number beyond all bounds, is refused") {
  CHECK(refusal("") == "line 1, column 1: not valid JSON");
  CHECK(refusal("{\"format\":1,\n  oops}") == "line 2, column 3: not valid JSON");
  CHECK(refusal("{\"name\":\"\xFF\"}").ends_with(": not valid JSON"));
  CHECK(refusal("{\"format\":1e999}") == "/: a number in it is too large");
  CHECK(refusal("{\"format\":" + std::string(400, '9') + "}") == "/: a number in it is too large");
}

TEST_CASE("every truncation of a profile is refused, with line and column") {
  const std::string whole = good_profile().dump(1);
  for (size_t n = 0; n < whole.size(); ++n) {
    const std::string message = refusal(whole.substr(0, n));
    CAPTURE(n, message);
    CHECK(message.starts_with("line "));
    CHECK(message.ends_with(": not valid JSON"));
  }
}

TEST_CASE("a refusal is one line of ASCII, whatever the profile holds") {
  CHECK(refusal_with("/iccid", "89\n\x1B[2J") ==
        R"(/iccid: expected 18 to 20 decimal digits, found "89\n\u001b[2J")");
  CHECK(refusal_with("/mf/files/1/type", "\r") ==
        R"(/mf/files/1/type: expected df, adf, transparent, linear_fixed or cyclic, found "\r")");
  json profile = good_profile();
  profile["a/b~c\n\"\xC3\xA4"] = 1;
  CHECK(refusal(profile.dump()).starts_with(R"(/a~1b~0c\n\"\u00e4: unknown field)"));
  profile = good_profile();
  profile["site"][0].erase("text");
  profile["site"][0]["file"] = "x\ny";
  CHECK(refusal(profile.dump()) ==
        R"(/site/0/file: no file that can be read, beside the profile or below: "x\ny")");
}

TEST_CASE("members that a file's type does not have are refused") {
  CHECK(refusal_with("/mf/files/1/aid", "A000000087").find("/mf/files/1/aid: unknown field") == 0);
  CHECK(refusal_with("/mf/files/1/records", "00").find("/mf/files/1/records: unknown field") == 0);
  CHECK(refusal_with("/mf/files/3/content", "00").find("/mf/files/3/content: unknown field") == 0);
}

TEST_CASE("application names are unique, and stand where SELECT by name finds them") {
  json profile = good_profile();
  json& files = profile["mf"]["files"];
  files.push_back(files[3]);
  CHECK(refusal(profile.dump()) == "/mf/files/4/aid: another ADF has the same name");
  profile = good_profile();
  profile["mf"]["files"].push_back(
      file("DF", "7F10", "df", {{"files", json::array({profile["mf"]["files"][3]})}}));
  CHECK(refusal(profile.dump()) == "/mf/files/4/files/0/type: an ADF stands directly below the MF");
}

TEST_CASE("an answer to reset is well formed, or refused") {
  CHECK(refusal_with("/atr", "3B00") == "");
  CHECK(refusal_with("/atr", "3B9F97C00A3FC6828031E073FE211F65D002331608810F4F") == "");
  CHECK(refusal_with("/atr", "3B9F96801F878031E073FE211B674A4C753034054BA9") == "");
  CHECK(refusal_with("/atr", "3B9F96801F878031E073FE211B674A4C753034054B") != "");
  CHECK(refusal_with("/atr", "3C00") == "/atr: no answer to reset: TS is neither 3B nor 3F");
  CHECK(refusal_with("/atr", "3B0000") ==
        "/atr: no answer to reset: octets follow behind all that it announces");
  CHECK(refusal_with("/atr", "3B801F") ==
        "/atr: no answer to reset: it ends before all that it announces");
  CHECK(refusal_with("/atr", "3B9F97C00A3FC6828031E073FE211F65D002331608810F50") ==
        "/atr: no answer to reset: TCK does not make the sum zero");
}

TEST_CASE("no page of a profile's site hides the card's own") {
  CHECK(refusal_with("/site/0/path", "/status") ==
        "/site/0/path: the card has a page of its own there");
}

TEST_CASE("what the site may hold is checked") {
  std::string long_path(256, 'x');
  long_path.front() = '/';
  CHECK(refusal_with("/http", {{"site_capacity", 67108865}}) ==
        "/http/site_capacity: expected a number from 0 to 67108864, found 67108865");
  CHECK(refusal_with("/http", {{"max_resource", 1048577}}) ==
        "/http/max_resource: expected a number from 0 to 1048576, found 1048577");
  CHECK(refusal_with("/http", {{"default_page", "index"}}) ==
        "/http/default_page: a path starts with \"/\"");
  CHECK(refusal_with("/http", {{"default_page", "/a/../b"}}) ==
        "/http/default_page: no resource can have this path");
  CHECK(refusal_with("/http", {{"default_page", long_path}}) ==
        "/http/default_page: no resource can have this path");
  CHECK(refusal_with("/http", {{"site_capacity", 255}}) ==
        "/site/0: it does not fit into the capacity of the site");
  CHECK(refusal_with("/http", {{"max_resource", 0}}) == "/site/0: the body is too large");
  CHECK(refusal_with("/http", {{"site_capacity", 256},
                               {"max_resource", 1},
                               {"default_page", long_path.substr(0, 255)}})
            .empty());
  CHECK(refusal_with("/site/0/expires", "\n") == "/site/0/expires: not fit for an HTTP header");
  CHECK(refusal_with("/site/0/last_modified", 1) ==
        "/site/0/last_modified: expected a text, found number");
  CHECK(refusal_with("/site/0/etag", "x") ==
        "/site/0: the entity tag is not one of RFC 9110, quotes included");
  CHECK(refusal_with("/site/0/etag", "W/\"x\"").empty());
}

TEST_CASE("users and protection sets that make no sense are refused where they stand") {
  json profile = good_profile();
  profile["http"] = {
      {"password_tries", 0},
      {"protection_sets",
       {{{"name", "s"}, {"auth", {"digest", "basic"}}, {"https_only", true}, {"uris", {"/s/"}}}}},
      {"users",
       {{{"name", "u"}, {"password", "p"}, {"sets", {"s"}}},
        {{"name", "h"},
         {"ha1_md5", std::string(32, '0')},
         {"ha1_sha256", std::string(64, '0')},
         {"sets", {"s"}}}}}};
  CHECK(refusal(profile.dump()).empty());
  struct Row {
    const char* pointer;
    json value;
    const char* refusal;
  };
  for (const Row& row : std::vector<Row>{
           {"/http/password_tries", 256,
            "/http/password_tries: expected a number from 0 to 255, found 256"},
           {"/http/protection_sets/0/auth", "basic",
            "/http/protection_sets/0/auth: expected an array, found string"},
           {"/http/protection_sets/0/auth/1", "none",
            "/http/protection_sets/0/auth/1: expected basic, digest, digest-md5 or "
            "digest-sha-256, found \"none\""},
           {"/http/protection_sets/0/https_only", 1,
            "/http/protection_sets/0/https_only: expected true or false, found number"},
           {"/http/protection_sets/0/uris/0", "s",
            "/http/protection_sets/0/uris/0: the path is not absolute and free of dot segments"},
           {"/http/protection_sets/0/name", "",
            "/http/protection_sets/0/name: expected 1 to 32 printable ASCII characters but \" and "
            "\\"},
           {"/http/users/0/sets/0", "t", "/http/users/0/sets/0: no such protection set"},
           {"/http/users/0/password", "@none",
            "/http/users/0/password: no file that can be read, beside the profile or below: "
            "\"@none\""},
           {"/http/users/0/password", "",
            "/http/users/0/password: expected 1 to 128 octets without control characters"},
           {"/http/users/0/ha1_md5", "00",
            "/http/users/0: a user needs \"password\", or \"ha1_md5\" and \"ha1_sha256\" in its "
            "place"},
           {"/http/users/1/ha1_md5", "00",
            "/http/users/1/ha1_md5: expected 16 octets as hexadecimal digits, found 1"},
           {"/http/users/1/sets", json::array(),
            "/http/users/1/sets: the hashes of a password are good for exactly one set"},
           {"/http/users/1/name", "u", "/http/users/1/name: another user has the same name"},
           {"/site/0/path", "/SCWS/admin/x",
            "/site/0/path: the card has a page of its own there"}}) {
    json changed = profile;
    changed[json::json_pointer(row.pointer)] = row.value;
    CHECK(refusal(changed.dump()) == row.refusal);
  }
}
