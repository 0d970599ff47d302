// Certificates and keys: what is read, what is refused and with which words, and
// how they lie in the card.
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "card/profile/profile.h"
#include "card/uicc/card_image.h"
#include "tests/unit/http_tls_support.h"

namespace scwsim::http::test {
namespace {

using namespace scwsim::tests;
using nlohmann::json;

std::vector<uint8_t> octets_of(std::string_view text) {
  const Bytes bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

// What read_certificate() has against them: "key: ..." or "certificate: ...".
std::string fault(const std::vector<uint8_t>& chain, const std::vector<uint8_t>& key) {
  CertificateSpec spec;
  const auto found = read_certificate(chain, key, spec);
  if (!found) {
    CHECK_FALSE(spec.chain.empty());
    CHECK_FALSE(spec.key.empty());
    return "";
  }
  CHECK_FALSE(found->reason.empty());
  CHECK(found->reason.find('\n') == std::string::npos);
  return (found->in_key ? "key: " : "certificate: ") + found->reason;
}

std::string fault(const std::string& chain, const std::string& key) {
  return fault(octets_of(chain), octets_of(key));
}

const TestIdentity& ec() {
  static const TestIdentity kIdentity = make_ec_identity();
  return kIdentity;
}

const TestIdentity& rsa() {
  static const TestIdentity kIdentity = make_rsa_identity();
  return kIdentity;
}

json small_profile() {
  json arr = {{"name", "EF.ARR"},       {"fid", "2F06"},
              {"type", "linear_fixed"}, {"access", {{"arr", "2F06"}, {"record", 1}}},
              {"record_length", 8},     {"records", {"8001019000"}}};
  return {{"format", 1},
          {"name", "test"},
          {"iccid", "8988211000000000011"},
          {"imsi", "001010000000001"},
          {"pins", json::array()},
          {"https", json::object()},
          {"mf", {{"access", {{"arr", "2F06"}, {"record", 1}}}, {"files", {std::move(arr)}}}},
          {"site", json::array()}};
}

const std::map<std::string, std::string, std::less<>>& files() {
  static const std::map<std::string, std::string, std::less<>> kFiles = {
      {"ec.pem", ec().certificate},
      {"ec.key", ec().key},
      {"rsa.pem", rsa().certificate},
      {"rsa.key", rsa().key},
      {"locked.key", encrypted(ec().key)},
      {"empty", ""},
      {"half.pem", ec().certificate.substr(0, ec().certificate.size() / 2)}};
  return kFiles;
}

std::string refusal(const json& https) {
  json root = small_profile();
  root["https"] = https;
  const auto find = [](std::string_view name) -> std::optional<std::vector<uint8_t>> {
    const auto at = files().find(name);
    if (at == files().end()) return std::nullopt;
    return octets_of(at->second);
  };
  try {
    (void)personalise(profile::load(root.dump(), find), Seed{});
    return "";
  } catch (const profile::ProfileError& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("credentials: PEM and DER, RSA and EC, chains") {
  CHECK(fault(ec().certificate, ec().key).empty());
  CHECK(fault(rsa().certificate, rsa().key).empty());
  CHECK(fault(der_of(ec().certificate), der_of(ec().key)).empty());
  CHECK(fault(der_of(rsa().certificate), octets_of(rsa().key)).empty());
  CHECK(fault(ec().certificate + rsa().certificate, ec().key).empty());
  CHECK(fault("some words before\n" + ec().certificate + "and behind\n", ec().key).empty());
  for (const char* curve : {"P-384", "P-521"}) {
    const TestIdentity identity = make_ec_identity(curve);
    CHECK(fault(identity.certificate, identity.key).empty());
  }

  CertificateSpec chain;
  const std::string both = ec().certificate + rsa().certificate;
  CHECK_FALSE(read_certificate(as_bytes(both), as_bytes(ec().key), chain));
  REQUIRE(chain.chain.size() == 2);
  CHECK(chain.chain[0] == der_of(ec().certificate));
  CHECK(chain.chain[1] == der_of(rsa().certificate));
}

TEST_CASE("credentials: a curve that no client knows is refused") {
  for (const char* curve : {"secp256k1", "brainpoolP512r1"}) {
    const TestIdentity identity = make_ec_identity(curve);
    CHECK(fault(identity.certificate, identity.key) ==
          "key: an EC key on another curve than P-256, P-384 and P-521");
  }
}

TEST_CASE("credentials: a chain that no record could carry is refused") {
  std::string chain = ec().certificate;
  while (fault(chain, ec().key).empty() && chain.size() < 100'000) chain += rsa().certificate;
  CHECK(fault(chain, ec().key) == "certificate: the chain is longer than the " +
                                      std::to_string(MBEDTLS_SSL_OUT_CONTENT_LEN) +
                                      " octets of a record");
}

TEST_CASE("credentials: what is refused, and which of the two files it is") {
  CHECK(fault("", ec().key).starts_with("certificate: "));
  CHECK(fault("x", ec().key).starts_with("certificate: "));
  CHECK(fault(ec().key, ec().key).starts_with("certificate: "));
  CHECK(fault(ec().certificate, "").starts_with("key: "));
  CHECK(fault(ec().certificate, ec().certificate).starts_with("key: "));
  CHECK(fault(ec().certificate, rsa().key) == "key: it is not the key of that certificate");
  CHECK(fault(ec().certificate, make_ec_identity().key) ==
        "key: it is not the key of that certificate");
  CHECK(fault(rsa().certificate + ec().certificate, ec().key) ==
        "key: it is not the key of that certificate");
  CHECK(fault(ec().certificate, encrypted(ec().key)).starts_with("key: "));
  const TestIdentity weak = make_rsa_identity(768);
  CHECK(fault(weak.certificate, weak.key) == "key: an RSA key of less than 1024 bits");
  std::string many;
  for (int i = 0; i < 9; ++i) many += ec().certificate;
  CHECK(fault(many, ec().key) ==
        "certificate: more certificates, or a larger one, than a card holds");
}

TEST_CASE("credentials: files cut short or changed anywhere give a fault or the same key") {
  for (const TestIdentity& identity : {ec(), rsa()}) {
    const std::vector<uint8_t> certificate = der_of(identity.certificate);
    const std::vector<uint8_t> key = der_of(identity.key);
    for (size_t n = 0; n < certificate.size(); ++n) {
      CAPTURE(n);
      CHECK_FALSE(
          fault({certificate.begin(), certificate.begin() + static_cast<long>(n)}, key).empty());
    }
    for (size_t n = 0; n<key.size(); n += key.size()> 300 ? 13 : 1) {
      CAPTURE(n);
      CHECK_FALSE(fault(certificate, {key.begin(), key.begin() + static_cast<long>(n)}).empty());
    }
    for (size_t n = 0; n + 30 < identity.key.size(); n += 11) {
      CAPTURE(n);
      CHECK_FALSE(fault(identity.certificate, identity.key.substr(0, n)).empty());
    }
    for (size_t n = 0; n + 30 < identity.certificate.size(); n += 11) {
      CAPTURE(n);
      CHECK_FALSE(fault(identity.certificate.substr(0, n), identity.key).empty());
    }
    for (size_t n = 0; n < certificate.size(); n += 3) {
      std::vector<uint8_t> changed = certificate;
      changed[n] ^= 0x81;
      (void)fault(changed, key);  // no crash; the signature is the client's to check
    }
  }
}

TEST_CASE("credentials: the certificate that is made has the names of the card, and no clock") {
  RandomStream random(Seed{1}, as_bytes("1"), 0);
  RandomStream again(Seed{1}, as_bytes("1"), 0);
  RandomStream other(Seed{2}, as_bytes("1"), 0);
  const CertificateSpec made = make_certificate("8988211000000000011", random);
  REQUIRE(made.chain.size() == 1);
  const CertificateSpec same = make_certificate("8988211000000000011", again);
  CHECK(made.chain == same.chain);
  CHECK(made.key == same.key);
  CHECK(made.key != make_certificate("8988211000000000011", other).key);
  CHECK(fault(made.chain[0], made.key).empty());

  const uint8_t* next = made.chain[0].data();
  const std::unique_ptr<X509, FreeWith<X509_free>> certificate(
      d2i_X509(nullptr, &next, static_cast<long>(made.chain[0].size())));
  REQUIRE(certificate);
  for (const char* name : {"localhost", "localuicc"}) {
    CHECK(X509_check_host(certificate.get(), name, 0, 0, nullptr) == 1);
  }
  CHECK(X509_check_ip_asc(certificate.get(), "127.0.0.1", 0) == 1);
  CHECK(X509_check_ip_asc(certificate.get(), "::1", 0) == 1);
  CHECK(X509_check_host(certificate.get(), "example.org", 0, 0, nullptr) == 0);
  CHECK(X509_check_ip_asc(certificate.get(), "127.0.0.2", 0) == 0);
  CHECK(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())) == 1);
  CHECK(X509_cmp_current_time(X509_get0_notBefore(certificate.get())) == -1);
  CHECK(X509_cmp_current_time(X509_get0_notAfter(certificate.get())) == 1);
}

TEST_CASE("credentials: what lies in the card is read as it was laid out, or not at all") {
  auto image = std::make_shared<store::Image>();
  REQUIRE(lay_out(all_credentials(), *image));
  const Bytes area = image->area(store::Area::kTls);
  const store::Store store(image);
  const auto read = read_credentials(store);
  REQUIRE(read);
  REQUIRE(read->certificates.size() == 2);
  CHECK(read->certificates[0].chain == all_credentials().certificates[0].chain);
  CHECK(read->certificates[1].key == all_credentials().certificates[1].key);
  REQUIRE(read->psks.size() == 1);
  CHECK(read->psks[0].identity == kPskIdentity);
  CHECK(read->psks[0].key == psk_key());

  for (size_t n = 0; n < area.size(); ++n) {
    auto cut = std::make_shared<store::Image>();
    cut->append(store::Area::kTls, area.first(n));
    CAPTURE(n);
    CHECK_FALSE(read_credentials(store::Store(cut)));
  }
  Credentials bad = psk_credentials();
  const auto fits = [&bad] {
    store::Image target;
    return lay_out(bad, target);
  };
  CHECK(fits());
  bad.psks[0].key.assign(kMaxPsk, 1);
  bad.psks[0].identity.assign(kMaxPskIdentity, 'i');
  CHECK(fits());
  bad.psks[0].key.push_back(1);
  CHECK_FALSE(fits());
  bad.psks[0] = {"", {1}};
  CHECK_FALSE(fits());
  bad.psks.assign(kMaxPsks + 1, {"i", {1}});
  CHECK_FALSE(fits());
}

TEST_CASE("credentials: a profile with wrong ones is refused, with place and reason") {
  CHECK(refusal(json::object()).empty());
  CHECK(refusal({{"certificates",
                  {{{"certificate", "ec.pem"}, {"key", "ec.key"}},
                   {{"certificate", "rsa.pem"}, {"key", "rsa.key"}}}}})
            .empty());
  struct Row {
    json https;
    std::string begin;
  };
  const auto pair = [](const char* certificate, const char* key) {
    return json{{"certificates", {{{"certificate", certificate}, {"key", key}}}}};
  };
  const std::vector<Row> rows = {
      {pair("ec.pem", "rsa.key"), "/https/certificates/0/key: it is not the key of that"},
      {pair("ec.pem", "locked.key"), "/https/certificates/0/key: "},
      {pair("ec.pem", "empty"), "/https/certificates/0/key: "},
      {pair("half.pem", "ec.key"), "/https/certificates/0/certificate: "},
      {pair("empty", "ec.key"), "/https/certificates/0/certificate: "},
      {pair("ec.key", "ec.key"), "/https/certificates/0/certificate: "},
      {pair("none.pem", "ec.key"), "/https/certificates/0/certificate: no file that can be read"},
      {{{"certificates", {{{"certificate", "ec.pem"}}}}}, "/https/certificates/0"},
      {{{"suites", {"TLS_PSK_WITH_AES_128_CBC_SHA", "AES128-SHA"}}}, "/https/suites/1: no name of"},
      {{{"suites", {"TLS_FOO_WITH_BAR"}}}, "/https/suites: none of them is known to mbedTLS"},
      {{{"suites", json::array()}}, "/https/suites: no suite"},
      {{{"lowest_version", "1.3"}}, "/https/lowest_version: expected"},
      {{{"lowest_version", "1.2"}, {"highest_version", "1.1"}}, "/https: the lowest version"},
      {{{"session_memory", 24575}}, "/https/session_memory: "},
      {{{"resumable_sessions", 256}}, "/https/resumable_sessions: "},
      {{{"port", 3516}}, ""},
      {{{"connections", 4}}, ""},
      {{{"shared_keys", {{{"identity", ""}, {"key", "00"}}}}}, "/https/shared_keys/0/identity: "},
      {{{"shared_keys", {{{"identity", "a"}, {"key", ""}}}}}, "/https/shared_keys/0/key: "},
      {{{"shared_keys", {{{"identity", "a"}, {"key", std::string(66, '0')}}}}},
       "/https/shared_keys/0/key: "},
      {{{"shared_keys", {{{"identity", "a"}, {"key", "00"}}, {{"identity", "a"}, {"key", "01"}}}}},
       "/https/shared_keys/1/identity: "},
      {{{"cipher", "x"}}, "/https"}};
  for (const Row& row : rows) {
    CAPTURE(row.https.dump());
    const std::string reason = refusal(row.https);
    CHECK_FALSE(reason.empty());
    CHECK(reason.starts_with(row.begin));
    CHECK(reason.find('\n') == std::string::npos);
  }
}

}  // namespace scwsim::http::test
