// Protected pages through the whole way, asked for by curl and by hand.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/process.h"
#include "tests/support/raw_connection.h"

using namespace scwsim::tests;

namespace {

/// A card whose /private/ is open by Digest and Basic, /old/ by MD5 only, and
/// /status to one user; with passwords in the profile, in a file, and as hashes.
class ProtectedCard {
 public:
  ProtectedCard() {
    auto profile =
        nlohmann::json::parse(read_text(SCWSIM_SOURCE_DIR "/card/profile/default/profile.json"));
    profile["site"] = nlohmann::json::array();
    for (const char* path : {"/index.html", "/private/", "/private/two", "/old/page", "/secure/"}) {
      profile["site"].push_back({{"path", path}, {"type", "text/plain"}, {"text", path}});
    }
    profile["http"]["password_tries"] = 4;
    profile["http"]["protection_sets"] = {
        {{"name", "private"}, {"auth", {"digest", "basic"}}, {"uris", {"/private/"}}},
        {{"name", "old"}, {"auth", {"digest-md5"}}, {"uris", {"/old/"}}},
        {{"name", "secure"}, {"auth", {"basic"}}, {"https_only", true}, {"uris", {"/secure/"}}},
        {{"name", "state"}, {"auth", {"basic"}}, {"uris", {"/status"}}}};
    profile["http"]["users"] = {
        {{"name", "user"}, {"password", "s c:w\"s"}, {"sets", {"private", "old", "secure"}}},
        {{"name", "j\xC3\xBCrg \"q\""}, {"password", "@secret.txt"}, {"sets", {"private"}}},
        // printf 'hashed:state:x' | md5sum
        {{"name", "hashed"},
         {"ha1_md5", hash("md5sum")},
         {"ha1_sha256", hash("sha256sum")},
         {"sets", {"state"}}}};
    write_text(folder_.path("secret.txt"), "from a file\nnot this\n");
    write_text(folder_.path("profile.json"), profile.dump());
  }

  [[nodiscard]] std::string profile() const { return folder_.path("profile.json"); }

 private:
  static std::string hash(const std::string& program) {
    Process process({program}, "hashed:state:x");
    CHECK(process.wait() == 0);
    return process.output().substr(0, process.output().find(' '));
  }

  TemporaryFolder folder_;
};

/// curl's last status, its content, and what it wrote about the headers.
struct Answer {
  std::string status;
  std::string content;
  std::string log;
};

Answer curl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"curl", "-sS", "-v", "--noproxy", "*", "--max-time", "30",
                                       "-w", "\n%{http_code}"});
  Process process(arguments);
  CHECK(process.wait() == 0);
  const std::string output = process.output();
  const size_t line = output.rfind('\n');
  REQUIRE(line != std::string::npos);
  return {output.substr(line + 1), output.substr(0, line), process.errors()};
}

size_t count(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("curl: protected pages by Basic and Digest") {
  if (!have_program("curl")) return;
  const ProtectedCard card;
  RunningScwsim scwsim({"--profile", card.profile()});
  const std::string page = scwsim.url("/private/");
  const std::string user = "user:s c:w\"s";

  const Answer none = curl({page});
  CHECK(none.status == "401");
  CHECK(count(none.log, "\n< WWW-Authenticate: ") == 3);

  for (const char* way : {"--basic", "--digest", "--anyauth"}) {
    CAPTURE(way);
    const Answer right = curl({way, "-u", user, page});
    CHECK(right.status == "200");
    CHECK(right.content == "/private/");
    CHECK(curl({way, "-u", "j\xC3\xBCrg \"q\":from a file", page}).status == "200");
    CHECK(curl({way, "-u", "nobody:s c:w\"s", page}).status == "401");
    CHECK(curl({way, "-u", "user:wrong", page}).status == "401");
    CHECK(curl({way, "-u", user, scwsim.url("/private/nothing")}).status == "404");
    CHECK(curl({way, "-u", user, scwsim.url("/private/%74wo?a=b%20c")}).content == "/private/two");
    CHECK(curl({way, "-u", user, "-d", "x=y", page}).status == "405");
    CHECK(curl({way, "-u", user, "-I", page}).status == "200");
  }
  CHECK(curl({"--anyauth", "-u", user, page}).log.find("algorithm=SHA-256") != std::string::npos);

  SECTION("MD5 where nothing else is offered") {
    const Answer old = curl({"--digest", "-u", user, scwsim.url("/old/page")});
    CHECK(old.content == "/old/page");
    CHECK(old.log.find("SHA-256") == std::string::npos);
    CHECK(curl({"--basic", "-u", user, scwsim.url("/old/page")}).status == "401");
  }
  SECTION("two pages on one connection") {
    const Answer two = curl({"--digest", "-u", user, page, scwsim.url("/private/two")});
    CHECK(two.status == "200");
    CHECK(count(two.log, "Connected to") == 1);
    CHECK(count(two.log, "\n< HTTP/1.1 200") == 2);
  }
  SECTION("a page of the card, with hashes for a password") {
    CHECK(curl({scwsim.url("/status")}).status == "401");
    CHECK(curl({"-u", "hashed:y", scwsim.url("/status")}).status == "401");
    CHECK(curl({"-u", "hashed:x", scwsim.url("/status")}).status == "200");
    CHECK(curl({"-u", user, scwsim.url("/status")}).status == "401");
  }
  SECTION("only over HTTPS") {
    const std::string secure = scwsim.https_url("/secure/");
    CHECK(curl({"-u", user, scwsim.url("/secure/")}).status == "403");
    CHECK(curl({"-k", secure}).status == "401");
    CHECK(curl({"-k", "-u", "user:x", secure}).status == "401");
    CHECK(curl({"-k", "-u", user, secure}).content == "/secure/");
    CHECK(curl({"-k", "--digest", "-u", user, scwsim.https_url("/private/")}).status == "200");
    CHECK(curl({"-k", "-u", user, "-d", "x", scwsim.https_url("/SCWS/admin")}).status == "403");
  }
  SECTION("too many wrong passwords") {
    for (int n = 0; n < 4; ++n) CHECK(curl({"-u", "user:wrong", page}).status == "401");
    CHECK(curl({"-u", user, page}).status == "401");
    CHECK(curl({"--digest", "-u", user, page}).status == "401");
    CHECK(curl({"-u", "j\xC3\xBCrg \"q\":from a file", page}).status == "200");
  }
  CHECK(scwsim.stop() == 0);
}

TEST_CASE("curl: the device does not administer the card, whatever its credentials") {
  if (!have_program("curl")) return;
  const ProtectedCard card;
  RunningScwsim scwsim({"--profile", card.profile()});
  const auto everything = [&] {
    std::string all;
    for (const char* path :
         {"/", "/index.html", "/private/", "/private/two", "/private/new", "/new"}) {
      const Answer answer = curl({"-i", "-u", "user:s c:w\"s", scwsim.url(path)});
      all += answer.content + answer.status + "\n";
    }
    return all;
  };
  const std::string before = everything();
  for (const std::vector<std::string>& user : std::vector<std::vector<std::string>>{
           {"--basic"}, {"-u", "user:s c:w\"s"}, {"-u", "user:x"}}) {
    const auto status = [&](std::vector<std::string> arguments) {
      arguments.insert(arguments.end(), user.begin(), user.end());
      return curl(std::move(arguments)).status;
    };
    for (const char* path : {"/private/", "/private/new"}) {
      CHECK(status({"-X", "PUT", "-d", "changed", scwsim.url(path)}) == "403");
      CHECK(status({"-X", "DELETE", scwsim.url(path)}) == "403");
    }
    CHECK(status({"-X", "DELETE", scwsim.url("/")}) == "405");
    for (const char* method : {"GET", "POST", "PUT", "DELETE", "OPTIONS"}) {
      CHECK(status({"-X", method, "-d", "cmd=deleteps&ps=private", scwsim.url("/SCWS/admin")}) ==
            "403");
    }
    CHECK(status({"-d", "x", scwsim.url("/SCWS/push")}) == "404");
  }
  CHECK(everything() == before);
}

TEST_CASE("Digest by hand: stale, replayed, for another page, garbage") {
  if (!have_program("curl")) return;
  RunningScwsim scwsim;  // the default profile has a page to try it on
  RawConnection connection(scwsim.port());
  const auto ask = [&](const std::string& fields, const std::string& path = "/private/") {
    connection.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
    return connection.take_response();
  };
  // What curl signed, with the nonce of a connection of its own.
  const Answer signed_by_curl = curl({"--digest", "-u", "user:scws", scwsim.url("/private/")});
  REQUIRE(signed_by_curl.status == "200");
  const size_t at = signed_by_curl.log.find("Authorization: Digest");
  REQUIRE(at != std::string::npos);
  std::string field = signed_by_curl.log.substr(at, signed_by_curl.log.find('\n', at) - at);
  while (field.ends_with('\r')) field.pop_back();
  field += "\r\n";

  const std::string replayed = ask(field);
  CHECK(replayed.starts_with("HTTP/1.1 401 "));
  CHECK(replayed.find("stale") == std::string::npos);
  CHECK(ask(field, "/private/other").starts_with("HTTP/1.1 400 "));
  CHECK(ask("Authorization: Digest username=\"\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(ask("Authorization: Basic !\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(ask(field + field).starts_with("HTTP/1.1 400 "));
  CHECK(ask("Authorization: Negotiate x\r\n").starts_with("HTTP/1.1 401 "));
  CHECK(ask("Authorization: Basic dXNlcjpzY3dz\r\n").starts_with("HTTP/1.1 200 "));

  // A card that was off in between has forgotten its nonces: the client is told to
  // take a new one without asking for the password again.
  RunningScwsim other;
  RawConnection elsewhere(other.port());
  elsewhere.send("GET /private/ HTTP/1.1\r\nHost: x\r\n" + field + "\r\n");
  const std::string stale = elsewhere.take_response();
  CHECK(stale.starts_with("HTTP/1.1 401 "));
  CHECK(stale.find(", stale=true\r\n") != std::string::npos);
}
