// HTTPS with other people's TLS: openssl s_client and gnutls-cli, for each version and
// suite; which versions a profile allows; resumption; sizes of records.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <sstream>

#include "tests/support/card_profile.h"
#include "tests/support/process.h"

using namespace scwsim::tests;

namespace {

constexpr const char* kRequest = "GET / HTTP/1.0\r\n\r\n";
constexpr const char* kAnswer = "HTTP/1.1 200 OK";

struct Said {
  int status = 0;
  std::string output;
  [[nodiscard]] bool has(const std::string& text) const {
    return output.find(text) != std::string::npos;
  }
  [[nodiscard]] bool answered() const { return has(kAnswer); }
};

Said run(const std::vector<std::string>& arguments) {
  Process process(arguments, kRequest);
  const int status = process.wait();
  return {status, process.output() + process.errors()};
}

Said openssl(const RunningScwsim& card, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"openssl", "s_client", "-connect",
                                        "127.0.0.1:" + std::to_string(card.https_port()),
                                        "-ign_eof"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(arguments);
}

Said gnutls(const RunningScwsim& card, const std::string& priority,
            const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"gnutls-cli", "--no-ca-verification",
                                        "--priority", priority,
                                        "--port",     std::to_string(card.https_port())};
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.emplace_back("127.0.0.1");
  return run(arguments);
}

std::string openssl_version(const std::string& version) {
  static const std::map<std::string, std::string> kOptions = {
      {"1.0", "-tls1"}, {"1.1", "-tls1_1"}, {"1.2", "-tls1_2"}};
  return kOptions.at(version);
}

const std::vector<std::string>& psk_options() {
  static const std::vector<std::string> kOptions = {"-psk", kTestPsk, "-psk_identity",
                                                    kTestPskIdentity};
  return kOptions;
}

struct Row {
  std::string tool;
  std::string version;
  std::string suite;
  bool ok = false;
};

std::vector<Row> matrix() {
  std::istringstream file(read_text(SCWSIM_SOURCE_DIR "/tests/interop/https_suites.txt"));
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    std::istringstream words(line);
    Row row;
    std::string outcome;
    words >> row.tool >> row.version >> row.suite >> outcome;
    REQUIRE((outcome == "ok" || outcome == "refused"));
    row.ok = outcome == "ok";
    rows.push_back(row);
  }
  return rows;
}

Said try_row(const RunningScwsim& card, const Row& row) {
  if (row.tool == "openssl") {
    std::vector<std::string> options = {openssl_version(row.version), "-cipher",
                                        row.suite + ":@SECLEVEL=0"};
    // A client with a shared key offers it beside certificates; keep them apart.
    if (row.suite.starts_with("PSK")) {
      options.insert(options.end(), psk_options().begin(), psk_options().end());
    }
    return openssl(card, options);
  }
  std::string priority = "NONE:+VERS-TLS" + row.version + ":+COMP-NULL:+SIGN-ALL:+GROUP-ALL:+";
  for (const char c : row.suite) {
    priority += c;
    if (c == ':') priority += '+';
  }
  return gnutls(
      card, priority,
      row.suite.starts_with("PSK")
          ? std::vector<std::string>{"--pskusername", kTestPskIdentity, "--pskkey", kTestPsk}
          : std::vector<std::string>{});
}

// Blocks of -msg that show a received record of application data: their sizes.
std::vector<size_t> record_sizes(const std::string& trace) {
  static constexpr std::string_view kHeader = "RecordHeader [length 0005]\n    17 03 ";
  std::vector<size_t> sizes;
  for (size_t at = trace.find("<<< "); at != std::string::npos; at = trace.find("<<< ", at + 1)) {
    const size_t header = trace.find(kHeader, at);
    if (header == std::string::npos || header - at > 40) continue;
    std::istringstream digits(trace.substr(header + kHeader.size() + 3, 5));
    unsigned high = 0;
    unsigned low = 0;
    digits >> std::hex >> high >> low;
    sizes.push_back(high << 8 | low);
  }
  return sizes;
}

size_t count(const std::string& text, const std::string& what) {
  size_t n = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("https: each suite in each version agrees with each client, or is refused") {
  HttpsProfile profile;
  RunningScwsim card({"--profile", profile.save()});
  size_t tried = 0;
  for (const std::string tool : {"openssl", "gnutls-cli"}) {
    if (!have_program(tool)) continue;
    for (const Row& row : matrix()) {
      if (row.tool != tool) continue;
      const Said said = try_row(card, row);
      CAPTURE(row.tool, row.version, row.suite, said.output, card.process().errors());
      CHECK(said.answered() == row.ok);
      if (row.ok && tool == "openssl") CHECK(said.has("Cipher    : " + row.suite));
      if (row.ok && tool == "gnutls-cli") CHECK(said.has("(TLS" + row.version));
      ++tried;
    }
  }
  CHECK(tried >= 80);
  CHECK(card.stop() == 0);
}

TEST_CASE("https: a profile chooses the versions") {
  if (!have_program("openssl")) return;
  const std::vector<std::string> all = {"1.0", "1.1", "1.2"};
  for (const std::string& only : all) {
    HttpsProfile profile;
    profile.json["https"]["lowest_version"] = only;
    profile.json["https"]["highest_version"] = only;
    RunningScwsim card({"--profile", profile.save()});
    for (const std::string& version : all) {
      CAPTURE(only, version);
      const Said said = openssl(card, {openssl_version(version), "-cipher", "ALL:@SECLEVEL=0"});
      CHECK(said.answered() == (version == only));
      CHECK(said.has("alert protocol version") == (version < only));
    }
    // A client that can do all takes what there is.
    CHECK(openssl(card, {"-cipher", "ALL:@SECLEVEL=0"}).answered());
    CHECK(card.process().errors().find("https: handshake failed") != std::string::npos);
  }
}

TEST_CASE("https: sessions are resumed by openssl and gnutls, unless the profile has none") {
  const bool with = GENERATE(true, false);
  CAPTURE(with);
  HttpsProfile profile;
  if (!with) profile.json["https"]["resumable_sessions"] = 0;
  RunningScwsim card({"--profile", profile.save()});
  if (have_program("openssl")) {
    for (const std::string suite : {"ECDHE-ECDSA-AES128-GCM-SHA256", "PSK-AES128-CBC-SHA"}) {
      std::vector<std::string> options = {"-tls1_2", "-cipher", suite + ":@SECLEVEL=0",
                                          "-reconnect"};
      options.insert(options.end(), psk_options().begin(), psk_options().end());
      const Said said = openssl(card, options);
      CAPTURE(said.output);
      CHECK(count(said.output, "Reused, ") == (with ? 5 : 0));
      CHECK(count(said.output, "New, ") == (with ? 1 : 6));
      CHECK(said.answered());
    }
  }
  if (have_program("gnutls-cli")) {
    const Said said = gnutls(card, "NORMAL:-VERS-TLS1.3:%NO_TICKETS", {"--resume"});
    CAPTURE(said.output);
    CHECK(said.has("This is a resumed session") == with);
  }
}

TEST_CASE("https: records as small as the client asks, an end in order, offers it does not know") {
  if (!have_program("openssl")) return;
  HttpsProfile profile;
  RunningScwsim card({"--profile", profile.save()});
  const Said small = openssl(card, {"-tls1_2", "-maxfraglen", "512", "-msg"});
  CHECK(small.answered());
  const std::vector<size_t> sizes = record_sizes(small.output);
  REQUIRE(sizes.size() > 2);
  CHECK(*std::ranges::max_element(sizes) <= 512 + 24);
  CHECK(*std::ranges::max_element(sizes) > 256);
  CHECK(small.has("<<< TLS 1.2, Alert [length 0002], warning close_notify"));
  CHECK(small.status == 0);

  const Said usual = openssl(card, {"-tls1_2", "-msg", "-alpn", "h2,http/1.1", "-servername",
                                    "localuicc", "-status", "-fallback_scsv"});
  CHECK(usual.answered());
  CHECK(usual.has("No ALPN negotiated"));
  const std::vector<size_t> usual_sizes = record_sizes(usual.output);
  REQUIRE_FALSE(usual_sizes.empty());
  CHECK(*std::ranges::max_element(usual_sizes) > 512 + 24);
  // RFC 7507: it could have spoken 1.2.
  const Said fallback = openssl(card, {"-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-fallback_scsv"});
  CHECK(fallback.has("inappropriate fallback"));
  CHECK_FALSE(fallback.answered());
}
