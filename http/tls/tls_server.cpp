#include "http/tls/tls_server.h"

#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#include <algorithm>
#include <array>

#include "http/tls/arena.h"
#include "http/tls/credentials.h"
#include "http/tls/owned.h"
#include "http/tls/random_source.h"
#include "http/tls/session_cache.h"
#include "http/tls/tls_connection.h"

namespace scwsim::http {

namespace {

// For certificates, keys and what is computed for them once.
constexpr size_t kSetupMemory = size_t{256} * 1024;

// By preference: the library puts the slowest first.
constexpr std::array<mbedtls_ecp_group_id, 5> kCurves = {
    MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP384R1,
    MBEDTLS_ECP_DP_SECP521R1, MBEDTLS_ECP_DP_NONE};

struct Certificate {
  Owned<mbedtls_x509_crt, mbedtls_x509_crt_init, mbedtls_x509_crt_free> chain;
  Owned<mbedtls_pk_context, mbedtls_pk_init, mbedtls_pk_free> key;
};

}  // namespace

// What all connections share.
struct TlsServer::Setup {
  explicit Setup(const TlsSettings& settings)
      : cache(settings.resumable_sessions, settings.session_uses) {}
  ~Setup() {
    const Arena::Scope scope(arena);
    certificates.clear();
    mbedtls_ssl_config_free(&config);
  }
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;

  // False when something does not fit, or cannot be read.
  bool prepare(const TlsSettings& settings, const Credentials& credentials, RandomStream& random) {
    const Arena::Scope scope(arena);
    if (mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
      return false;
    }
    mbedtls_ssl_conf_rng(&config, fill_random, &random);
    mbedtls_ssl_conf_min_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 static_cast<int>(settings.lowest));
    mbedtls_ssl_conf_max_version(&config, MBEDTLS_SSL_MAJOR_VERSION_3,
                                 static_cast<int>(settings.highest));
    choose_suites(settings.suites);
    mbedtls_ssl_conf_ciphersuites(&config, suites.data());
    mbedtls_ssl_conf_curves(&config, kCurves.data());
    cache.attach(config);
    for (const CertificateSpec& spec : credentials.certificates) {
      if (!add(spec)) return false;
    }
    psks = credentials.psks;
    if (!psks.empty()) mbedtls_ssl_conf_psk_cb(&config, find_psk, this);
    return true;
  }

  void choose_suites(const std::vector<uint16_t>& numbers) {
    suites.assign(numbers.begin(), numbers.end());
    if (suites.empty()) {
      for (const std::string_view name : default_suites()) {
        if (const auto number = suite_number(name)) suites.push_back(*number);
      }
    }
    suites.push_back(0);
  }

  bool add(const CertificateSpec& spec) {
    Certificate& certificate = *certificates.emplace_back(std::make_unique<Certificate>());
    for (const std::vector<uint8_t>& der : spec.chain) {
      if (mbedtls_x509_crt_parse_der(certificate.chain.get(), der.data(), der.size()) != 0) {
        return false;
      }
    }
    return read_key(certificate, spec) &&
           mbedtls_ssl_conf_own_cert(&config, certificate.chain.get(), certificate.key.get()) == 0;
  }

  static bool read_key(Certificate& certificate, const CertificateSpec& spec) {
    return mbedtls_pk_parse_key(certificate.key.get(), spec.key.data(), spec.key.size(), nullptr,
                                0) == 0;
  }

  // In their places, where the configuration and handshakes under way look for them.
  // One that cannot be read serves nobody.
  void renew_keys(const Credentials& credentials) {
    const Arena::Scope scope(arena);
    for (size_t i = 0; i < certificates.size(); ++i) {
      mbedtls_pk_free(certificates[i]->key.get());
      static_cast<void>(read_key(*certificates[i], credentials.certificates[i]));
    }
  }

  // RFC 4279 §2: the key that the client's identity stands for.
  static int find_psk(void* context, mbedtls_ssl_context* ssl, const unsigned char* identity,
                      size_t size) {
    const auto& self = *static_cast<const Setup*>(context);
    const Bytes wanted(identity, size);
    for (const PskSpec& psk : self.psks) {
      if (!std::ranges::equal(as_bytes(psk.identity), wanted)) continue;
      return mbedtls_ssl_set_hs_psk(ssl, psk.key.data(), psk.key.size());
    }
    return MBEDTLS_ERR_SSL_UNKNOWN_IDENTITY;
  }

  Arena arena{kSetupMemory};
  SessionCache cache;
  std::vector<int> suites;
  std::vector<PskSpec> psks;
  std::vector<std::unique_ptr<Certificate>> certificates;
  mbedtls_ssl_config config = initial();

 private:
  static mbedtls_ssl_config initial() {
    mbedtls_ssl_config config;
    mbedtls_ssl_config_init(&config);
    return config;
  }
};

TlsServer::TlsServer(Server& http, const store::Store& store, RandomStream& random,
                     TlsSettings settings, Journal* journal)
    : http_(http),
      store_(store),
      random_(random),
      settings_(std::move(settings)),
      journal_(journal) {}

TlsServer::~TlsServer() = default;

TlsServer::Setup* TlsServer::setup() {
  if (setup_) return setup_.get();
  const auto credentials = read_credentials(store_);
  if (!credentials) {
    note("no connection taken", "the card has no certificate and no key");
    return nullptr;
  }
  auto setup = std::make_unique<Setup>(settings_);
  if (!setup->prepare(settings_, *credentials, random_)) {
    note("no connection taken", "certificates and keys do not fit the card's memory");
    return nullptr;
  }
  setup_ = std::move(setup);
  return setup_.get();
}

std::unique_ptr<StreamHandler> TlsServer::accept(Stream& stream) {
  Setup* shared = setup();
  if (shared == nullptr) return nullptr;
  auto connection = std::make_unique<TlsConnection>(*this, stream);
  if (!connection->start(shared->config)) return nullptr;
  return connection;
}

void TlsServer::reset() { setup_.reset(); }

void TlsServer::set_hello(const Hello& hello) {
  if (setup_) setup_->cache.set_hello(hello);
}

void TlsServer::forget(const mbedtls_ssl_session& session) {
  if (setup_) setup_->cache.forget(session);
}

void TlsServer::renew_keys() {
  const auto credentials = read_credentials(store_);
  if (setup_ && credentials) setup_->renew_keys(*credentials);
}

void TlsServer::note(std::string_view what, std::string_view detail) {
  if (journal_ == nullptr) return;
  journal_->note("https: " + std::string(what) + ": " + std::string(detail));
}

}  // namespace scwsim::http
