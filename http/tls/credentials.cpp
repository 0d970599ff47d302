#include "http/tls/credentials.h"

#include <mbedtls/error.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include <algorithm>
#include <array>

#include "http/tls/owned.h"
#include "http/tls/random_source.h"

namespace scwsim::http {
namespace {

constexpr auto kTls = store::Area::kTls;
constexpr size_t kMostChain = 8;        // certificates
constexpr size_t kMostDer = 8192;       // octets of one certificate or key
constexpr size_t kLeastRsaBits = 1024;  // less is no protection, even among emulators
constexpr std::array kSignatureCurves = {MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_SECP384R1,
                                         MBEDTLS_ECP_DP_SECP521R1};  // that clients know
constexpr std::string_view kValidFrom = "20200101000000";
constexpr std::string_view kValidUntil = "20491231235959";

using X509 = Owned<mbedtls_x509_crt, mbedtls_x509_crt_init, mbedtls_x509_crt_free>;
using Key = Owned<mbedtls_pk_context, mbedtls_pk_init, mbedtls_pk_free>;
using Writer =
    Owned<mbedtls_x509write_cert, mbedtls_x509write_crt_init, mbedtls_x509write_crt_free>;
using Number = Owned<mbedtls_mpi, mbedtls_mpi_init, mbedtls_mpi_free>;

// Subject alternative names (RFC 5280 §4.2.1.6): the addresses and names by which
// devices reach the card (scws.md §2).
constexpr std::array<uint8_t, 48> kAlternativeNames = {
    0x30, 46,                                                                    // SEQUENCE
    0x87, 4,  127, 0,   0,   1,                                                  // iPAddress
    0x87, 16, 0,   0,   0,   0,   0,   0,   0,   0,   0,   0, 0, 0, 0, 0, 0, 1,  // iPAddress
    0x82, 9,  'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't',                       // dNSName
    0x82, 9,  'l', 'o', 'c', 'a', 'l', 'u', 'i', 'c', 'c'};                      // dNSName

// Extended key usage: TLS server (RFC 5280 §4.2.1.12).
constexpr std::array<uint8_t, 12> kServerAuth = {0x30, 0x0A, 0x06, 0x08, 0x2B, 0x06,
                                                 0x01, 0x05, 0x05, 0x07, 0x03, 0x01};

std::string reason_of(int error) {
  const char* text = mbedtls_high_level_strerr(error);
  if (text == nullptr) text = mbedtls_low_level_strerr(error);
  return text == nullptr ? "not readable" : text;
}

// PEM is read up to a NUL that counts; DER as it is.
std::vector<uint8_t> for_parser(Bytes octets) {
  std::vector<uint8_t> copy(octets.begin(), octets.end());
  if (as_text(octets).find("-----BEGIN") != std::string_view::npos) copy.push_back(0);
  return copy;
}

std::vector<uint8_t> key_der(mbedtls_pk_context* key) {
  std::vector<uint8_t> room(kMostDer);
  const int size = mbedtls_pk_write_key_der(key, room.data(), room.size());  // at its end
  if (size <= 0) return {};
  return {room.end() - size, room.end()};
}

std::optional<std::string> fault_of_kind(const mbedtls_pk_context* key) {
  if (mbedtls_pk_can_do(key, MBEDTLS_PK_RSA) != 0) {
    if (mbedtls_pk_get_bitlen(key) < kLeastRsaBits) return "an RSA key of less than 1024 bits";
    return std::nullopt;
  }
  if (mbedtls_pk_can_do(key, MBEDTLS_PK_ECDSA) != 0) {
    const mbedtls_ecp_group_id curve = mbedtls_pk_ec(*key)->grp.id;
    if (std::ranges::find(kSignatureCurves, curve) != kSignatureCurves.end()) return std::nullopt;
    return "an EC key on another curve than P-256, P-384 and P-521";
  }
  return "neither an RSA nor an ECDSA key";
}

void append(std::vector<uint8_t>& out, Bytes value) {
  std::array<uint8_t, 2> size{};
  ByteWriter(size).u16(static_cast<uint16_t>(value.size()));
  out.insert(out.end(), size.begin(), size.end());
  out.insert(out.end(), value.begin(), value.end());
}

std::vector<uint8_t> take(ByteReader& in) {
  const Bytes value = in.take(in.u16());
  return {value.begin(), value.end()};
}

std::optional<Credentials> parse(Bytes area) {
  if (area.empty()) return std::nullopt;
  Credentials credentials;
  ByteReader in(area);
  credentials.certificates.resize(in.u8());
  for (CertificateSpec& certificate : credentials.certificates) {
    certificate.chain.resize(in.u8());
    for (std::vector<uint8_t>& element : certificate.chain) element = take(in);
    certificate.key = take(in);
  }
  credentials.psks.resize(in.u8());
  for (PskSpec& psk : credentials.psks) {
    psk.identity = as_text(take(in));
    psk.key = take(in);
  }
  if (!in.done()) return std::nullopt;
  return credentials;
}

}  // namespace

std::optional<CertificateFault> read_certificate(Bytes chain, Bytes key,
                                                 CertificateSpec& certificate) {
  X509 parsed;
  const std::vector<uint8_t> chain_text = for_parser(chain);
  const int unread = mbedtls_x509_crt_parse(parsed.get(), chain_text.data(), chain_text.size());
  if (unread < 0) return CertificateFault{false, reason_of(unread)};
  if (unread > 0) return CertificateFault{false, "one of its certificates is not readable"};

  Key secret;
  const std::vector<uint8_t> key_text = for_parser(key);
  const int error =
      mbedtls_pk_parse_key(secret.get(), key_text.data(), key_text.size(), nullptr, 0);
  if (error != 0) return CertificateFault{true, reason_of(error)};
  if (auto fault = fault_of_kind(secret.get())) return CertificateFault{true, std::move(*fault)};
  if (mbedtls_pk_check_pair(&parsed->pk, secret.get()) != 0) {
    return CertificateFault{true, "it is not the key of that certificate"};
  }

  certificate = {};
  for (const mbedtls_x509_crt* c = parsed.get(); c != nullptr; c = c->next) {
    certificate.chain.emplace_back(c->raw.p, c->raw.p + c->raw.len);
  }
  certificate.key = key_der(secret.get());
  const bool fits =
      certificate.chain.size() <= kMostChain &&
      std::ranges::all_of(certificate.chain, [](const auto& c) { return c.size() <= kMostDer; });
  // The chain goes out as one message in one record, which is all that mbedTLS knows.
  size_t message = 7;  // header of the message and length of the chain (RFC 5246 §7.4.2)
  for (const auto& c : certificate.chain) message += c.size() + 3;
  if (message > MBEDTLS_SSL_OUT_CONTENT_LEN) {
    return CertificateFault{false, "the chain is longer than the " +
                                       std::to_string(MBEDTLS_SSL_OUT_CONTENT_LEN) +
                                       " octets of a record"};
  }
  if (!fits)
    return CertificateFault{false, "more certificates, or a larger one, than a card holds"};
  if (certificate.key.empty()) return CertificateFault{true, "larger than a card holds"};
  return std::nullopt;
}

CertificateSpec make_certificate(std::string_view name, RandomStream& random) {
  Key key;
  Writer writer;
  Number serial;
  std::array<uint8_t, 16> serial_octets{};
  random.fill(serial_octets);
  serial_octets[0] =
      static_cast<uint8_t>((serial_octets[0] & 0x3F) | 0x40);  // positive, of that size
  const std::string subject = "O=scwsim,OU=" + std::string(name) + ",CN=localuicc";
  constexpr unsigned kUsage = MBEDTLS_X509_KU_DIGITAL_SIGNATURE;
  std::vector<uint8_t> room(kMostDer);

  mbedtls_x509write_crt_set_version(writer.get(), MBEDTLS_X509_CRT_VERSION_3);
  mbedtls_x509write_crt_set_md_alg(writer.get(), MBEDTLS_MD_SHA256);
  mbedtls_x509write_crt_set_subject_key(writer.get(), key.get());
  mbedtls_x509write_crt_set_issuer_key(writer.get(), key.get());
  int failed = mbedtls_pk_setup(key.get(), mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
  const auto then = [&failed](auto step) {
    if (failed == 0) failed = step();
  };
  then([&] {
    return mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key.get()), fill_random,
                               &random);
  });
  then([&] {
    return mbedtls_mpi_read_binary(serial.get(), serial_octets.data(), serial_octets.size());
  });
  then([&] { return mbedtls_x509write_crt_set_serial(writer.get(), serial.get()); });
  then([&] {
    return mbedtls_x509write_crt_set_validity(writer.get(), kValidFrom.data(), kValidUntil.data());
  });
  then([&] { return mbedtls_x509write_crt_set_subject_name(writer.get(), subject.c_str()); });
  then([&] { return mbedtls_x509write_crt_set_issuer_name(writer.get(), subject.c_str()); });
  then([&] { return mbedtls_x509write_crt_set_basic_constraints(writer.get(), 0, -1); });
  then([&] { return mbedtls_x509write_crt_set_subject_key_identifier(writer.get()); });
  then([&] { return mbedtls_x509write_crt_set_key_usage(writer.get(), kUsage); });
  then([&] {
    return mbedtls_x509write_crt_set_extension(writer.get(), MBEDTLS_OID_EXTENDED_KEY_USAGE,
                                               MBEDTLS_OID_SIZE(MBEDTLS_OID_EXTENDED_KEY_USAGE), 0,
                                               kServerAuth.data(), kServerAuth.size());
  });
  then([&] {
    return mbedtls_x509write_crt_set_extension(writer.get(), MBEDTLS_OID_SUBJECT_ALT_NAME,
                                               MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0,
                                               kAlternativeNames.data(), kAlternativeNames.size());
  });
  if (failed != 0) return {};
  const int size =
      mbedtls_x509write_crt_der(writer.get(), room.data(), room.size(), fill_random, &random);
  if (size <= 0) return {};
  return {.chain = {{room.end() - size, room.end()}}, .key = key_der(key.get())};
}

bool lay_out(const Credentials& credentials, store::Image& image) {
  if (credentials.certificates.size() > kMaxCertificates || credentials.psks.size() > kMaxPsks) {
    return false;
  }
  std::vector<uint8_t> area{static_cast<uint8_t>(credentials.certificates.size())};
  for (const CertificateSpec& certificate : credentials.certificates) {
    area.push_back(static_cast<uint8_t>(certificate.chain.size()));
    for (const std::vector<uint8_t>& element : certificate.chain) append(area, element);
    append(area, certificate.key);
  }
  area.push_back(static_cast<uint8_t>(credentials.psks.size()));
  for (const PskSpec& psk : credentials.psks) {
    const bool fits = !psk.identity.empty() && psk.identity.size() <= kMaxPskIdentity &&
                      !psk.key.empty() && psk.key.size() <= kMaxPsk;
    if (!fits) return false;
    append(area, as_bytes(psk.identity));
    append(area, psk.key);
  }
  image.append(kTls, area);
  return true;
}

std::optional<Credentials> read_credentials(const store::Store& store) {
  std::vector<uint8_t> area(store.size(kTls));
  if (!store.read(kTls, 0, area)) return std::nullopt;
  return parse(area);
}

}  // namespace scwsim::http
