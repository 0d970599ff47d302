// What is no TLS, or bad TLS, over real sockets: an alert or a close, a line in the
// log, and every other connection goes on unharmed.
#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <thread>

#include "tests/support/card_profile.h"
#include "tests/support/process.h"
#include "tests/support/raw_connection.h"
#include "tests/support/tls_client.h"

using namespace scwsim::tests;
using namespace std::string_literals;

namespace {

constexpr std::string_view kRequest = "GET /style.css HTTP/1.1\r\nHost: x\r\n\r\n";

// OpenSSL's client on a socket.
class Visitor {
 public:
  explicit Visitor(const RunningScwsim& card, const TlsOffer& offer = {})
      : tls_(offer), socket_(card.https_port()) {}

  // Sends what there is to send.
  void send() { socket_.send(tls_.take()); }
  // Takes in the next octets, or the end.
  void hear() {
    const std::string& all = socket_.read(heard_ + 1);
    tls_.feed(std::string_view(all).substr(heard_));
    heard_ = all.size();
  }
  bool connect() {
    send();
    while (!tls_.connected() && tls_.failure().empty() && !socket_.ended()) {
      hear();
      send();
    }
    return tls_.connected();
  }
  // Says `text` and listens until `answer` has come, or the end.
  bool ask(std::string_view text, std::string_view answer) {
    tls_.say(text);
    send();
    while (tls_.heard().find(answer) == std::string::npos && !socket_.ended() &&
           !tls_.closed_by_server()) {
      hear();
    }
    return tls_.heard().find(answer) != std::string::npos;
  }

  TlsClient& tls() { return tls_; }
  RawConnection& socket() { return socket_; }

 private:
  TlsClient tls_;
  RawConnection socket_;
  size_t heard_ = 0;
};

// One that has said half a request when something happens to another.
class Bystander {
 public:
  explicit Bystander(const RunningScwsim& card) : https_(card), http_(card.port()) {
    REQUIRE(https_.connect());
    https_.tls().say(kRequest.substr(0, 20));
    https_.send();
    http_.send(kRequest.substr(0, 20));
  }
  void go_on() {
    CHECK(https_.ask(kRequest.substr(20), "200 OK"));
    http_.send(kRequest.substr(20));
    CHECK(http_.take_response().starts_with("HTTP/1.1 200"));
  }

 private:
  Visitor https_;
  RawConnection http_;
};

size_t lines(RunningScwsim& card) {
  const std::string log = card.process().errors();
  size_t n = 0;
  for (size_t at = log.find("https: "); at != std::string::npos; at = log.find("https: ", at + 1)) {
    ++n;
  }
  return n;
}

// Until the log has as many lines on https.
bool logs(RunningScwsim& card, size_t wanted) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (lines(card) < wanted) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

bool serves(const RunningScwsim& card, const TlsOffer& offer = {}) {
  Visitor visitor(card, offer);
  return visitor.connect() && visitor.ask(kRequest, "200 OK");
}

std::string record(int type, const std::string& content) {
  std::string octets = {static_cast<char>(type), 3, 3, static_cast<char>(content.size() >> 8),
                        static_cast<char>(content.size())};
  return octets + content;
}

}  // namespace

TEST_CASE("https, faults: octets that are no handshake") {
  struct Row {
    std::string name;
    std::string octets;
  };
  std::string fragments;
  fragments += record(0x16, "\x01\xFF\xFF\xFF"s);
  for (int i = 0; i < 3000; ++i) fragments += record(0x16, "aaaa");
  std::string nothing;
  for (int i = 0; i < 3000; ++i) nothing += record(0x16, "");
  const std::vector<Row> rows = {
      {"garbage", std::string(2000, '\xAA')},
      {"http", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"hello of SSL 2.0", "\x80\x2E\x01\x00\x02\x00\x15\x00\x00\x00\x10"s + std::string(40, 'x')},
      {"hello of SSL 2.0 for TLS",
       "\x80\x2E\x01\x03\x01\x00\x15\x00\x00\x00\x10"s + std::string(40, 'x')},
      {"hello of SSL 3.0", "\x16\x03\x00\x00\x2D\x01\x00\x00\x29\x03\x00"s + std::string(32, 'r') +
                               "\x00\x00\x02\x00\x2F\x01\x00"s},
      {"record of 65535 octets", "\x16\x03\x01\xFF\xFF"s + std::string(3000, 'x')},
      {"record of 18433 octets", "\x16\x03\x01\x48\x01"s + std::string(20000, 'x')},
      {"records of none", nothing},
      {"an endless message in fragments", fragments},
      {"unknown type", record(0x55, "x")},
      {"application data", record(0x17, std::string(kRequest))},
      {"change cipher spec", record(0x14, "\x01")},
      {"fatal alert", record(0x15, "\x02\x28")},
      {"strange alert", record(0x15, "\xFF\xFF")},
      {"server hello", record(0x16, "\x02\x00\x00\x26\x03\x03"s + std::string(36, 'r'))},
      {"hello with too many suites",
       record(0x16, "\x01\x00\x00\x28\x03\x03"s + std::string(32, 'r') + "\x00\xFF\xFE\x00\x2F"s)}};
  RunningScwsim card;
  size_t logged = 0;
  for (const Row& row : rows) {
    CAPTURE(row.name);
    Bystander other(card);
    RawConnection bad(card.https_port());
    bad.send_some(row.octets);
    const std::string answer = bad.read_all();
    CHECK((answer.empty() || answer[0] == 0x15));  // an alert
    CHECK(logs(card, ++logged));
    other.go_on();
    CHECK(serves(card));
    CHECK(lines(card) == logged);
  }
  CHECK(card.stop() == 0);
}

TEST_CASE("https, faults: handshakes that come to nothing") {
  HttpsProfile profile;
  profile.json["https"]["suites"].erase(0);  // so that there is one it does not know
  RunningScwsim card({"--profile", profile.save()});
  const std::string key = "0123456789:;<=>?";
  TlsOffer good;
  good.suites = "PSK-AES128-CBC-SHA";
  good.psk_identity = kTestPskIdentity;
  good.psk.assign(key.begin(), key.end());
  TlsOffer wrong_key = good;
  wrong_key.psk[3] ^= 1U;
  TlsOffer unknown = good;
  unknown.psk_identity = "8988211000000123456";
  TlsOffer no_suite;
  no_suite.suites = "ECDHE-ECDSA-AES256-GCM-SHA384";
  TlsOffer too_old;
  too_old.version = TLS1_VERSION;
  too_old.suites = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA256";
  CHECK(serves(card, good));
  size_t logged = 0;
  for (const TlsOffer& offer : {wrong_key, unknown, no_suite}) {
    Bystander other(card);
    Visitor bad(card, offer);
    CHECK_FALSE(bad.connect());
    CHECK(bad.tls().failure().find("alert") != std::string::npos);
    CHECK(bad.socket().read_all().size() > 0);
    CHECK(logs(card, ++logged));
    other.go_on();
    CHECK(serves(card, good));
  }
  SECTION("a record that somebody has changed") {
    Bystander other(card);
    Visitor bad(card, good);
    REQUIRE(bad.connect());
    bad.tls().say(kRequest);
    std::string octets = bad.tls().take();
    octets[octets.size() / 2] = static_cast<char>(octets[octets.size() / 2] ^ 0x10);
    bad.socket().send(octets);
    bad.hear();
    CHECK(bad.tls().failure().find("alert bad record mac") != std::string::npos);
    (void)bad.socket().read_all();
    CHECK(bad.tls().heard().empty());
    CHECK(logs(card, ++logged));
    other.go_on();
  }
  SECTION("a client that wants to negotiate again is told no") {
    Bystander other(card);
    {
      Visitor again(card, good);
      REQUIRE(again.connect());
      again.tls().renegotiate();
      again.send();
      again.hear();
      CHECK(again.tls().failure() == "no renegotiation");
      CHECK(card.process().errors().find("renegotiation refused") != std::string::npos);
    }
    other.go_on();
    CHECK(serves(card, good));
  }
  CHECK(card.stop() == 0);
}

TEST_CASE("https, faults: a client that goes away after any part of its handshake") {
  const bool orderly = GENERATE(true, false);
  CAPTURE(orderly);
  RunningScwsim card;
  size_t logged = 0;
  size_t first = 0;
  size_t second = 0;
  {
    Visitor whole(card);
    first = whole.tls().has_output() ? whole.tls().take().size() : 0;
  }
  REQUIRE(first > 100);
  second = 126;  // key exchange, change cipher spec, finished
  for (size_t sent = 0; sent < first + second; sent += 23) {
    CAPTURE(sent, first);
    Bystander other(card);
    {
      Visitor visitor(card);
      std::string octets = visitor.tls().take();
      if (sent <= first) {
        visitor.socket().send(std::string_view(octets).substr(0, sent));
      } else {
        visitor.socket().send(octets);
        while (!visitor.tls().has_output()) visitor.hear();
        octets = visitor.tls().take();
        REQUIRE(octets.size() >= second);
        visitor.socket().send(std::string_view(octets).substr(0, sent - first));
      }
      if (!orderly) visitor.socket().reset();
    }
    // A reset may take away what was sent before it: then the card heard nothing.
    if (orderly && sent > 0) CHECK(logs(card, ++logged));
    other.go_on();
    if (sent % 69 == 0) CHECK(serves(card));
  }
  CHECK(card.stop() == 0);
}

TEST_CASE("https, faults: half a handshake, then silence, is ended after http.idle_s") {
  CardProfile profile;
  profile.json["http"]["idle_s"] = 1;
  RunningScwsim card({"--profile", profile.save()});
  Visitor silent(card);
  const std::string hello = silent.tls().take();
  const bool half = GENERATE(true, false);
  silent.socket().send(std::string_view(hello).substr(0, half ? hello.size() / 2 : hello.size()));
  (void)silent.socket().read_all();  // the end is the card's
  CHECK(silent.socket().ended());
  CHECK(logs(card, 1));
  CHECK(card.process().errors().find("handshake given up: the client has gone silent") !=
        std::string::npos);

  // One that has shaken hands is sent away in order. On a busy machine a second may
  // pass before it has, so it may try again.
  bool in_order = false;
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!in_order && std::chrono::steady_clock::now() < deadline) {
    Visitor idle(card);
    if (!idle.connect()) continue;
    while (!idle.tls().closed_by_server() && !idle.socket().ended()) idle.hear();
    in_order = idle.tls().closed_by_server();
  }
  CHECK(in_order);
}

TEST_CASE("https, faults: too little memory for a session is told, and http goes on") {
  CardProfile profile;
  profile.json["https"]["session_memory"] = 24576;
  RunningScwsim card({"--profile", profile.save()});
  RawConnection http(card.port());
  http.send(kRequest.substr(0, 20));
  Visitor visitor(card);
  CHECK_FALSE(visitor.connect());
  CHECK(logs(card, 1));
  http.send(kRequest.substr(20));
  CHECK(http.take_response().starts_with("HTTP/1.1 200"));
  CHECK(card.stop() == 0);
}
