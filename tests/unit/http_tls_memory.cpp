// The memory of TLS sessions: counted, bounded, given back, and nobody's shortage
// is another's.
#include <mbedtls/platform.h>

#include <array>
#include <catch2/catch.hpp>

#include "http/tls/arena.h"
#include "tests/unit/http_tls_support.h"

namespace scwsim::http::test {
namespace {

constexpr std::string_view kGet = "GET /pieces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

struct Suite {
  const char* openssl;
  std::string_view iana;
};
constexpr std::array kSuites = {
    Suite{"ECDHE-ECDSA-AES128-GCM-SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"},
    Suite{"ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
    Suite{"ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"},
    Suite{"ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
    Suite{"ECDHE-PSK-AES128-CBC-SHA256", "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256"},
    Suite{"DHE-RSA-AES128-SHA", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"},
    Suite{"DHE-PSK-AES128-CBC-SHA", "TLS_DHE_PSK_WITH_AES_128_CBC_SHA"},
    Suite{"RSA-PSK-AES128-CBC-SHA", "TLS_RSA_PSK_WITH_AES_128_CBC_SHA"},
    Suite{"AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"},
    Suite{"PSK-NULL-SHA", "TLS_PSK_WITH_NULL_SHA"},
    Suite{"PSK-AES128-CBC-SHA", "TLS_PSK_WITH_AES_128_CBC_SHA"},
    Suite{"PSK-AES128-CCM8", "TLS_PSK_WITH_AES_128_CCM_8"}};

TlsSettings settings_of(const Suite& suite, size_t memory) {
  TlsSettings settings;
  settings.suites = numbers_of({suite.iana});
  settings.session_memory = memory;
  return settings;
}

// Whether a client gets its page.
bool serves(TlsBench& bench, const TlsOffer& offer) {
  TlsClient client(offer);
  client.say(kGet);
  (void)talk(bench, client);
  const bool served = client.heard().starts_with("HTTP/1.1 200 ") && client.closed_by_server();
  // One that is refused gets nothing at all.
  CHECK((served || client.heard().empty()));
  return served;
}

size_t peak_of(const Suite& suite) {
  TlsBench bench(all_credentials(), settings_of(suite, size_t{1} << 20));
  REQUIRE(serves(bench, offer_of(suite.openssl)));
  return bench.server.counters().most_memory;
}

void* take(size_t size) { return mbedtls_calloc(1, size); }

}  // namespace

TEST_CASE("arena: counts what is taken, refuses what is too much, outlives its session") {
  if (!Arena::enforced()) return;
  auto arena = std::make_unique<Arena>(1000);
  void* kept = nullptr;
  {
    const Arena::Scope scope(*arena);
    void* block = take(500);
    REQUIRE(block != nullptr);
    CHECK(arena->used() > 500);
    CHECK(take(500) == nullptr);
    CHECK(mbedtls_calloc(SIZE_MAX, 2) == nullptr);
    CHECK(mbedtls_calloc(1, SIZE_MAX) == nullptr);
    mbedtls_free(block);
    CHECK(arena->used() == 0);
    CHECK(arena->peak() > 500);
    CHECK(arena->peak() < 600);
    kept = take(900);
    CHECK(kept != nullptr);
  }
  const size_t used = arena->used();
  void* free_of_charge = take(10000);
  CHECK(free_of_charge != nullptr);
  Arena other(100);
  {
    const Arena::Scope scope(other);
    mbedtls_free(free_of_charge);
    CHECK(take(100) == nullptr);
    const Arena::Scope inner(*arena);
    CHECK(take(100) == nullptr);  // the inner one's limit
  }
  CHECK(other.used() == 0);
  CHECK(arena->used() == used);
  arena.reset();
  mbedtls_free(kept);
}

TEST_CASE("https memory: every suite stays within what a session may take by default") {
  if (!Arena::enforced()) return;
  for (const Suite& suite : kSuites) {
    CAPTURE(suite.openssl);
    TlsBench bench(all_credentials(), settings_of(suite, TlsSettings{}.session_memory));
    for (int i = 0; i < 3; ++i) CHECK(serves(bench, offer_of(suite.openssl)));
    CHECK(bench.server.counters().most_memory > 20000);
    CHECK(bench.server.counters().most_memory <= TlsSettings{}.session_memory);
    CHECK(bench.notes.lines.empty());
  }
}

TEST_CASE("https memory: with any limit a session works or is refused, in words") {
  if (!Arena::enforced()) return;
  const Suite& suite = GENERATE(kSuites[0], kSuites[1], kSuites[10]);
  const size_t peak = peak_of(suite);
  CAPTURE(suite.openssl, peak);
  bool served = false;
  constexpr size_t kStep = 512;
  for (size_t limit = 0; limit <= peak + kStep; limit += kStep) {
    CAPTURE(limit);
    TlsBench bench(all_credentials(), settings_of(suite, limit));
    served = serves(bench, offer_of(suite.openssl));
    CHECK(bench.server.counters().most_memory <= limit);
    CHECK(bench.notes.lines.empty() == served);
    CHECK(bench.server.counters().refused == (served ? 0 : 1));
    if (limit >= peak) CHECK(served);
  }
  CHECK(served);
}

TEST_CASE("https memory: who runs out of it leaves keys and sessions whole for others") {
  if (!Arena::enforced()) return;
  // The same key signs for both; the first client's session is the larger one.
  const Suite large = {"ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"};
  TlsOffer greedy = offer_of(large.openssl);
  greedy.groups = "P-521";
  TlsOffer modest = offer_of("AES128-SHA");
  TlsSettings settings;
  settings.suites = numbers_of({large.iana, "TLS_RSA_WITH_AES_128_CBC_SHA"});
  const auto peak = [&settings](const TlsOffer& offer) {
    settings.session_memory = size_t{1} << 20;
    TlsBench bench(all_credentials(), settings);
    REQUIRE(serves(bench, offer));
    return bench.server.counters().most_memory;
  };
  const size_t least = peak(modest);
  const size_t most = peak(greedy);
  REQUIRE(least < most);
  for (size_t limit = least; limit < most; limit += 64) {
    CAPTURE(least, most, limit);
    settings.session_memory = limit;
    TlsBench bench(all_credentials(), settings);
    (void)serves(bench, greedy);
    CHECK(serves(bench, modest));
    (void)serves(bench, greedy);
    CHECK(serves(bench, modest));
  }
}

TEST_CASE("https memory: a card without credentials takes no connection and says why") {
  auto image = std::make_shared<store::Image>();
  const store::Store store(image);
  Bench http;
  RandomStream random(Seed{1}, as_bytes("1"), 1);
  Notes notes;
  TlsServer server(http.server, store, random, {}, &notes);
  NoStream stream;
  CHECK(server.accept(stream) == nullptr);
  REQUIRE(notes.lines.size() == 1);
  CHECK(notes.lines[0].starts_with("https: no connection taken: "));
}

}  // namespace scwsim::http::test
