// An ordinary browser shows the card's page with all that belongs to it.
#include <catch2/catch.hpp>

#include "card/base/bytes.h"
#include "tests/support/process.h"

using namespace scwsim;
using namespace scwsim::tests;

namespace {

std::vector<std::string> chromium(const TemporaryFolder& folder,
                                  const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"chromium",
                                        "--headless",
                                        "--no-sandbox",
                                        "--disable-gpu",
                                        "--disable-quic",
                                        "--no-first-run",
                                        "--disable-background-networking",
                                        "--disable-component-update",
                                        "--disable-sync",
                                        "--hide-scrollbars",
                                        "--window-size=1000,800",
                                        "--user-data-dir=" + folder.path("profile")};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

// The number behind <dt>name</dt> on the status page.
int figure(const std::string& page, const std::string& name) {
  const std::string mark = "<dt>" + name + "</dt><dd>";
  const size_t at = page.find(mark);
  REQUIRE(at != std::string::npos);
  return std::stoi(page.substr(at + mark.size()));
}

}  // namespace

TEST_CASE("headless Chromium loads the page with its sub-resources, and a screenshot shows it") {
  if (!have_program("chromium")) return;
  RunningScwsim scwsim;
  TemporaryFolder folder;
  Process shot(chromium(folder, {"--screenshot=" + folder.path("page.png"), scwsim.url()}));
  REQUIRE(shot.wait() == 0);
  const std::string png = read_text(folder.path("page.png"));
  REQUIRE(png.starts_with("\x89PNG"));
  ByteReader header(as_bytes(png).subspan(16));
  CHECK(header.u32() == 1000);
  CHECK(header.u32() == 800);
  CHECK(png.size() > 10000);  // more than an empty page

  Process dump(chromium(folder, {"--dump-dom", scwsim.url("/status")}));
  REQUIRE(dump.wait() == 0);
  const std::string status = dump.output();
  CHECK(status.find("8988211000000000011") != std::string::npos);
  // The page, its style sheet and its icon, before the status page was asked for.
  CHECK(figure(status, "Requests served") >= 3);
  CHECK(figure(status, "Refused (4xx)") == 0);
  CHECK(figure(status, "Failed (5xx)") == 0);
}
