#include "tests/unit/http_tls_support.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/hex_literal.h"

namespace scwsim::http::test {

namespace {

using namespace scwsim::tests;

const Bytes kIccid = as_bytes("8988211000000000011");

CertificateSpec certificate_of(const TestIdentity& identity) {
  CertificateSpec spec;
  const auto fault = read_certificate(as_bytes(identity.certificate), as_bytes(identity.key), spec);
  REQUIRE_FALSE(fault);
  return spec;
}

std::unique_ptr<store::Store> store_of(const Credentials& credentials) {
  auto image = std::make_shared<store::Image>();
  REQUIRE(lay_out(credentials, *image));
  return std::make_unique<store::Store>(image);
}

// Gives the server what it takes of `octets`; false when it takes none.
bool give(StreamHandler& connection, std::string& octets, size_t most) {
  const size_t n = std::min({octets.size(), most, connection.receive_window()});
  if (n == 0) return false;
  connection.receive(as_bytes(octets).first(n));
  octets.erase(0, n);
  return true;
}

std::string draw(StreamHandler& connection, size_t room) {
  if (!connection.has_output()) return "";
  std::vector<uint8_t> octets(room);
  const size_t n = connection.transmit(octets);
  REQUIRE(n > 0);
  REQUIRE(n <= room);
  return std::string(as_text(Bytes(octets).first(n)));
}

template <typename Say, typename Hear>
TlsTalk drive(TlsBench& bench, const Cuts& cuts, const Say& say, const Hear& hear) {
  TlsTalk result;
  const auto connection = bench.server.accept(bench.stream);
  if (!connection) {
    result.accepted = false;
    return result;
  }
  std::string waiting;
  for (bool moving = true; moving;) {
    const std::string more = say();
    result.from_client += more;
    waiting += more;
    bool heard = give(*connection, waiting, cuts.in);
    while (heard && cuts.hear_last && give(*connection, waiting, cuts.in)) {
    }
    const std::string octets = draw(*connection, cuts.out);
    if (!octets.empty()) hear(octets);
    result.from_server += octets;
    moving = heard || !octets.empty() || !more.empty();
  }
  REQUIRE(waiting.empty());  // neither gives nor takes: they would wait for ever
  result.finished = connection->finished();
  connection->closed(result.finished ? StreamEnd::kFinished : StreamEnd::kPeerClosed);
  return result;
}

}  // namespace

const Credentials& all_credentials() {
  static const Credentials kAll = {
      .certificates = {certificate_of(make_ec_identity()), certificate_of(make_rsa_identity())},
      .psks = psk_credentials().psks};
  return kAll;
}

const Credentials& psk_credentials() {
  static const Credentials kPsk = {.certificates = {},
                                   .psks = {{std::string(kPskIdentity), psk_key()}}};
  return kPsk;
}

const std::vector<uint8_t>& psk_key() {
  static const auto kKey = "303132333435363738393A3B3C3D3E3F"_x;
  return kKey;
}

TlsOffer offer_of(const std::string& suites, int version) {
  TlsOffer offer;
  offer.version = version;
  offer.suites = suites;
  offer.psk_identity = kPskIdentity;
  offer.psk = psk_key();
  return offer;
}

TlsBench::TlsBench(const Credentials& credentials, const TlsSettings& settings)
    : store_(store_of(credentials)),
      random_(Seed{1}, kIccid, 1),
      server(bench.server, *store_, random_, settings, &notes) {}

std::vector<uint16_t> numbers_of(const std::vector<std::string_view>& names) {
  std::vector<uint16_t> numbers;
  for (const std::string_view name : names) {
    if (const auto number = suite_number(name)) numbers.push_back(*number);
  }
  return numbers;
}

TlsTalk talk(TlsBench& bench, TlsClient& client, const Cuts& cuts) {
  return drive(
      bench, cuts, [&client] { return client.take(); },
      [&client](const std::string& octets) { client.feed(octets); });
}

TlsTalk replay(TlsBench& bench, std::string_view octets, const Cuts& cuts) {
  return drive(
      bench, cuts, [&octets] { return std::string(std::exchange(octets, {})); },
      [](const std::string&) {});
}

}  // namespace scwsim::http::test
