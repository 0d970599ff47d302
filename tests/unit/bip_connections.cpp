// Connections on one channel, one after the other: what belongs to one never
// reaches the next, and each comes to an end.
#include <catch2/catch.hpp>

#include "tests/unit/bip_fixture.h"

using namespace scwsim;
using namespace scwsim::bip;
using namespace scwsim::tests;

TEST_CASE("an answer that waits for FETCH does not go to the next connection") {
  Bench bench;
  bench.connect();
  bench.terminal.data_available(1, 5);
  bench.terminal.fetch();
  bench.script.to_send = "for the first";
  bench.terminal.respond("00", data_response("GET /", 0));
  REQUIRE(bench.toolkit.pending() > 0);  // SEND DATA, announced by 91 XX

  bench.terminal.channel_status(0x41);  // the peer closed
  bench.script.to_send.clear();
  bench.terminal.channel_status(0x81);  // and another one came
  CHECK(bench.script.accepted == 2);
  CHECK(bench.terminal.fetch().empty());
  CHECK(bench.script.ends == std::vector{StreamEnd::kPeerClosed});
}

TEST_CASE("a CLOSE CHANNEL that waits for FETCH does not close the next connection") {
  Bench bench;
  bench.connect();
  bench.script.finished = true;
  bench.script.stream->wake();
  REQUIRE(bench.toolkit.pending() > 0);  // CLOSE CHANNEL

  bench.terminal.channel_status(0x41);
  bench.script.finished = false;
  bench.terminal.channel_status(0x81);
  CHECK(bench.state() == ChannelState::kEstablished);
  CHECK(bench.terminal.fetch().empty());
}

TEST_CASE("octets that were fetched for one connection do not reach the next") {
  Bench bench;
  bench.connect();
  bench.terminal.data_available(1, 5);
  REQUIRE(bench.terminal.fetch() == "D00C810301420082028121B70105");
  bench.terminal.channel_status(0x41);
  bench.terminal.channel_status(0x81);
  REQUIRE(bench.script.accepted == 2);
  bench.terminal.respond("00", data_response("GET /", 0));
  CHECK(bench.script.received.empty());
  bench.terminal.data_available(1, 3);
  CHECK(bench.terminal.fetch() == "D00C810301420082028121B70103");
}

TEST_CASE("a terminal whose answer cannot be understood is asked what became of the channel") {
  Bench bench;
  bench.connect();
  bench.terminal.data_available(1, 5);
  bench.terminal.fetch();
  CHECK(bench.terminal.terminal_response("8103024200 82028281 830100"_x) == 0x6A80);
  CHECK(bench.terminal.fetch().empty());  // a better answer may still come
  bench.polls(1);
  CHECK(bench.script.ends == std::vector{StreamEnd::kLinkDropped});
  CHECK(bench.terminal.fetch() == "D009810301440082028182");
  bench.terminal.respond("00", "B8024100");
  CHECK(bench.state() == ChannelState::kListen);
}

TEST_CASE("OPEN CHANNEL and the event list are sent again to one who answered them wrong") {
  Bench bench;
  bench.terminal.terminal_profile(server_mode_profile());
  REQUIRE(bench.terminal.fetch() == "D00D8103010500820281829902090A");
  CHECK(bench.terminal.terminal_response("8103020500 82028281 830100"_x) == 0x6A80);
  bench.polls(2);
  REQUIRE(bench.terminal.fetch() == "D00D8103010500820281829902090A");
  bench.terminal.respond();
  REQUIRE(bench.terminal.fetch() == Bench::kOpen);
  CHECK(bench.terminal.terminal_response("81"_x) == 0x6F00);
  bench.polls(4);
  CHECK(bench.terminal.fetch() == Bench::kOpen);
}

TEST_CASE("a terminal is asked for no event that it cannot report") {
  Bench bench;
  auto profile = server_mode_profile();
  profile[5] = 0x04;  // data available only
  bench.terminal.terminal_profile(profile);
  CHECK(bench.terminal.fetch() ==
        "D00C81030105008202818299"
        "0109");
  bench.terminal.respond();
  CHECK(bench.terminal.fetch().empty());
  profile[5] = 0x00;
  bench.terminal.terminal_profile(profile);
  CHECK(bench.terminal.fetch().empty());
}

TEST_CASE("the first channel of each port comes before the second of any") {
  Bench bench(3);
  REQUIRE(bench.server.listen(4116, 2, bench));
  std::vector<uint16_t> ports;
  for (const auto& channel : bench.server.channels()) ports.push_back(channel->port());
  CHECK(ports == std::vector<uint16_t>{3516, 4116, 3516, 4116, 3516});
  CHECK_FALSE(bench.server.listen(80, 3, bench));  // seven are all there can be
}

namespace {

// A bench whose connections may be idle for ten seconds.
struct IdleBench : Bench {
  explicit IdleBench(bool timers = true, uint8_t connections = 1) : Bench(connections) {
    toolkit.add(ticker);
    server.end_idle_connections(ticker, 10);
    auto profile = server_mode_profile();
    if (timers) profile[7] = 0x01;  // TIMER MANAGEMENT
    terminal.terminal_profile(profile);
    terminal.fetch();
    terminal.respond();
    for (uint8_t i = 1; i <= connections; ++i) {
      REQUIRE(terminal.fetch() == kOpen);
      terminal.respond("00", "B8024" + std::to_string(i) + "00 B9020578");
    }
    terminal.channel_status(0x81);
    REQUIRE(state() == ChannelState::kEstablished);
  }

  // The timer expires, once it has been started anew.
  void expire() {
    REQUIRE(terminal.fetch() == "D011810301270082028182A40101A503000050");
    terminal.respond();
    REQUIRE(terminal.envelope("D70C 82028281 A40101 A503000050") == 0x9000);
  }

  cat::Ticker ticker{toolkit, housekeeping, 5};
};

}  // namespace

TEST_CASE("while no place is left, one that stands still gives its own back in time") {
  IdleBench bench;
  bench.script.between_requests = true;
  bench.expire();
  CHECK_FALSE(bench.script.finished);
  bench.expire();
  CHECK(bench.script.finished);
}

TEST_CASE("who takes the last place makes one that stands still give its own back") {
  IdleBench bench(true, 2);
  bench.script.between_requests = true;
  SECTION("after two ticks, between two requests") {
    bench.expire();
    bench.expire();
    bench.terminal.channel_status(0x82);
    CHECK(bench.script.finished);
  }
  SECTION("not after one: its next request may be on its way") {
    bench.expire();
    bench.terminal.channel_status(0x82);
    CHECK_FALSE(bench.script.finished);
  }
  SECTION("not in the middle of a request") {
    bench.script.between_requests = false;
    bench.expire();
    bench.expire();
    bench.terminal.channel_status(0x82);
    CHECK_FALSE(bench.script.finished);
  }
  SECTION("nor with octets that wait to be fetched") {
    bench.expire();
    bench.expire();
    bench.script.window = 0;
    bench.terminal.data_available(1, 5);
    bench.terminal.channel_status(0x82);
    CHECK_FALSE(bench.script.finished);
  }
}

TEST_CASE("a connection on which nothing moves is ended by a timer of the terminal") {
  IdleBench bench;
  bench.script.last_word = "408";
  bench.expire();
  bench.expire();
  CHECK(bench.script.idles == 0);
  bench.expire();
  CHECK(bench.script.idles == 1);
  CHECK(bench.terminal.fetch() == "D00E810301430182028121B603343038");
  bench.terminal.respond("00", "B701FF");
  CHECK(bench.terminal.fetch() == "D009810301410182028121");
  bench.terminal.respond();
  CHECK(bench.state() == ChannelState::kListen);
  // The timer that still runs expires once more, and is not needed again.
  bench.terminal.fetch();
  bench.terminal.respond();
  bench.terminal.envelope("D70C 82028281 A40101 A503000050");
  CHECK(bench.terminal.fetch().empty());
}

TEST_CASE("octets that move keep a connection alive") {
  IdleBench bench;
  for (int i = 0; i < 10; ++i) {
    bench.expire();
    bench.terminal.data_available(1, 1);
    std::string next = bench.terminal.fetch();
    if (next.find("2700") != std::string::npos) {  // the timer may come first
      bench.terminal.respond();
      REQUIRE(bench.terminal.envelope("D70C 82028281 A40101 A503000050") == 0x9000);
      next = bench.terminal.fetch();
    }
    REQUIRE(next == "D00C810301420082028121B70101");
    bench.terminal.respond("00", data_response("x", 0));
  }
  CHECK(bench.script.idles == 0);
}

TEST_CASE("an answer that nobody reads does not hold the channel for ever") {
  IdleBench bench;
  bench.script.to_send = "never read";
  bench.script.stream->wake();
  int attempts = 0;
  std::string last;
  for (int ticks = 0; ticks < 4; ++ticks) {
    while (!(last = bench.terminal.fetch()).empty()) {
      const bool sends = last.find("0143018202") != std::string::npos;
      attempts += sends;
      bench.terminal.respond(sends ? "2000" : "00");  // no room in the terminal
    }
    bench.terminal.envelope("D70C 82028281 A40101 A503000050");
  }
  CHECK(attempts == 3);  // once more at each tick
  CHECK(bench.script.ends == std::vector{StreamEnd::kLinkDropped});
  CHECK(bench.state() == ChannelState::kListen);
}

TEST_CASE("a terminal without timers is counted by its polling") {
  IdleBench bench(false);
  CHECK(bench.terminal.fetch().empty());
  bench.polls(1);  // thirty seconds, as nobody has asked for less
  CHECK(bench.script.idles == 1);
}

TEST_CASE("a terminal that refuses its timer is counted by its polling") {
  IdleBench bench;
  REQUIRE(bench.terminal.fetch().starts_with("D011810301270082028182"));
  bench.terminal.respond("30");
  bench.polls(1);
  CHECK(bench.script.idles == 1);
}

TEST_CASE("a timer expiration without its timer is refused") {
  IdleBench bench;
  CHECK(bench.terminal.envelope("D704 82028281") == 0x6F00);
  CHECK(bench.terminal.envelope("D708 82028281 A4020101") == 0x6F00);
}
