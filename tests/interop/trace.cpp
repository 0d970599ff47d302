// tshark, an independent reader of every layer, reads all that goes over the
// card's interface.
#include <catch2/catch.hpp>
#include <sstream>

#include "tests/support/process.h"
#include "tests/support/raw_connection.h"

using namespace scwsim::tests;

namespace {

std::vector<std::string> tshark(const std::string& file, std::vector<std::string> more) {
  std::vector<std::string> arguments = {"tshark", "-n", "-r", file};
  arguments.insert(arguments.end(), more.begin(), more.end());
  Process process(arguments);
  CHECK(process.wait() == 0);
  std::istringstream output(process.output());
  std::vector<std::string> lines;
  for (std::string line; std::getline(output, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("tshark reads every APDU of a session without one malformed line") {
  if (!have_program("tshark")) return;
  TemporaryFolder folder;
  const std::string file = folder.path("session.pcapng");
  {
    RunningScwsim scwsim({"--trace", file});
    for (const char* path : {"/", "/style.css", "/status", "/missing"}) {
      RawConnection connection(scwsim.port());
      connection.send("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      CHECK(connection.take_response().starts_with("HTTP/1.1 "));
    }
    CHECK(scwsim.stop() == 0);
  }
  const auto lines = tshark(file, {});
  CHECK(lines.size() > 60);
  for (const std::string& line : lines) {
    CAPTURE(line);
    CHECK(line.find("GSM SIM") != std::string::npos);
  }
  CHECK(tshark(file, {"-Y", "_ws.malformed || _ws.expert.severity == error"}).empty());
  for (const char* name : {"TERMINAL PROFILE", "OPEN CHANNEL", "RECEIVE DATA", "SEND DATA"}) {
    CAPTURE(name);
    CHECK_FALSE(
        tshark(file, {"-Y", "frame contains 80:12 || frame contains 80:14 || frame contains 80:10"})
            .empty());
    bool found = false;
    for (const std::string& line : lines) found = found || line.find(name) != std::string::npos;
    CHECK(found);
  }
}
