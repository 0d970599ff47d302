// An ordinary browser trusts the card's certificate and shows its page.
#include <catch2/catch.hpp>
#include <filesystem>

#include "card/base/bytes.h"
#include "tests/support/process.h"

using namespace scwsim;
using namespace scwsim::tests;

namespace {

// A home of its own, with its own certificates.
std::vector<std::string> at_home(const TemporaryFolder& home,
                                 const std::vector<std::string>& command) {
  std::vector<std::string> arguments = {"env", "HOME=" + home.path()};
  arguments.insert(arguments.end(), command.begin(), command.end());
  return arguments;
}

std::vector<std::string> chromium(const TemporaryFolder& home,
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
                                        "--user-data-dir=" + home.path("profile")};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return at_home(home, arguments);
}

int certutil(const TemporaryFolder& home, std::vector<std::string> options) {
  options.insert(options.begin(), {"certutil", "-d", "sql:" + home.path(".pki/nssdb")});
  Process process(at_home(home, options));
  return process.wait();
}

}  // namespace

TEST_CASE("headless Chromium verifies the card's certificate and shows its page over https") {
  if (!have_program("chromium") || !have_program("certutil")) return;
  RunningScwsim card;
  TemporaryFolder home;
  std::filesystem::create_directories(home.path(".pki/nssdb"));
  REQUIRE(certutil(home, {"-N", "--empty-password"}) == 0);

  // Nobody vouches for the card yet.
  Process refused(chromium(home, {"--dump-dom", card.https_url()}));
  (void)refused.wait();
  CHECK(refused.output().find("/style.css") == std::string::npos);

  Process cert({SCWSIM_BINARY_DIR "/scwsim", "cert", "--ready-file", card.ready_file(), "--out",
                home.path("card.pem")});
  REQUIRE(cert.wait() == 0);
  REQUIRE(certutil(home, {"-A", "-n", "card", "-t", "P,,", "-i", home.path("card.pem")}) == 0);

  Process shot(chromium(home, {"--screenshot=" + home.path("page.png"), card.https_url()}));
  REQUIRE(shot.wait() == 0);
  const std::string png = read_text(home.path("page.png"));
  REQUIRE(png.starts_with("\x89PNG"));
  ByteReader header(as_bytes(png).subspan(16));
  CHECK(header.u32() == 1000);
  CHECK(header.u32() == 800);
  CHECK(png.size() > 10000);  // more than an empty page

  Process dump(chromium(home, {"--dump-dom", card.https_url("/status")}));
  REQUIRE(dump.wait() == 0);
  CHECK(dump.output().find("8988211000000000011") != std::string::npos);
  CHECK(dump.output().find("ERR_CERT") == std::string::npos);
  CHECK(dump.errors().find("ERR_CERT") == std::string::npos);

  // By its name, the page is the same.
  const std::string port = std::to_string(card.https_port());
  Process named(chromium(home, {"--dump-dom", "--host-resolver-rules=MAP localuicc 127.0.0.1",
                                "https://localuicc:" + port + "/"}));
  REQUIRE(named.wait() == 0);
  CHECK(named.output().find("/style.css") != std::string::npos);
  CHECK(card.stop() == 0);
}
