// What is stored with a resource reaches curl unchanged, and means to curl what it
// is meant to: coding, language, dates, entity tags.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/process.h"

using namespace scwsim::tests;

namespace {

std::string curl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"curl", "-sS", "--noproxy", "*", "--max-time", "30"});
  Process process(arguments);
  CHECK(process.wait() == 0);
  CHECK(process.errors().empty());
  return process.output();
}

/// The default profile with a site of its own, in `folder`; gives its file.
std::string write_profile(const TemporaryFolder& folder) {
  auto profile =
      nlohmann::json::parse(read_text(SCWSIM_SOURCE_DIR "/card/profile/default/profile.json"));
  profile.erase("$schema");
  profile["http"]["default_page"] = "/willkommen.html";
  profile["site"] = {{{"path", "/willkommen.html"},
                      {"type", "text/html; charset=utf-8"},
                      {"encoding", "gzip"},
                      {"language", "de"},
                      {"expires", "Thu, 01 Dec 2044 16:00:00 GMT"},
                      {"last_modified", "Tue, 15 Nov 2022 12:45:26 GMT"},
                      {"file", "page.gz"}},
                     {{"path", "/named"},
                      {"type", "text/plain"},
                      {"cache_control", "max-age=60"},
                      {"etag", "W/\"release-7\""},
                      {"text", "named"}},
                     {{"path", "/d/index.html"}, {"type", "text/plain"}, {"text", "d"}}};
  write_text(folder.path("profile.json"), profile.dump());
  return folder.path("profile.json");
}

}  // namespace

TEST_CASE("curl: a compressed page in its language, its dates, its entity tag") {
  if (!have_program("curl") || !have_program("gzip")) return;
  const TemporaryFolder folder;
  const std::string page(3000, 'w');
  write_text(folder.path("page"), page);
  Process gzip({"gzip", "-n", folder.path("page")});
  REQUIRE(gzip.wait() == 0);
  const std::string compressed = read_text(folder.path("page.gz"));
  RunningScwsim scwsim({"--profile", write_profile(folder)});

  const std::string raw = curl({scwsim.url()});
  CHECK(raw == compressed);
  CHECK(curl({"--compressed", scwsim.url()}) == page);
  CHECK(curl({"--compressed", scwsim.url("/willkommen.html")}) == page);
  const std::string head = curl({"-I", scwsim.url()});
  for (const char* line :
       {"Content-Type: text/html; charset=utf-8", "Content-Encoding: gzip", "Content-Language: de",
        "Expires: Thu, 01 Dec 2044 16:00:00 GMT", "Last-Modified: Tue, 15 Nov 2022 12:45:26 GMT"}) {
    CAPTURE(line);
    CHECK(head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos);
  }
  CHECK(head.find("Cache-Control") == std::string::npos);

  const auto status = [&](std::vector<std::string> arguments, const std::string& path) {
    arguments.insert(arguments.end(),
                     {"-o", folder.path("body"), "-w", "%{http_code}", scwsim.url(path)});
    return curl(arguments);
  };
  // -z asks for what is newer than a date, with a minus for what is older.
  CHECK(status({"-z", "Tue, 15 Nov 2022 12:45:25 GMT"}, "/") == "200");
  CHECK(status({"-z", "Tue, 15 Nov 2022 12:45:26 GMT"}, "/") == "304");
  CHECK(status({"-z", "Fri, 01 Jan 2044 00:00:00 GMT"}, "/") == "304");
  CHECK(status({"-z", "-Tue, 15 Nov 2022 12:45:27 GMT"}, "/") == "200");
  CHECK(status({"-z", "-Tue, 15 Nov 2022 12:45:25 GMT"}, "/") == "412");
  CHECK(status({"-z", "Fri, 01 Jan 2044 00:00:00 GMT"}, "/named") == "200");  // no date stored

  CHECK(status({"--etag-save", folder.path("tag")}, "/named") == "200");
  CHECK(read_text(folder.path("tag")).starts_with("W/\"release-7\""));
  CHECK(status({"--etag-compare", folder.path("tag")}, "/named") == "304");
  CHECK(status({"-H", "If-None-Match: \"release-8\""}, "/named") == "200");
  CHECK(status({}, "/d/") == "200");
  CHECK(status({}, "/d") == "404");
}

TEST_CASE("curl: nobody uploads to the card or deletes there") {
  if (!have_program("curl")) return;
  RunningScwsim scwsim;
  const auto status = [&](std::vector<std::string> arguments, const std::string& path) {
    arguments.insert(arguments.end(), {"-i", scwsim.url(path)});
    const std::string response = curl(arguments);
    const size_t final_one = response.rfind("HTTP/1.1 ");
    return response.substr(final_one + 9, 3);
  };
  const std::string page = curl({scwsim.url("/index.html")});
  const std::string file = SCWSIM_SOURCE_DIR "/README.md";
  for (const char* user : {"admin:admin", "x:y"}) {
    CHECK(status({"-u", user, "-T", file}, "/index.html") == "405");
    CHECK(status({"-u", user, "-T", file, "-H", "Transfer-Encoding: chunked"}, "/index.html") ==
          "405");
    CHECK(status({"-u", user, "-T", file}, "/new.html") == "403");
    CHECK(status({"-u", user, "-X", "DELETE"}, "/index.html") == "405");
    CHECK(status({"-u", user, "-X", "DELETE"}, "/x/") == "403");
  }
  CHECK(curl({scwsim.url("/index.html")}) == page);
}
