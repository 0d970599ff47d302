// curl, unchanged, reads the card.
#include <catch2/catch.hpp>

#include "tests/support/process.h"

using namespace scwsim::tests;

namespace {

// curl's output: head and content.
std::string curl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"curl", "-sS", "--noproxy", "*", "--max-time", "30", "-i"});
  Process process(arguments);
  CHECK(process.wait() == 0);
  CHECK(process.errors().empty());
  return process.output();
}

std::string field(const std::string& response, const std::string& name) {
  const size_t at = response.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const size_t start = at + name.size() + 4;
  return response.substr(start, response.find("\r\n", start) - start);
}

std::string content(const std::string& response) {
  const size_t end = response.find("\r\n\r\n");
  return end == std::string::npos ? "" : response.substr(end + 4);
}

}  // namespace

TEST_CASE("curl: HTTP/1.1 and 1.0, HEAD, conditional requests, both loopback addresses") {
  if (!have_program("curl")) return;
  RunningScwsim scwsim;
  const std::string page = curl({scwsim.url()});
  CHECK(page.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(content(page).starts_with("<!DOCTYPE html>"));
  CHECK(field(page, "Content-Length") == std::to_string(content(page).size()));
  CHECK(field(page, "Content-Type") == "text/html; charset=utf-8");
  CHECK(content(page) == read_text(SCWSIM_SOURCE_DIR "/card/profile/default/site/index.html"));

  const std::string old = curl({"--http1.0", scwsim.url()});
  CHECK(content(old) == content(page));
  CHECK(field(old, "Connection") == "close");

  const std::string head = curl({"-I", scwsim.url()});
  CHECK(content(head).empty());
  CHECK(field(head, "ETag") == field(page, "ETag"));
  CHECK(field(head, "Content-Length") == field(page, "Content-Length"));

  const std::string etag = field(page, "ETag");
  REQUIRE_FALSE(etag.empty());
  const std::string unchanged = curl({"-H", "If-None-Match: " + etag, scwsim.url()});
  CHECK(unchanged.starts_with("HTTP/1.1 304 "));
  CHECK(content(unchanged).empty());
  CHECK(curl({"-H", "If-None-Match: \"other\"", scwsim.url()}).starts_with("HTTP/1.1 200 "));
  CHECK(curl({"-H", "If-Match: \"other\"", scwsim.url()}).starts_with("HTTP/1.1 412 "));

  const std::string port = std::to_string(scwsim.port());
  CHECK(content(curl({"http://[::1]:" + port + "/"})) == content(page));
  CHECK(content(curl({"http://localhost:" + port + "/"})) == content(page));
  CHECK(scwsim.stop() == 0);
}

TEST_CASE("curl: several resources on one connection, and what the card refuses") {
  if (!have_program("curl")) return;
  RunningScwsim scwsim;
  const std::string two = curl({scwsim.url("/style.css"), scwsim.url("/status")});
  CHECK(two.find("text/css") != std::string::npos);
  CHECK(two.find("8988211000000000011") != std::string::npos);
  CHECK(two.find("<dt>Connections</dt><dd>1</dd>") != std::string::npos);

  const auto status = [&](std::vector<std::string> arguments) {
    return curl(std::move(arguments)).substr(9, 3);
  };
  CHECK(status({scwsim.url("/nothing-here")}) == "404");
  CHECK(status({"-X", "DELETE", scwsim.url()}) == "405");
  CHECK(status({"-T", SCWSIM_SOURCE_DIR "/README.md", "-H", "Expect:", scwsim.url("/x")}) == "403");
  CHECK(status({"-d", "a=b", scwsim.url()}) == "405");
  CHECK(status({"-X", "BREW", scwsim.url()}) == "501");
  CHECK(status({"--path-as-is", scwsim.url("/../../etc/passwd")}) == "400");
  CHECK(status({"--path-as-is", scwsim.url("/%2e%2e/x")}) == "400");
  CHECK(status({"-H", "Host:", scwsim.url()}) == "400");
  CHECK(status({scwsim.url("/" + std::string(2000, 'a'))}) == "414");
  CHECK(status({"-H", "X: " + std::string(4000, 'a'), scwsim.url()}) == "431");
  CHECK(status({scwsim.url()}) == "200");  // and the card goes on
}
