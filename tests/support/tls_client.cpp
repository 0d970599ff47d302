#include "tests/support/tls_client.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <climits>
#include <string_view>

#include "card/base/bytes.h"

namespace scwsim::tests {

namespace {

using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using Memory = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

std::string content_of(BIO* memory) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  return {text, static_cast<size_t>(size)};
}

TestIdentity identity_of(const Key& key) {
  REQUIRE(key);
  const Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const Bytes text = as_bytes("localuicc");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text.data(), static_cast<int>(text.size()),
                             -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

  const Memory certificate_pem(BIO_new(BIO_s_mem()));
  const Memory key_pem(BIO_new(BIO_s_mem()));
  REQUIRE(PEM_write_bio_X509(certificate_pem.get(), certificate.get()) == 1);
  REQUIRE(PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                   nullptr) == 1);
  return {content_of(certificate_pem.get()), content_of(key_pem.get())};
}

}  // namespace

TlsClient::TlsClient(const TlsOffer& offer)
    : offer_(offer), context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX_set_security_level(context_.get(), 0);
  SSL_CTX_set_min_proto_version(context_.get(), offer.version == 0 ? TLS1_VERSION : offer.version);
  SSL_CTX_set_max_proto_version(context_.get(),
                                offer.version == 0 ? TLS1_2_VERSION : offer.version);
  REQUIRE(SSL_CTX_set_cipher_list(context_.get(), (offer.suites + ":@SECLEVEL=0").c_str()) == 1);
  if (!offer.groups.empty()) {
    REQUIRE(SSL_CTX_set1_groups_list(context_.get(), offer.groups.c_str()) == 1);
  }
  if (!offer.psk.empty()) SSL_CTX_set_psk_client_callback(context_.get(), give_psk);
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_msg_callback(ssl_.get(), watch);
  SSL_set_msg_callback_arg(ssl_.get(), this);
  from_server_ = BIO_new(BIO_s_mem());
  to_server_ = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl_.get(), from_server_, to_server_);
  SSL_set_connect_state(ssl_.get());
  if (offer.session) SSL_set_session(ssl_.get(), offer.session.get());
  if (offer.fragment_code != 0) {
    REQUIRE(SSL_set_tlsext_max_fragment_length(ssl_.get(), offer.fragment_code) == 1);
  }
  advance();
}

void TlsClient::watch(int write, int, int type, const void* octets, size_t size, SSL*, void* self) {
  if (write != 0 || type != SSL3_RT_HEADER || size != SSL3_RT_HEADER_LENGTH) return;
  const auto* header = static_cast<const uint8_t*>(octets);
  if (header[0] != SSL3_RT_APPLICATION_DATA) return;
  size_t& largest = static_cast<TlsClient*>(self)->largest_record_;
  largest = std::max(largest, static_cast<size_t>(header[3] << 8 | header[4]));
}

unsigned TlsClient::give_psk(SSL* ssl, const char*, char* identity, unsigned identity_size,
                             unsigned char* key, unsigned key_size) {
  const TlsOffer& offer = static_cast<TlsClient*>(SSL_get_app_data(ssl))->offer_;
  if (offer.psk_identity.size() >= identity_size || offer.psk.size() > key_size) return 0;
  *std::ranges::copy(offer.psk_identity, identity).out = '\0';
  std::ranges::copy(offer.psk, key);
  return static_cast<unsigned>(offer.psk.size());
}

void TlsClient::feed(std::string_view octets) {
  BIO_write(from_server_, octets.data(), static_cast<int>(octets.size()));
  advance();
}

bool TlsClient::has_output() const { return BIO_ctrl_pending(to_server_) > 0; }

std::string TlsClient::take(size_t most) {
  std::string octets(std::min(most, BIO_ctrl_pending(to_server_)), '\0');
  if (!octets.empty()) BIO_read(to_server_, octets.data(), static_cast<int>(octets.size()));
  return octets;
}

void TlsClient::say(std::string_view text) {
  to_say_ += text;
  advance();
}

void TlsClient::close() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

void TlsClient::renegotiate() {
  REQUIRE(SSL_renegotiate(ssl_.get()) == 1);
  advance();
}

TlsSession TlsClient::session() const {
  return {SSL_get1_session(ssl_.get()), FreeWith<SSL_SESSION_free>{}};
}

// Whether `result` of a call means that it was done; notes what went wrong.
bool TlsClient::settle(int result) {
  if (result > 0) return true;
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_ZERO_RETURN) {
    closed_ = true;
    SSL_shutdown(ssl_.get());  // answered, or OpenSSL would not resume the session
  } else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    failure_ = reason == nullptr ? "broken" : reason;
  }
  return false;
}

void TlsClient::advance() {
  if (!failure_.empty() || closed_) return;
  ERR_clear_error();
  if (!connected() && !settle(SSL_do_handshake(ssl_.get()))) return;
  while (!to_say_.empty()) {
    const int n = SSL_write(ssl_.get(), to_say_.data(),
                            static_cast<int>(std::min<size_t>(to_say_.size(), INT_MAX)));
    if (!settle(n)) break;
    to_say_.erase(0, static_cast<size_t>(n));
  }
  std::array<char, 16384> room;
  for (int n = 1; n > 0;) {
    n = SSL_read(ssl_.get(), room.data(), static_cast<int>(room.size()));
    if (settle(n)) heard_.append(room.data(), static_cast<size_t>(n));
  }
}

TestIdentity make_ec_identity(const char* curve) { return identity_of(Key(EVP_EC_gen(curve))); }
TestIdentity make_rsa_identity(unsigned bits) { return identity_of(Key(EVP_RSA_gen(bits))); }

std::vector<uint8_t> der_of(const std::string& pem) {
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  char* name = nullptr;
  char* header = nullptr;
  unsigned char* octets = nullptr;
  long size = 0;
  REQUIRE(PEM_read_bio(memory.get(), &name, &header, &octets, &size) == 1);
  std::vector<uint8_t> der(octets, octets + size);
  OPENSSL_free(name);
  OPENSSL_free(header);
  OPENSSL_free(octets);
  return der;
}

std::string encrypted(const std::string& key_pem) {
  const Memory in(BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())));
  const Key key(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
  const Memory out(BIO_new(BIO_s_mem()));
  constexpr std::string_view kPassword = "secret";
  REQUIRE(PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), EVP_aes_128_cbc(), kPassword.data(),
                                        static_cast<int>(kPassword.size()), nullptr, nullptr) == 1);
  return content_of(out.get());
}

}  // namespace scwsim::tests
