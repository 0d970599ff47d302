// A whole HTTPS connection. The first octet chooses what arrives, the second in
// which pieces:
//   0  the octets, from the start. With those of a recorded flight the handshake is
//      a true one, since the server's random numbers are always the same;
//   1  a client's handshake, then the octets;
//   2  a client's handshake, then the octets as its application data, and its end.
// Whatever it is, nobody waits for ever, memory stays bounded; in 2 the client hears
// what the same octets give without TLS.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "card/store/store.h"
#include "http/server.h"
#include "http/site/site.h"
#include "http/tls/arena.h"
#include "http/tls/credentials.h"
#include "http/tls/suites.h"
#include "http/tls/tls_server.h"
#include "tests/support/mbedtls_client.h"

namespace {

using namespace scwsim;
using namespace scwsim::http;
using tests::MbedtlsClientConfig;
using tests::MbedtlsEnd;

constexpr std::string_view kIdentity = "8988211000000123456F";
constexpr std::string_view kKey = "0123456789:;<=>?";
constexpr std::array<std::string_view, 4> kSuites = {
    "TLS_PSK_WITH_AES_128_GCM_SHA256", "TLS_PSK_WITH_AES_128_CBC_SHA", "TLS_PSK_WITH_NULL_SHA",
    "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256"};

void require(bool holds) {
  if (!holds) std::abort();
}

class NoStream : public Stream {
 public:
  void wake() override {}
  [[nodiscard]] bool crowded() const override { return false; }
};

class Shout : public Journal {
 public:
  void note(std::string_view line) override {
    require(line.starts_with("https: ") && line.find('\n') == std::string_view::npos);
  }
};

std::unique_ptr<store::Store> make_store() {
  const std::string body(700, 'b');
  const std::array resources = {Resource{.path = "/index.html",
                                         .content_type = "text/html",
                                         .content_encoding = {},
                                         .content_language = {},
                                         .cache_control = {},
                                         .body = as_bytes(body)}};
  auto image = std::make_shared<store::Image>();
  require(!http::lay_out(resources, *image));
  const Bytes key = as_bytes(kKey);
  Credentials credentials;
  credentials.psks.push_back({std::string(kIdentity), {key.begin(), key.end()}});
  require(http::lay_out(credentials, *image));
  return std::make_unique<store::Store>(image);
}

TlsSettings settings() {
  TlsSettings settings;
  for (const std::string_view name : kSuites) {
    if (const auto number = suite_number(name)) settings.suites.push_back(*number);
  }
  return settings;
}

// A card's web server and one connection to it.
class Card {
 public:
  explicit Card(store::Store& store)
      : site_(store),
        http_(site_),
        random_(Seed{1}, as_bytes("8988211000000000011"), 1),
        tls_(http_, store, random_, settings(), &journal_),
        connection_(tls_.accept(stream_)) {
    require(connection_ != nullptr);
  }
  ~Card() {
    connection_->closed(StreamEnd::kPeerClosed);
    connection_.reset();
    require(!Arena::enforced() || tls_.counters().most_memory <= TlsSettings{}.session_memory);
  }
  Card(const Card&) = delete;
  Card& operator=(const Card&) = delete;

  // Lets the card have `octets`, `cut` at a time, and gives what it answers.
  std::string exchange(std::string_view octets, size_t cut) {
    std::string answer;
    std::array<uint8_t, 300> room{};
    while (!octets.empty() || connection_->has_output()) {
      const size_t n = std::min({octets.size(), cut, connection_->receive_window()});
      require(n > 0 || connection_->has_output());  // it neither takes nor gives: stuck
      if (n > 0) connection_->receive(as_bytes(octets).first(n));
      octets.remove_prefix(n);
      if (!connection_->has_output()) continue;
      const size_t given = connection_->transmit(std::span<uint8_t>(room).first(cut));
      require(given > 0 && given <= cut);
      answer += as_text(Bytes(room).first(given));
    }
    return answer;
  }

  [[nodiscard]] bool finished() const { return connection_->finished(); }

 private:
  NoStream stream_;
  Shout journal_;
  Site site_;
  Server http_;
  RandomStream random_;
  TlsServer tls_;
  std::unique_ptr<StreamHandler> connection_;
};

// What the octets give without TLS.
std::string plain_answer(store::Store& store, Bytes input) {
  Site site(store);
  Server server(site);
  NoStream stream;
  const auto connection = server.connect(stream, {.administrator = false, .secure = true}, false);
  std::string answer;
  std::array<uint8_t, 300> room{};
  while (!input.empty() || connection->has_output()) {
    const size_t n = std::min(input.size(), connection->receive_window());
    if (n > 0) connection->receive(input.first(n));
    input = input.subspan(n);
    if (!connection->has_output()) continue;
    answer += as_text(Bytes(room).first(connection->transmit(room)));
  }
  connection->closed(StreamEnd::kPeerClosed);
  return answer;
}

void shake_hands(Card& card, MbedtlsEnd& client, size_t cut) {
  client.feed("");
  while (!client.connected()) {
    const std::string octets = client.take();
    require(client.ok() && !octets.empty());
    client.feed(card.exchange(octets, cut));
  }
  client.feed(card.exchange(client.take(), cut));
}

void talk_within(store::Store& store, Card& card, MbedtlsEnd& client, Bytes input, size_t cut) {
  std::string heard;
  for (Bytes rest = input; !rest.empty() && !client.closed();) {
    const size_t n = std::min(rest.size(), cut * 7);
    client.say(as_text(rest.first(n)));
    rest = rest.subspan(n);
    client.feed(card.exchange(client.take(), cut));
    heard += client.hear();
    require(client.ok());
  }
  require(heard == plain_answer(store, input));
  require(card.finished() == client.closed());
  if (client.closed()) return;
  client.close();
  client.feed(card.exchange(client.take(), cut));
  require(client.hear().empty());
  require(client.closed() && card.finished());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::unique_ptr<store::Store> kStore = make_store();
  ByteReader in(Bytes(data, size));
  const uint8_t kind = in.u8();
  const size_t cut = in.u8() + size_t{1};
  if (!in.ok()) return 0;
  const Bytes input = in.take_rest();

  Card card(*kStore);
  if (kind % 3 == 0) {
    (void)card.exchange(as_text(input), cut);
    return 0;
  }
  const auto suite = suite_number(kSuites.at((kind / 3) % kSuites.size()));
  if (!suite) return 0;
  const MbedtlsClientConfig config(*suite, kIdentity, as_bytes(kKey));
  require(config.made());
  MbedtlsEnd client(config.get());
  shake_hands(card, client, cut);
  if (kind % 3 == 1) {
    (void)card.exchange(as_text(input), cut);
  } else {
    talk_within(*kStore, card, client, input, cut);
  }
  return 0;
}
