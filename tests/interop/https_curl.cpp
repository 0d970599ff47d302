// curl over https, with verification, and the certificate that scwsim cert writes.
#include <algorithm>
#include <catch2/catch.hpp>
#include <thread>

#include "tests/support/card_profile.h"
#include "tests/support/process.h"
#include "tests/support/raw_connection.h"

using namespace scwsim::tests;

namespace {

constexpr const char* kProgram = SCWSIM_BINARY_DIR "/scwsim";

struct Said {
  int status = 0;
  std::string output;
  std::string errors;
};

Said run(std::vector<std::string> arguments) {
  Process process(arguments);
  const int status = process.wait();
  return {status, process.output(), process.errors()};
}

Said cert(std::vector<std::string> options) {
  options.insert(options.begin(), {kProgram, "cert"});
  return run(std::move(options));
}

// With the certificate of a card that runs.
class Curl {
 public:
  explicit Curl(const RunningScwsim& card) : card_(card) {
    const Said said = cert({"--ready-file", card.ready_file(), "--out", folder_.path("card.pem")});
    CHECK(said.status == 0);
    CHECK(said.output.empty());
    CHECK(said.errors.empty());
  }

  [[nodiscard]] Said try_with(const std::string& ca, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"curl", "-sS", "--noproxy", "*", "--max-time", "30", "-i", "--cacert", ca});
    return run(std::move(arguments));
  }

  std::string operator()(const std::vector<std::string>& arguments) const {
    const Said said = try_with(ca(), arguments);
    CAPTURE(said.errors, arguments);
    CHECK(said.status == 0);
    return said.output;
  }

  [[nodiscard]] std::string status(const std::vector<std::string>& arguments) const {
    const std::string said = (*this)(arguments);
    const size_t last = said.rfind("HTTP/1.1 ");
    return last == std::string::npos ? "" : said.substr(last + 9, 3);
  }

  [[nodiscard]] std::string ca() const { return folder_.path("card.pem"); }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

 private:
  const RunningScwsim& card_;
  TemporaryFolder folder_;
};

std::string content(const std::string& response) {
  const size_t end = response.find("\r\n\r\n");
  return end == std::string::npos ? "" : response.substr(end + 4);
}

std::string field(const std::string& response, const std::string& name) {
  const size_t at = response.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "";
  const size_t start = at + name.size() + 4;
  return response.substr(start, response.find("\r\n", start) - start);
}

}  // namespace

TEST_CASE("https, curl: verified by every name of the card, and by no other certificate") {
  if (!have_program("curl")) return;
  RunningScwsim card;
  const Curl curl(card);
  const std::string page = read_text(SCWSIM_SOURCE_DIR "/card/profile/default/site/index.html");
  const std::string port = std::to_string(card.https_port());
  CHECK(content(curl({card.https_url()})) == page);
  CHECK(content(curl({"https://localhost:" + port + "/"})) == page);
  CHECK(content(curl({"https://[::1]:" + port + "/"})) == page);
  const std::string resolve = ":" + port + ":127.0.0.1";
  CHECK(content(curl({"--resolve", "localuicc" + resolve, "https://localuicc:" + port + "/"})) ==
        page);
  CHECK(content(curl({"--connect-to", "localuicc:443:127.0.0.1:" + port, "https://localuicc/"})) ==
        page);

  constexpr int kNotVerified = 60;
  const Said stranger = curl.try_with(
      curl.ca(), {"--resolve", "example.org" + resolve, "https://example.org:" + port + "/"});
  CHECK(stranger.status == kNotVerified);
  RunningScwsim other;
  const Curl of_other(other);
  CHECK(curl.try_with(of_other.ca(), {card.https_url()}).status == kNotVerified);
  CHECK(content(curl({card.https_url()})) == page);
  // Those that did not trust it said so in an alert, and the card tells.
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (card.process().errors().find("https: handshake failed: SSL - A fatal alert") ==
         std::string::npos) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

TEST_CASE("https, curl: HTTP in full through TLS") {
  if (!have_program("curl")) return;
  RunningScwsim card;
  const Curl curl(card);
  const std::string page = curl({card.https_url()});
  CHECK(page.starts_with("HTTP/1.1 200 OK\r\n"));
  const std::string head = curl({"-I", card.https_url()});
  CHECK(content(head).empty());
  CHECK(field(head, "ETag") == field(page, "ETag"));
  CHECK(curl.status({"-H", "If-None-Match: " + field(page, "ETag"), card.https_url()}) == "304");
  CHECK(curl.status({"-H", "If-Match: \"other\"", card.https_url()}) == "412");
  CHECK(content(curl({"--http1.0", card.https_url()})) == content(page));
  CHECK(curl.status({card.https_url("/nothing")}) == "404");
  CHECK(curl.status({"--tlsv1.2", "--tls-max", "1.2", card.https_url()}) == "200");

  // Several on one connection: one handshake, one connection of the web server.
  const std::string several =
      curl({"-v", card.https_url("/style.css"), card.https_url(), card.https_url("/status")});
  CHECK(several.find("text/css") != std::string::npos);
  CHECK(several.find("8988211000000000011") != std::string::npos);
  const Said verbose = curl.try_with(curl.ca(), {"-v", card.https_url(), card.https_url()});
  CHECK(verbose.errors.find("Re-using existing connection") != std::string::npos);

  // Bodies in records of full size. A page that takes none reads it to the end.
  const auto content_of = [&curl](const std::string& name, size_t octets) {
    write_text(curl.path(name), std::string(octets, 'b'));
    return curl.path("").append(name).insert(0, 1, '@');
  };
  const std::string body = content_of("body", 15 * 1024);
  CHECK(curl.status({"--data-binary", body, "-H", "Expect:", card.https_url()}) == "405");
  CHECK(curl.status({"--data-binary", body, "-H", "Expect:", "-H", "Transfer-Encoding: chunked",
                     card.https_url()}) == "405");
  CHECK(curl.status({"--data-binary", body, "-H", "Expect: 100-continue", card.https_url()}) ==
        "405");
  CHECK(curl.status({"-T", curl.path("body"), card.https_url("/x")}) == "403");
  const std::string after =
      curl({"--data-binary", body, "-H", "Expect:", card.https_url(), "--next", "-sS", "-i",
            "--noproxy", "*", "--cacert", curl.ca(), card.https_url("/style.css")});
  CHECK(after.find("HTTP/1.1 405") != std::string::npos);
  CHECK(after.find("text/css") != std::string::npos);
  const std::string large = content_of("large", 100 * 1024);
  CHECK(curl.status({"--data-binary", large, "-H", "Expect:", card.https_url()}) == "413");
  CHECK(card.process().errors().find("session broke off") == std::string::npos);
  CHECK(card.stop() == 0);
}

TEST_CASE("https, curl: the right protocol on the wrong port is refused, and hurts nobody") {
  if (!have_program("curl")) return;
  RunningScwsim card;
  const Curl curl(card);
  std::string wrong_http = "http://localhost:";
  wrong_http += std::to_string(card.https_port());
  std::string wrong_https = "https://localhost:";
  wrong_https += std::to_string(card.port());
  CHECK(curl.try_with(curl.ca(), {wrong_http}).status != 0);
  CHECK(curl.try_with(curl.ca(), {wrong_https}).status != 0);
  CHECK(curl.status({card.https_url()}) == "200");
  CHECK(curl.status({card.url()}) == "200");
}

TEST_CASE("scwsim cert: by seed and by connection it is the same; what it refuses") {
  RunningScwsim card({"--seed", "one"});
  const std::string address = "127.0.0.1:" + std::to_string(card.https_port());
  const Said live = cert({"--ready-file", card.ready_file()});
  CHECK(live.status == 0);
  CHECK(live.output.starts_with("-----BEGIN CERTIFICATE-----\n"));
  CHECK(cert({"--connect", address}).output == live.output);
  CHECK(cert({"--seed", "one"}).output == live.output);
  CHECK(cert({"--seed", "two"}).output != live.output);
  CHECK(cert({"--seed", "two"}).output == cert({"--seed", "two"}).output);

  HttpsProfile profile;
  const std::string path = profile.save();
  CHECK(cert({"--seed", "x", "--profile", path}).output == read_text(profile.path("ec.pem")));
  CardProfile bare;
  bare.json["https"] = {{"connections", 0}};
  const std::string without = bare.save();
  RunningScwsim no_https({"--profile", without});
  CardProfile shared;
  shared.json["https"] = {{"suites", {"TLS_PSK_WITH_AES_128_CBC_SHA"}},
                          {"shared_keys", {{{"identity", "i"}, {"key", "00"}}}}};
  RunningScwsim only_psk({"--profile", shared.save()});

  struct Row {
    std::vector<std::string> options;
    int status;
  };
  const std::vector<Row> rows = {
      {{"--no-such-option"}, 2},
      {{"--ready-file", "/does/not/exist"}, 2},
      {{"--ready-file", path}, 2},
      {{"--ready-file", no_https.ready_file()}, 2},
      {{"--ready-file", card.ready_file(), "--seed", "x"}, 2},
      {{"--ready-file", card.ready_file(), "--connect", address}, 2},
      {{"--connect", "localhost"}, 2},
      {{"--connect", "127.0.0.1:99999"}, 2},
      {{"--profile", path}, 2},
      {{"--seed", "x", "--profile", "/does/not/exist"}, 2},
      {{"--seed", "x", "--profile", without}, 2},
      {{"--connect", "127.0.0.1:1"}, 1},
      {{"--connect", "127.0.0.1:" + std::to_string(card.port())}, 1},
      {{"--ready-file", only_psk.ready_file()}, 1},
      {{"--ready-file", card.ready_file(), "--out", "/does/not/exist.pem"}, 1}};
  for (const Row& row : rows) {
    CAPTURE(row.options);
    const Said said = cert(row.options);
    CAPTURE(said.errors);
    CHECK(said.status == row.status);
    CHECK(said.output.empty());
    CHECK(std::ranges::count(said.errors, '\n') == 1);
    if (row.options.back() == "127.0.0.1:1") {
      CHECK(said.errors.find(": Connection refused; start a card") != std::string::npos);
    }
  }
}
