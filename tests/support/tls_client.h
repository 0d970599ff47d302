// A TLS client for tests, of OpenSSL and without sockets: an end that the card's
// mbedTLS has nothing in common with. And certificates made by OpenSSL.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace scwsim::tests {

/// Frees an object of OpenSSL with the function that belongs to it.
template <auto Free>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using TlsSession = std::shared_ptr<SSL_SESSION>;

/// What a client offers; the least that is named is offered alone.
struct TlsOffer {
  int version = 0;             ///< TLS1_VERSION to TLS1_2_VERSION; 0: all three
  std::string suites = "ALL";  ///< as OpenSSL writes them
  std::string groups;          ///< curves, "P-521"; empty: OpenSSL's own
  std::string psk_identity;
  std::vector<uint8_t> psk;
  TlsSession session;         ///< to resume; may be null
  uint8_t fragment_code = 0;  ///< max_fragment_length (RFC 6066 §4): 1 for 512 to 4 for 4096
};

class TlsClient {
 public:
  explicit TlsClient(const TlsOffer& offer);

  /// Takes octets from the server in, as the network would bring them.
  void feed(std::string_view octets);
  /// Up to `most` octets for the server.
  std::string take(size_t most = SIZE_MAX);
  /// Whether take() would give any.
  [[nodiscard]] bool has_output() const;

  /// What is to be said once the handshake is over, or now.
  void say(std::string_view text);
  /// Says that nothing more comes (close_notify).
  void close();
  /// Asks for another handshake on this connection.
  void renegotiate();

  [[nodiscard]] bool connected() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  /// All that the server has said.
  [[nodiscard]] const std::string& heard() const { return heard_; }
  /// Whether the server has ended it in order.
  [[nodiscard]] bool closed_by_server() const { return closed_; }
  /// Why it broke off; empty when it did not.
  [[nodiscard]] const std::string& failure() const { return failure_; }
  [[nodiscard]] bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  [[nodiscard]] std::string suite() const { return SSL_get_cipher(ssl_.get()); }
  [[nodiscard]] TlsSession session() const;
  /// The largest record of application data that came, without its header.
  [[nodiscard]] size_t largest_record() const { return largest_record_; }

 private:
  void advance();
  bool settle(int result);
  static void watch(int write, int version, int type, const void* octets, size_t size, SSL* ssl,
                    void* self);
  static unsigned give_psk(SSL* ssl, const char* hint, char* identity, unsigned identity_size,
                           unsigned char* key, unsigned key_size);

  TlsOffer offer_;
  std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, FreeWith<SSL_free>> ssl_;
  BIO* from_server_ = nullptr;  // of ssl_
  BIO* to_server_ = nullptr;
  std::string to_say_;
  std::string heard_;
  std::string failure_;
  bool closed_ = false;
  size_t largest_record_ = 0;
};

/// A certificate for localuicc, signed by itself, and its key, as PEM.
struct TestIdentity {
  std::string certificate;
  std::string key;
};
/// With an EC key on `curve` ("P-256"), or an RSA key of `bits`.
TestIdentity make_ec_identity(const char* curve = "P-256");
TestIdentity make_rsa_identity(unsigned bits = 2048);

/// The DER of a PEM text, whatever is in it.
std::vector<uint8_t> der_of(const std::string& pem);
/// The same private key, encrypted with a password.
std::string encrypted(const std::string& key_pem);

}  // namespace scwsim::tests
