// The terminal's policy from a file: the card lives with terminals of every kind,
// as seen from a client of its web server.
#include <catch2/catch.hpp>

#include "tests/support/process.h"
#include "tests/support/raw_connection.h"

using namespace scwsim::tests;

namespace {

constexpr const char* kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

std::string index_page() {
  return read_text(SCWSIM_SOURCE_DIR "/card/profile/default/site/index.html");
}

// What a client gets of the card's first page from a terminal of that policy.
class PolicyUnderTest {
 public:
  explicit PolicyUnderTest(const std::string& json)
      : scwsim_({"--terminal-policy", write(json), "--log-level", "debug"}) {}

  bool serves_its_page() {
    RawConnection connection(scwsim_.port());
    connection.send(kGet);
    return connection.take_response().ends_with(index_page());
  }

  RunningScwsim& scwsim() { return scwsim_; }

 private:
  std::string write(const std::string& json) {
    write_text(folder_.path("policy.json"), json);
    return folder_.path("policy.json");
  }

  TemporaryFolder folder_;
  RunningScwsim scwsim_;
};

}  // namespace

TEST_CASE("a card lives with a terminal that is slow, sparing and out of order") {
  PolicyUnderTest test(R"({
    "attach": "accept", "channels": 2, "most_received": 9, "largest_buffer": 300,
    "data_before_status": true, "event_delay": 3, "poll_interval_ms": 50,
    "canned": [
      {"command": "POLL INTERVAL", "result": "30"},
      {"command": "OPEN CHANNEL", "result": "3A", "additional": "01", "times": 2},
      {"command": "RECEIVE DATA", "result": "20", "times": 1},
      {"command": "SEND DATA", "result": "20", "times": 3}
    ]
  })");
  for (int i = 0; i < 3; ++i) CHECK(test.serves_its_page());
}

TEST_CASE("a card whose link is dropped in mid-page listens again") {
  PolicyUnderTest test(R"({"drop_after": 2000, "poll_interval_ms": 20,
                           "canned": [{"command": "POLL INTERVAL", "result": "30"}]})");
  // Each of its channels is lost more than once. A connection that waits for one
  // ends without a word when the last is lost.
  for (int pages = 0; pages < 12;) {
    RawConnection connection(test.scwsim().port(), kPatience);
    connection.send(kGet);
    const std::string& some = connection.read_all();
    CHECK(some.size() < index_page().size());
    if (some.empty()) continue;
    CHECK(some.starts_with("HTTP/1.1 200 "));
    ++pages;
  }
}

TEST_CASE("a terminal that opens no channel leaves a card that nobody reaches") {
  PolicyUnderTest test(R"({"canned": [{"command": "OPEN CHANNEL", "result": "30"}]})");
  CHECK(test.scwsim().host_port().empty());
}

TEST_CASE("a wrong policy is refused with file, place and reason") {
  TemporaryFolder folder;
  const std::string file = folder.path("policy.json");
  const auto refusal = [&](const std::string& json) {
    write_text(file, json);
    Process process({SCWSIM_BINARY_DIR "/scwsim", "up", "--terminal-policy", file});
    CHECK(process.wait() == 2);
    return process.errors();
  };
  CHECK(refusal(R"({"channels": 8})") ==
        "scwsim: " + file + ": /channels: expected a number from 1 to 7, found 8\n");
  CHECK(refusal(R"({"canned": [{"command": "OPEN", "result": "30"}]})") ==
        "scwsim: " + file +
            ": /canned/0/command: expected a proactive command, as \"OPEN CHANNEL\", found "
            "\"OPEN\"\n");
  CHECK(refusal(R"({"colour": 1})").find("/colour: unknown field") != std::string::npos);
  CHECK(refusal("[").find("not valid JSON") != std::string::npos);
}
