// HTTPS over a byte stream: OpenSSL's client at the other end, in every
// segmentation; what is cut short, changed on the way, or pushed without reading.
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "tests/unit/http_tls_support.h"

namespace scwsim::http::test {
namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view kLastGet = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

std::string post(size_t octets) {
  return "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
         std::to_string(octets) + "\r\n\r\n" + std::string(octets, 'p');
}

std::vector<int> statuses(const std::string& output) {
  std::vector<int> all;
  for (const Reply& reply : read_replies(output)) all.push_back(reply.status);
  return all;
}

TlsSettings settings_with(const std::vector<std::string_view>& suites) {
  TlsSettings settings;
  settings.suites = numbers_of(suites);
  return settings;
}

// Whether octet `at` stands in the version of a record that nothing protects yet.
// It is checked by nobody (RFC 5246 appendix E.1), and changes nothing.
bool is_open_version(const std::string& flight, size_t at) {
  for (size_t begin = 0; begin < flight.size();) {
    if (at == begin + 1 || at == begin + 2) return true;
    if (flight[begin] == 0x14) return false;
    begin += 5 + (static_cast<uint8_t>(flight[begin + 3]) << 8U |
                  static_cast<uint8_t>(flight[begin + 4]));
  }
  return false;
}

// What a client says in a handshake and a request, and all that it is told.
struct Recording {
  TlsTalk talk;
  std::string heard;
};

Recording record(const Credentials& credentials, const TlsOffer& offer, std::string_view request) {
  TlsBench bench(credentials);
  TlsClient client(offer);
  client.say(request);
  Recording recording;
  recording.talk = talk(bench, client);
  recording.heard = client.heard();
  REQUIRE(client.connected());
  REQUIRE(bench.requests() == 1);
  return recording;
}

}  // namespace

TEST_CASE("https in memory: the same answers in every segmentation of both directions") {
  const std::string plain = [] {
    Bench bench;
    return converse(bench.server, kLastGet, {SIZE_MAX}, 4096, false, {.secure = true}).output;
  }();
  REQUIRE(statuses(plain) == std::vector{200});
  const int version = GENERATE(TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION);
  const auto in = GENERATE(as<size_t>{}, 1, 2, 5, 7, 237, 511, 512, 4096);
  const auto out = GENERATE(as<size_t>{}, 1, 2, 6, 241, 1000);
  const std::string suites =
      GENERATE(as<std::string>{}, "ECDHE-ECDSA-AES128-SHA", "AES128-SHA", "PSK-AES128-CBC-SHA");
  CAPTURE(version, in, out, suites);
  TlsBench bench;
  TlsClient client(offer_of(suites, version));
  client.say(kLastGet);
  const TlsTalk end = talk(bench, client, {in, out});
  CHECK(client.suite() == suites);
  CHECK(client.heard() == plain);
  CHECK(client.closed_by_server());
  CHECK(client.failure().empty());
  CHECK(end.finished);
  CHECK(bench.notes.lines.empty());
  CHECK(bench.server.counters().handshakes == 1);
}

TEST_CASE("https in memory: several requests, pipelined ones, and an end by the client") {
  TlsBench bench;
  TlsClient client(offer_of("ECDHE-ECDSA-AES128-GCM-SHA256"));
  client.say(std::string(kGet) + std::string(kGet) + std::string(kGet));
  const auto connection = bench.server.accept(bench.stream);
  const auto exchange = [&] {
    std::array<uint8_t, 300> room{};
    for (bool moving = true; moving;) {
      const std::string octets = client.take(connection->receive_window());
      if (!octets.empty()) connection->receive(as_bytes(octets));
      moving = !octets.empty();
      if (!connection->has_output()) continue;
      client.feed(as_text(Bytes(room).first(connection->transmit(room))));
      moving = true;
    }
  };
  exchange();
  CHECK(statuses(client.heard()) == std::vector{200, 200, 200});
  CHECK_FALSE(connection->finished());
  client.say(kGet);
  exchange();
  CHECK(statuses(client.heard()).size() == 4);
  client.close();
  exchange();
  CHECK(connection->finished());
  CHECK(bench.notes.lines.empty());
  client.feed("");
  CHECK(client.closed_by_server());  // close_notify is answered (RFC 5246 §7.2.1)
  connection->closed(StreamEnd::kFinished);
}

TEST_CASE("https in memory: big uploads in records of full size, in every order of turns") {
  const bool hear_last = GENERATE(false, true);
  const auto in = GENERATE(as<size_t>{}, 1, 237, 512);
  const std::string suites =
      GENERATE(as<std::string>{}, "ECDHE-ECDSA-AES128-GCM-SHA256", "PSK-AES128-CBC-SHA");
  CAPTURE(hear_last, in, suites);
  TlsBench bench;
  TlsClient client(offer_of(suites));
  client.say(post(60000));
  const TlsTalk end = talk(bench, client, {in, 241, hear_last});
  CHECK(statuses(client.heard()) == std::vector{200});
  CHECK(client.heard().find("60000") != std::string::npos);
  CHECK(client.closed_by_server());
}

TEST_CASE("https in memory: big answers, and a client that asks on without listening") {
  const int version = GENERATE(TLS1_VERSION, TLS1_2_VERSION);
  const bool hear_last = GENERATE(false, true);
  CAPTURE(version, hear_last);
  TlsBench bench;
  TlsClient client(offer_of("AES128-SHA", version));
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += "GET /pieces HTTP/1.1\r\nHost: x\r\n\r\n";
  requests += kLastGet;
  client.say(requests);
  const TlsTalk end = talk(bench, client, {SIZE_MAX, 100, hear_last});
  const std::vector<int> all = statuses(client.heard());
  CHECK(all.size() == 201);
  CHECK(std::ranges::count(all, 200) == 201);
  CHECK(end.finished);
}

TEST_CASE("https in memory: input waits with the bearer while nobody takes the output") {
  TlsBench bench;
  TlsClient client(offer_of("PSK-AES128-GCM-SHA256"));
  std::string requests;
  for (int i = 0; i < 2000; ++i) requests += "GET /pieces HTTP/1.1\r\nHost: x\r\n\r\n";
  client.say(requests);
  const auto connection = bench.server.accept(bench.stream);
  std::array<uint8_t, 512> room{};
  while (!client.connected()) {
    const std::string octets = client.take(connection->receive_window());
    if (!octets.empty()) connection->receive(as_bytes(octets));
    if (!connection->has_output()) continue;
    client.feed(as_text(Bytes(room).first(connection->transmit(room))));
  }
  size_t taken = 0;
  while (connection->receive_window() > 0 && client.has_output()) {
    const std::string octets = client.take(connection->receive_window());
    connection->receive(as_bytes(octets));
    taken += octets.size();
  }
  CHECK(connection->receive_window() == 0);
  CHECK(connection->has_output());
  CHECK(taken < 24 * 1024);  // one record, and what stands before and behind it
  connection->closed(StreamEnd::kPeerClosed);
}

TEST_CASE("https in memory: max_fragment_length bounds what the card sends") {
  const auto code = GENERATE(as<uint8_t>{}, 1, 2, 3, 4);
  const int version = GENERATE(TLS1_VERSION, TLS1_2_VERSION);
  TlsBench bench;
  // An RSA certificate is longer than 512 octets, and a message of the handshake is
  // one record: then the client's wish is not granted, and all goes on without.
  const bool rsa = GENERATE(false, true);
  CAPTURE(code, version, rsa);
  TlsOffer offer = offer_of(rsa ? "ECDHE-RSA-AES128-SHA" : "ECDHE-ECDSA-AES128-SHA", version);
  offer.fragment_code = code;
  TlsClient client(offer);
  client.say("GET /pieces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  (void)talk(bench, client);
  CHECK(client.failure().empty());
  CHECK(statuses(client.heard()) == std::vector{200});
  const size_t most = size_t{256} << code;
  CHECK(client.largest_record() > 256);
  const bool granted = client.largest_record() <= most + 16 + 20 + 16;  // IV, MAC, padding
  CHECK(granted == (!rsa || code > 1));
}

TEST_CASE("https in memory: who took the last place is said when he comes, not later") {
  TlsBench bench;
  const bool last = GENERATE(false, true);
  bench.stream.crowded_now = last;
  const auto connection = bench.server.accept(bench.stream);
  REQUIRE(connection);
  bench.stream.crowded_now = true;  // somebody else came while hands were shaken
  TlsClient client(offer_of("ECDHE-ECDSA-AES128-GCM-SHA256"));
  client.say("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  std::array<uint8_t, 512> out;
  while (client.has_output() || connection->has_output()) {
    const std::string octets = client.take(connection->receive_window());
    if (!octets.empty()) connection->receive(as_bytes(octets));
    if (connection->has_output()) {
      client.feed(as_text(Bytes(out).first(connection->transmit(out))));
    }
  }
  CHECK(statuses(client.heard()) == std::vector{200});
  CHECK((client.heard().find("Connection: close") != std::string::npos) == last);
}

TEST_CASE("https in memory: one that comes again resumes; so often, and so many") {
  const auto visit = [](TlsBench& bench, const TlsSession& session) {
    TlsOffer offer = offer_of("ECDHE-ECDSA-AES128-GCM-SHA256");
    offer.session = session;
    auto client = std::make_unique<TlsClient>(offer);
    client->say(kLastGet);
    (void)talk(bench, *client);
    CHECK(statuses(client->heard()) == std::vector{200});
    return client;
  };
  SECTION("a session is good for session_uses") {
    TlsSettings settings;
    settings.session_uses = 3;
    TlsBench bench(all_credentials(), settings);
    const auto session = visit(bench, nullptr)->session();
    for (int i = 0; i < 3; ++i) CHECK(visit(bench, session)->resumed());
    CHECK_FALSE(visit(bench, session)->resumed());
    CHECK(bench.server.counters().resumed == 3);
    CHECK(bench.server.counters().handshakes == 5);
  }
  SECTION("only for a client who asks for the very same things") {
    TlsBench bench;
    TlsOffer offer = offer_of("ECDHE-ECDSA-AES128-SHA");
    const auto with = [&bench](const TlsOffer& wanted) {
      TlsClient client(wanted);
      client.say(kLastGet);
      (void)talk(bench, client);
      CHECK(client.failure().empty());
      CHECK(statuses(client.heard()) == std::vector{200});
      return std::pair(client.session(), client.resumed());
    };
    offer.fragment_code = 3;
    offer.session = with(offer).first;
    CHECK(with(offer).second);
    offer.fragment_code = 4;
    CHECK_FALSE(with(offer).second);
    offer.fragment_code = 0;
    CHECK_FALSE(with(offer).second);
    offer.fragment_code = 3;
    CHECK(with(offer).second);  // and the session has not suffered
  }
  SECTION("the one that was used least lately goes") {
    TlsSettings settings;
    settings.resumable_sessions = 2;
    TlsBench bench(all_credentials(), settings);
    const auto first = visit(bench, nullptr)->session();
    const auto second = visit(bench, nullptr)->session();
    CHECK(visit(bench, first)->resumed());
    const auto third = visit(bench, nullptr)->session();
    CHECK(visit(bench, first)->resumed());
    CHECK(visit(bench, third)->resumed());
    CHECK_FALSE(visit(bench, second)->resumed());
  }
  SECTION("no place, no use: none is resumed") {
    TlsSettings settings;
    if (GENERATE(false, true)) {
      settings.session_uses = 0;
    } else {
      settings.resumable_sessions = 0;
    }
    TlsBench bench(all_credentials(), settings);
    const auto session = visit(bench, nullptr)->session();
    CHECK_FALSE(visit(bench, session)->resumed());
  }
  SECTION("a loss of power forgets all") {
    TlsBench bench;
    const auto session = visit(bench, nullptr)->session();
    bench.server.reset();
    CHECK_FALSE(visit(bench, session)->resumed());
  }
  SECTION("another suite is another session") {
    TlsBench bench;
    const auto session = visit(bench, nullptr)->session();
    TlsOffer offer = offer_of("AES128-SHA");
    offer.session = session;
    TlsClient client(offer);
    client.say(kLastGet);
    (void)talk(bench, client);
    CHECK_FALSE(client.resumed());
  }
  SECTION("one that ended in a fault is not resumed (RFC 5246 §7.2.2)") {
    TlsBench bench;
    TlsClient client(offer_of("ECDHE-ECDSA-AES128-GCM-SHA256"));
    const auto connection = bench.server.accept(bench.stream);
    std::array<uint8_t, 512> room{};
    while (client.has_output() || connection->has_output()) {
      const std::string octets = client.take(connection->receive_window());
      if (!octets.empty()) connection->receive(as_bytes(octets));
      if (!connection->has_output()) continue;
      client.feed(as_text(Bytes(room).first(connection->transmit(room))));
    }
    REQUIRE(client.connected());
    client.say(kGet);
    std::string changed = client.take();
    changed.back() = static_cast<char>(changed.back() ^ 1);
    connection->receive(as_bytes(changed));
    CHECK(connection->finished());
    CHECK(bench.notes.lines.size() == 1);
    connection->closed(StreamEnd::kFinished);
    client.close();
    CHECK_FALSE(visit(bench, client.session())->resumed());
  }
}

TEST_CASE("https in memory: same seed, same octets in, same octets out") {
  const Recording first = record(all_credentials(), offer_of("ECDHE-RSA-AES128-SHA"), kGet);
  const Recording psk = record(psk_credentials(), offer_of("PSK-AES128-GCM-SHA256"), kGet);
  for (const Cuts cuts : {Cuts{}, Cuts{1, 1}, Cuts{7, 300}}) {
    TlsBench bench;
    CHECK(replay(bench, first.talk.from_client, cuts).from_server == first.talk.from_server);
    CHECK(bench.requests() == 1);
    TlsBench other(psk_credentials());
    CHECK(replay(other, psk.talk.from_client, cuts).from_server == psk.talk.from_server);
  }
}

TEST_CASE("https in memory: a client that is cut off after any octet") {
  const bool certificate = GENERATE(false, true);
  const Credentials& credentials = certificate ? all_credentials() : psk_credentials();
  const Recording whole =
      record(credentials,
             offer_of(certificate ? "ECDHE-ECDSA-AES128-GCM-SHA256" : "PSK-AES128-CBC-SHA"), kGet);
  const std::string& octets = whole.talk.from_client;
  for (size_t n = 0; n < octets.size(); ++n) {
    CAPTURE(n);
    TlsBench bench(credentials);
    const TlsTalk end = replay(bench, std::string_view(octets).substr(0, n));
    CHECK(whole.talk.from_server.starts_with(end.from_server));
    CHECK_FALSE(end.finished);  // it may go on yet
    CHECK(bench.requests() == 0);
    CHECK(bench.notes.lines.size() == (n > 0 && bench.server.counters().handshakes == 0 ? 1 : 0));
  }
}

TEST_CASE("https in memory: a flight with any octet changed brings no request through") {
  const int kind = GENERATE(0, 1, 2);
  CAPTURE(kind);
  const Credentials& credentials = kind == 0 ? all_credentials() : psk_credentials();
  constexpr std::array<const char*, 3> kSuites = {"ECDHE-ECDSA-AES128-GCM-SHA256",
                                                  "PSK-AES128-CBC-SHA", "PSK-AES128-GCM-SHA256"};
  const TlsOffer offer =
      offer_of(kSuites.at(static_cast<size_t>(kind)), kind == 1 ? TLS1_VERSION : TLS1_2_VERSION);
  const Recording whole = record(credentials, offer, kGet);
  for (size_t at = 0; at < whole.talk.from_client.size(); ++at) {
    for (const int mask : {0x01, 0x80, 0xFF}) {
      CAPTURE(at, mask);
      std::string octets = whole.talk.from_client;
      octets[at] = static_cast<char>(octets[at] ^ mask);
      TlsBench bench(credentials);
      const TlsTalk end = replay(bench, octets);
      CHECK((bench.requests() == 0 || is_open_version(whole.talk.from_client, at)));
      const bool broken = end.finished || bench.server.counters().handshakes == 0;
      CHECK(bench.server.counters().refused == (broken ? 1 : 0));
    }
  }
}

TEST_CASE("https in memory: what is no TLS is refused, and told once") {
  using namespace std::string_view_literals;
  const std::string_view octets =
      GENERATE("GET / HTTP/1.1\r\nHost: x\r\n\r\n"sv, "\x16\x03\x01\xFF\xFF"sv,
               "\x16\x03\x01\x40\x01"sv,                          // 16385 octets
               "\x16\x03\x01\x00\x00"sv,                          // none
               "\x80\x2E\x01\x03\x01\x00\x15\x00\x00\x00\x10"sv,  // hello of SSL 2.0
               "\x16\x03\x00\x00\x2D\x01\x00\x00\x29\x03\x00"
               "0123456789012345678901234567890100\0\0\2\0\x2F\1\0"sv,  // of SSL 3.0
               "\x17\x03\x03\x00\x01x"sv,                               // data first
               "\x14\x03\x03\x00\x01\x01"sv,                            // CCS first
               "\x15\x03\x03\x00\x02\x02\x28"sv,                        // an alert first
               "\x16\x03\x01\x00\x05\x01\xFF\xFF\xFF\x03"sv,            // 16 MB of hello
               "\x16\x03\x01\x00\x04\x02\x00\x00\x00"sv);               // hello of a server
  CAPTURE(octets);
  TlsBench bench;
  const auto in = GENERATE(as<size_t>{}, 1, 512);
  // What no header needs is not waited for.
  const TlsTalk end = replay(bench, std::string(octets) + std::string(600, '\0'), {in, 1});
  CHECK(end.finished);
  CHECK(bench.server.counters().refused == 1);
  REQUIRE(bench.notes.lines.size() == 1);
  CHECK(bench.notes.lines[0].starts_with("https: handshake failed: "));
  CHECK(bench.server.counters().handshakes == 0);
  TlsClient client(offer_of("PSK-AES128-CBC-SHA"));
  client.say(kLastGet);
  (void)talk(bench, client);
  CHECK(statuses(client.heard()) == std::vector{200});
}

TEST_CASE("https in memory: a record without encryption that is shorter than its MAC") {
  const bool within_handshake = GENERATE(false, true);
  const auto in = GENERATE(as<size_t>{}, 1, 512);
  const int version = GENERATE(TLS1_VERSION, TLS1_2_VERSION);
  for (size_t size = 0; size < 20; ++size) {
    CAPTURE(within_handshake, version, size);
    TlsBench bench(psk_credentials(), settings_with({"TLS_PSK_WITH_NULL_SHA"}));
    TlsClient client(offer_of("PSK-NULL-SHA", version));
    client.say(kGet);
    const TlsTalk whole = talk(bench, client);
    if (bench.requests() == 0) return;  // the packaged library has no such suite
    // Behind the handshake, or in the place of what comes after change cipher spec.
    std::string octets = whole.from_client;
    const std::string change = octets.substr(octets.find("\x14\x03"), 6);
    if (within_handshake) octets.resize(octets.find(change) + change.size());
    octets += within_handshake ? '\x16' : '\x17';
    octets += change.substr(1, 2);
    octets += '\0';
    octets += static_cast<char>(size);
    octets.append(size, 'm');
    TlsBench again(psk_credentials(), settings_with({"TLS_PSK_WITH_NULL_SHA"}));
    const TlsTalk end = replay(again, octets, {in, 512});
    CHECK(end.finished);
    CHECK(again.requests() == (within_handshake ? 0 : 1));
    REQUIRE(again.notes.lines.size() == 1);
    CHECK(again.notes.lines[0].find("Verification of the message MAC failed") != std::string::npos);
  }
}

TEST_CASE("https in memory: wrong keys, unknown names and strange offers get an alert") {
  TlsOffer offer = offer_of("PSK-AES128-CBC-SHA");
  const int kind = GENERATE(0, 1, 2, 3, 4);
  CAPTURE(kind);
  TlsSettings settings = settings_with({"TLS_PSK_WITH_AES_128_CBC_SHA"});
  if (kind == 0) offer.psk[0] ^= 1U;
  if (kind == 1) offer.psk_identity += "0";
  if (kind == 2) offer.suites = "AES128-SHA";
  if (kind == 3) {
    settings.lowest = TlsVersion::k12;
    offer.version = TLS1_1_VERSION;
  }
  if (kind == 4) {
    settings.highest = TlsVersion::k11;
    offer.version = TLS1_2_VERSION;
  }
  TlsBench bench(all_credentials(), settings);
  TlsClient client(offer);
  client.say(kGet);
  const TlsTalk end = talk(bench, client);
  CHECK(end.finished);
  CHECK_FALSE(client.connected());
  // In the last case it is the client that finds the version wrong.
  CHECK((client.failure().find("alert") != std::string::npos || kind == 4));
  CHECK(bench.notes.lines.size() == 1);
  CHECK(bench.requests() == 0);
}

TEST_CASE("https in memory: silence ends a connection, with the word that belongs to it") {
  TlsBench bench;
  SECTION("before the handshake is over") {
    const auto connection = bench.server.accept(bench.stream);
    connection->receive(as_bytes("\x16\x03"));
    connection->idle();
    CHECK(connection->finished());
    REQUIRE(bench.notes.lines.size() == 1);
    CHECK(bench.notes.lines[0] == "https: handshake given up: the client has gone silent");
    connection->closed(StreamEnd::kFinished);
    CHECK(bench.notes.lines.size() == 1);
  }
  SECTION("after it: close_notify, and 408 where half a request has come") {
    const bool half = GENERATE(false, true);
    TlsClient client(offer_of("PSK-AES128-CBC-SHA"));
    if (half) client.say("GET /a HT");
    const auto connection = bench.server.accept(bench.stream);
    std::array<uint8_t, 512> room{};
    const auto exchange = [&] {
      while (client.has_output() || connection->has_output()) {
        const std::string octets = client.take(connection->receive_window());
        if (!octets.empty()) connection->receive(as_bytes(octets));
        if (!connection->has_output()) continue;
        client.feed(as_text(Bytes(room).first(connection->transmit(room))));
      }
    };
    exchange();
    REQUIRE(client.connected());
    connection->idle();
    exchange();
    CHECK(connection->finished());
    CHECK(client.closed_by_server());
    CHECK(statuses(client.heard()) == (half ? std::vector{408} : std::vector<int>{}));
    connection->closed(StreamEnd::kFinished);
  }
}

}  // namespace scwsim::http::test
