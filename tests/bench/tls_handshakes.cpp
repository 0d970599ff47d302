// HTTPS handshakes of a card, in memory, beside those of mbedTLS alone: the same
// client against the card's TlsServer and against a bare server with the same key,
// suite, curves and session cache, in turns within one run. Then the most memory
// that a session takes, suite by suite. A program of its own: what counts is the
// ratio, so both sides must meet the same state of the machine.
//   scwsim_bench_tls [ROUNDS]
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <iomanip>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <vector>

#include "card/store/store.h"
#include "http/server.h"
#include "http/site/site.h"
#include "http/tls/credentials.h"
#include "http/tls/session_cache.h"
#include "http/tls/tls_server.h"
#include "tests/support/mbedtls_client.h"

namespace {

using namespace scwsim;
using namespace scwsim::http;
using tests::MbedtlsClientConfig;
using tests::MbedtlsEnd;

constexpr std::string_view kIdentity = "8988211000000123456F";
constexpr std::string_view kKey = "0123456789:;<=>?";
constexpr size_t kRoom = 512;  // of one draw on the card, about two SEND DATA

void require(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

const Credentials& credentials() {
  static const Credentials kCredentials = [] {
    RandomStream random(Seed{1}, as_bytes("1"), 0);
    const Bytes key = as_bytes(kKey);
    Credentials made;
    made.certificates.push_back(make_certificate("bench", random));
    made.psks.push_back({std::string(kIdentity), {key.begin(), key.end()}});
    return made;
  }();
  return kCredentials;
}

uint16_t number_of(std::string_view suite) {
  const auto number = suite_number(suite);
  require(number.has_value(), "the library lacks the suite");
  return *number;
}

class NoStream : public Stream {
 public:
  void wake() override {}
  [[nodiscard]] bool crowded() const override { return false; }
};

// The card's side, without card and channels.
class Card {
 public:
  explicit Card(std::string_view suite)
      : store_(make_store()),
        site_(*store_),
        http_(site_),
        random_(Seed{1}, as_bytes("1"), 1),
        server_(http_, *store_, random_, settings(suite), nullptr) {}

  // One handshake; true when the session was resumed.
  bool run(MbedtlsEnd& client) {
    const uint64_t resumed = server_.counters().resumed;
    const auto connection = server_.accept(stream_);
    require(connection != nullptr, "the card takes no connection");
    std::array<uint8_t, kRoom> room{};
    client.feed("");
    std::string octets = client.take();
    while (!octets.empty() || connection->has_output()) {
      for (Bytes rest = as_bytes(octets); !rest.empty();) {
        const size_t n = std::min(rest.size(), connection->receive_window());
        connection->receive(rest.first(n));
        rest = rest.subspan(n);
      }
      while (connection->has_output()) {
        client.feed(as_text(Bytes(room).first(connection->transmit(room))));
      }
      octets = client.take();
    }
    require(client.connected(), "no handshake with the card");
    connection->closed(StreamEnd::kPeerClosed);
    return server_.counters().resumed > resumed;
  }

  [[nodiscard]] size_t most_memory() const { return server_.counters().most_memory; }

 private:
  static std::unique_ptr<store::Store> make_store() {
    auto image = std::make_shared<store::Image>();
    const std::array<Resource, 0> none{};
    require(!http::lay_out(none, *image) && http::lay_out(credentials(), *image), "no store");
    return std::make_unique<store::Store>(image);
  }
  static TlsSettings settings(std::string_view suite) {
    TlsSettings settings;
    settings.suites = {number_of(suite)};
    settings.session_uses = UINT32_MAX;
    return settings;
  }

  NoStream stream_;
  std::unique_ptr<store::Store> store_;
  Site site_;
  Server http_;
  RandomStream random_;
  TlsServer server_;
};

// mbedTLS alone.
class Bare {
 public:
  explicit Bare(std::string_view suite)
      : suites_{number_of(suite), 0}, random_(Seed{1}, as_bytes("1"), 1) {
    const CertificateSpec& certificate = credentials().certificates.front();
    const PskSpec& psk = credentials().psks.front();
    const Bytes identity = as_bytes(psk.identity);
    mbedtls_ssl_config* config = config_.get();
    bool made =
        mbedtls_ssl_config_defaults(config, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) == 0;
    mbedtls_ssl_conf_rng(config, fill_random, &random_);
    mbedtls_ssl_conf_ciphersuites(config, suites_.data());
    mbedtls_ssl_conf_curves(config, kCurves.data());
    cache_.attach(*config);
    made = made &&
           mbedtls_x509_crt_parse_der(chain_.get(), certificate.chain.front().data(),
                                      certificate.chain.front().size()) == 0 &&
           mbedtls_pk_parse_key(key_.get(), certificate.key.data(), certificate.key.size(), nullptr,
                                0) == 0 &&
           mbedtls_ssl_conf_own_cert(config, chain_.get(), key_.get()) == 0 &&
           mbedtls_ssl_conf_psk(config, psk.key.data(), psk.key.size(), identity.data(),
                                identity.size()) == 0;
    require(made, "no bare server");
  }

  void run(MbedtlsEnd& client) {
    MbedtlsEnd server(*config_.get());
    client.feed("");
    for (std::string octets = client.take(); !octets.empty(); octets = client.take()) {
      server.feed(octets);
      const std::string answer = server.take();
      if (!answer.empty()) client.feed(answer);
    }
    require(client.connected() && server.connected(), "no handshake of the bare pair");
  }

 private:
  static constexpr std::array<mbedtls_ecp_group_id, 2> kCurves = {MBEDTLS_ECP_DP_SECP256R1,
                                                                  MBEDTLS_ECP_DP_NONE};
  std::array<int, 2> suites_;
  RandomStream random_;
  SessionCache cache_{8, UINT32_MAX};
  Owned<mbedtls_x509_crt, mbedtls_x509_crt_init, mbedtls_x509_crt_free> chain_;
  Owned<mbedtls_pk_context, mbedtls_pk_init, mbedtls_pk_free> key_;
  Owned<mbedtls_ssl_config, mbedtls_ssl_config_init, mbedtls_ssl_config_free> config_;
};

struct Kind {
  const char* name;
  std::string_view suite;
  bool resumed;
  int handshakes;  // a round
};
constexpr std::array kKinds = {
    Kind{"ECDHE-ECDSA P-256 AES-128-GCM, full", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", false,
         8},
    Kind{"the same, resumed", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", true, 200},
    Kind{"PSK AES-128-GCM, full", "TLS_PSK_WITH_AES_128_GCM_SHA256", false, 200},
    Kind{"the same, resumed", "TLS_PSK_WITH_AES_128_GCM_SHA256", true, 200}};

// Handshakes per second of processor time, both ends together: the middle of all
// rounds, so that what else the machine does is left out.
struct Rates {
  double bare;
  double card;
  double ratio;
};

double middle(std::vector<double> values) {
  const auto half = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), half, values.end());
  return *half;
}

template <typename Server>
double measure(Server& server, const Kind& kind, const mbedtls_ssl_config& config,
               const mbedtls_ssl_session* session) {
  const std::clock_t begin = std::clock();
  for (int i = 0; i < kind.handshakes; ++i) {
    MbedtlsEnd client(config);
    if (session != nullptr) {
      require(mbedtls_ssl_set_session(client.context(), session) == 0, "no session to resume");
    }
    server.run(client);
  }
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  return kind.handshakes / seconds;
}

Rates run(const Kind& kind, int rounds) {
  using Session = Owned<mbedtls_ssl_session, mbedtls_ssl_session_init, mbedtls_ssl_session_free>;
  const bool psk = kind.suite.starts_with("TLS_PSK");
  const MbedtlsClientConfig config(number_of(kind.suite), kIdentity,
                                   psk ? as_bytes(kKey) : Bytes());
  Bare bare(kind.suite);
  Card card(kind.suite);
  Session with_bare;
  Session with_card;
  {
    MbedtlsEnd first(config.get());
    bare.run(first);
    MbedtlsEnd second(config.get());
    card.run(second);
    require(mbedtls_ssl_get_session(first.context(), with_bare.get()) == 0 &&
                mbedtls_ssl_get_session(second.context(), with_card.get()) == 0,
            "no session");
  }
  if (kind.resumed) {
    MbedtlsEnd again(config.get());
    require(mbedtls_ssl_set_session(again.context(), with_card.get()) == 0 && card.run(again),
            "the card does not resume");
  }
  std::vector<double> of_bare;
  std::vector<double> of_card;
  std::vector<double> ratios;
  for (int i = 0; i < rounds; ++i) {
    const auto measure_bare = [&] {
      of_bare.push_back(
          measure(bare, kind, config.get(), kind.resumed ? with_bare.get() : nullptr));
    };
    const auto measure_card = [&] {
      of_card.push_back(
          measure(card, kind, config.get(), kind.resumed ? with_card.get() : nullptr));
    };
    // Who comes second finds the machine warm: they take turns at that, too.
    if (i % 2 == 0) {
      measure_bare();
      measure_card();
    } else {
      measure_card();
      measure_bare();
    }
    ratios.push_back(of_card.back() / of_bare.back());
  }
  return {middle(of_bare), middle(of_card), middle(ratios)};
}

void print_memory() {
  constexpr std::array<std::string_view, 7> kSuites = {
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
      "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256",
      "TLS_PSK_WITH_AES_128_GCM_SHA256",
      "TLS_PSK_WITH_AES_128_CBC_SHA",
      "TLS_PSK_WITH_NULL_SHA"};
  std::cout << "\n| suite | most octets of a session |\n|---|---|\n";
  for (const std::string_view suite : kSuites) {
    if (!suite_number(suite)) continue;
    const bool psk = suite.find("PSK") != std::string_view::npos;
    const MbedtlsClientConfig config(number_of(suite), kIdentity, psk ? as_bytes(kKey) : Bytes());
    Card card(suite);
    MbedtlsEnd client(config.get());
    (void)card.run(client);
    std::cout << "| " << suite << " | " << card.most_memory() << " |\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 25;
    std::cout << tls_library() << ", handshakes a second of processor time, both ends\n\n"
              << "| handshake | bare pair | card | ratio |\n|---|---|---|---|\n"
              << std::fixed;
    for (const Kind& kind : kKinds) {
      const Rates rates = run(kind, rounds);
      std::cout << "| " << kind.name << " | " << std::setprecision(0) << rates.bare << " | "
                << rates.card << " | " << std::setprecision(3) << rates.ratio << " |" << std::endl;
    }
    print_memory();
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "scwsim_bench_tls: " << error.what() << "\n";
    return 1;
  }
}
