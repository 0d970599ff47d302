// mbedTLS at the client's end, in memory: quick, and with random numbers of its own
// that can be repeated. Where the other end must be independent of the card's, see
// tls_client.h. Its memory is nobody's: no Arena::Scope may be open around it.
#pragma once

#include <mbedtls/ssl.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "card/base/bytes.h"
#include "http/tls/owned.h"
#include "http/tls/random_source.h"

namespace scwsim::tests {

/// One end of a TLS session of mbedTLS, client or server, with its octets in memory.
class MbedtlsEnd {
 public:
  /// `config` must outlive it. Where it cannot be made, ok() is false.
  explicit MbedtlsEnd(const mbedtls_ssl_config& config) {
    mbedtls_ssl_set_bio(
        ssl_.get(), this,
        [](void* self, const unsigned char* octets, size_t size) {
          static_cast<MbedtlsEnd*>(self)->out_.append(as_text(Bytes(octets, size)));
          return static_cast<int>(size);
        },
        [](void* self, unsigned char* room, size_t size) {
          return static_cast<MbedtlsEnd*>(self)->give({room, size});
        },
        nullptr);
    ok_ = mbedtls_ssl_setup(ssl_.get(), &config) == 0;
  }

  /// Takes octets of the other end in; goes on with the handshake if it is not over.
  void feed(std::string_view octets) {
    in_.erase(0, std::exchange(read_, 0));
    in_ += octets;
    if (ok_ && !connected()) settle(mbedtls_ssl_handshake(ssl_.get()));
  }
  /// What it has for the other end.
  std::string take() { return std::exchange(out_, {}); }

  [[nodiscard]] bool connected() const { return ssl_->state == MBEDTLS_SSL_HANDSHAKE_OVER; }
  /// Nothing has gone wrong.
  [[nodiscard]] bool ok() const { return ok_; }

  /// Encrypts `content`, as one record if it fits. Once connected.
  void say(std::string_view content) {
    while (ok_ && !content.empty()) {
      const Bytes octets = as_bytes(content);
      const int n = mbedtls_ssl_write(ssl_.get(), octets.data(), octets.size());
      if (!settle(n)) return;
      content.remove_prefix(static_cast<size_t>(n));
    }
  }
  void close() { settle(mbedtls_ssl_close_notify(ssl_.get())); }

  /// What has been heard since it was asked last. Once connected.
  std::string hear() {
    std::string heard;
    std::array<uint8_t, 2048> room{};
    int n = 0;
    do {
      n = mbedtls_ssl_read(ssl_.get(), room.data(), room.size());
      if (n > 0) heard += as_text(Bytes(room).first(static_cast<size_t>(n)));
    } while (n > 0);
    if (n == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
      closed_ = true;
    } else {
      settle(n);
    }
    return heard;
  }
  /// Whether hear() has come upon the other end's close_notify.
  [[nodiscard]] bool closed() const { return closed_; }

  mbedtls_ssl_context* context() { return ssl_.get(); }

 private:
  int give(std::span<unsigned char> room) {
    const size_t n = std::min(room.size(), in_.size() - read_);
    if (n == 0) return MBEDTLS_ERR_SSL_WANT_READ;
    std::ranges::copy(as_bytes(in_).subspan(read_, n), room.begin());
    read_ += n;
    return static_cast<int>(n);
  }
  bool settle(int result) {
    if (result >= 0) return true;
    if (result != MBEDTLS_ERR_SSL_WANT_READ) ok_ = false;
    return false;
  }

  http::Owned<mbedtls_ssl_context, mbedtls_ssl_init, mbedtls_ssl_free> ssl_;
  std::string in_;
  size_t read_ = 0;
  std::string out_;
  bool ok_ = false;
  bool closed_ = false;
};

/// What clients offer: one suite, TLS 1.2, no questions about certificates.
class MbedtlsClientConfig {
 public:
  MbedtlsClientConfig(uint16_t suite, std::string_view psk_identity, Bytes psk)
      : random_(Seed{0x43}, as_bytes("client"), 1), suites_{suite, 0} {
    mbedtls_ssl_config* config = config_.get();
    made_ = mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                        MBEDTLS_SSL_PRESET_DEFAULT) == 0;
    mbedtls_ssl_conf_rng(config, http::fill_random, &random_);
    mbedtls_ssl_conf_authmode(config, MBEDTLS_SSL_VERIFY_NONE);
    mbedtls_ssl_conf_ciphersuites(config, suites_.data());
    if (!psk.empty()) {
      const Bytes identity = as_bytes(psk_identity);
      made_ = made_ && mbedtls_ssl_conf_psk(config, psk.data(), psk.size(), identity.data(),
                                            identity.size()) == 0;
    }
  }

  [[nodiscard]] const mbedtls_ssl_config& get() const { return *config_.get(); }
  mbedtls_ssl_config& get() { return *config_.get(); }
  [[nodiscard]] bool made() const { return made_; }

 private:
  http::Owned<mbedtls_ssl_config, mbedtls_ssl_config_init, mbedtls_ssl_config_free> config_;
  RandomStream random_;
  std::array<int, 2> suites_;
  bool made_ = false;
};

}  // namespace scwsim::tests
