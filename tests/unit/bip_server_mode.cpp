// BIP in UICC server mode against a scripted terminal: the conversation of the
// standard, byte for byte, and every way in which a terminal may fail.
#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/bip_fixture.h"

using namespace scwsim;
using namespace scwsim::bip;
using namespace scwsim::tests;

TEST_CASE("one request over one channel, byte for byte") {
  Bench bench;
  bench.connect();
  CHECK(bench.terminal.fetch().empty());  // nothing to say before data come
  bench.terminal.data_available(1, 5);
  CHECK(bench.terminal.fetch() == "D00C810301420082028121B70105");
  bench.script.to_send = "HTTP/1";
  bench.terminal.respond("00", data_response("GET /", 0));
  CHECK(bench.script.received == "GET /");
  CHECK(bench.terminal.fetch() == "D011810301430182028121B606485454502F31");
  bench.script.finished = true;
  bench.terminal.respond("00", "B701FF");
  CHECK(bench.terminal.fetch() == "D009810301410182028121");
  bench.terminal.respond();
  CHECK(bench.state() == ChannelState::kListen);
  CHECK(bench.script.ends == std::vector{StreamEnd::kFinished});
  CHECK(bench.terminal.fetch().empty());
}

TEST_CASE("without the bits for server mode the card stays silent") {
  Bench bench;
  auto profile = server_mode_profile();
  profile[16] = 0x43;  // what published terminals announce
  bench.terminal.terminal_profile(profile);
  CHECK(bench.terminal.fetch() == "D00D8103010500820281829902090A");
  bench.terminal.respond();
  CHECK(bench.terminal.fetch().empty());
  bench.polls(100);
  CHECK(bench.terminal.fetch().empty());
}

TEST_CASE("one channel of the terminal stays free, unless it has only one") {
  for (const auto& [offered, wanted, opened] :
       {std::tuple{7U, 4, 4}, std::tuple{4U, 4, 3}, std::tuple{2U, 4, 1}, std::tuple{1U, 4, 1}}) {
    Bench bench(static_cast<uint8_t>(wanted));
    bench.terminal.terminal_profile(server_mode_profile(offered));
    bench.terminal.fetch();
    bench.terminal.respond();
    int opens = 0;
    while (bench.terminal.fetch() == Bench::kOpen) {
      ++opens;
      const std::array<uint8_t, 1> status{static_cast<uint8_t>(0x40 + opens)};
      bench.terminal.respond("00", "B802" + to_hex(status) + "00 B9020578");
    }
    CAPTURE(offered);
    CHECK(opens == opened);
  }
}

TEST_CASE("two channels on one port carry two connections, in turn") {
  Bench bench(2);
  bench.start();
  CHECK(bench.terminal.fetch() == Bench::kOpen);
  bench.terminal.respond("00", "B8024200 B9020578");
  bench.terminal.channel_status(0x81);
  CHECK_FALSE(bench.script.last_free);
  bench.terminal.channel_status(0x82);
  CHECK(bench.script.last_free);
  CHECK(bench.script.accepted == 2);
  bench.terminal.data_available(1, 0xFF);
  bench.terminal.data_available(2, 0xFF);
  std::string channels;
  for (int i = 0; i < 6; ++i) {
    channels += bench.terminal.fetch().substr(21, 1);  // destination 2n
    bench.terminal.respond("00", data_response("x", 0xFF));
  }
  CHECK((channels == "121212" || channels == "212121"));
}

TEST_CASE("RECEIVE DATA: as much as the profile allows, until nothing is left") {
  Bench bench(1, Sizes{.receive = 100});
  bench.connect();
  bench.terminal.data_available(1, 0xFF);
  CHECK(bench.terminal.fetch().ends_with("B70164"));
  bench.terminal.respond("00", data_response(std::string(100, 'a'), 0xFF));
  CHECK(bench.terminal.fetch().ends_with("B70164"));
  bench.terminal.respond("00", data_response(std::string(100, 'b'), 30));
  CHECK(bench.terminal.fetch().ends_with("B7011E"));
  bench.terminal.respond("02", data_response("cc", 0));  // fewer than asked: what there is
  CHECK(bench.terminal.fetch().empty());
  CHECK(bench.script.received == std::string(100, 'a') + std::string(100, 'b') + "cc");
}

TEST_CASE("RECEIVE DATA that brings more than a later event told of leaves nothing to ask for") {
  Bench bench;
  bench.connect();
  bench.terminal.data_available(1, 10);
  CHECK(bench.terminal.fetch().ends_with("B7010A"));
  bench.terminal.data_available(1, 5);
  bench.terminal.respond("00", "B60A" + to_hex(as_bytes("0123456789")));  // without what is left
  CHECK(bench.terminal.fetch().empty());
  CHECK(bench.script.received == "0123456789");
}

TEST_CASE("a handler without room holds the sender back until it wakes the channel") {
  Bench bench;
  bench.connect();
  bench.script.window = 0;
  bench.terminal.data_available(1, 9);
  CHECK(bench.terminal.fetch().empty());
  bench.script.window = 4;
  bench.script.stream->wake();
  CHECK(bench.terminal.fetch().ends_with("B70104"));
}

TEST_CASE("SEND DATA: stored while more is to come and fits, the last one immediate") {
  Bench bench(1, Sizes{.buffer = 600, .send = 200});
  bench.terminal.terminal_profile(server_mode_profile());
  bench.terminal.fetch();
  bench.terminal.respond();
  bench.terminal.fetch();
  bench.terminal.respond("00", "B8024100 B9020258");
  bench.terminal.channel_status(0x81);
  bench.script.to_send = std::string(650, 'x');
  bench.script.stream->wake();
  const auto qualifier = [&] {
    const std::string command = bench.terminal.fetch();
    return command.substr(command.starts_with("D081") ? 14 : 12, 2);
  };
  CHECK(qualifier() == "00");
  bench.terminal.respond("00", "B701FF");
  CHECK(qualifier() == "00");
  bench.terminal.respond("00", "B701C8");  // room for 200 more
  CHECK(qualifier() == "01");              // which fill the buffer: send
  bench.terminal.respond("00", "B701FF");
  CHECK(qualifier() == "01");  // the last 50
  bench.terminal.respond("00", "B701FF");
  CHECK(bench.terminal.fetch().empty());
}

TEST_CASE("a full buffer of the terminal is waited for; not an octet is lost or doubled") {
  Bench bench(1, Sizes{.send = 10});
  bench.connect();
  bench.script.to_send = "0123456789ABCDEFGHIJKLMNOP";
  bench.script.stream->wake();
  CHECK(bench.terminal.fetch().ends_with("B60A" + to_hex(as_bytes("0123456789"))));
  bench.terminal.respond("00", "B70104");
  CHECK(bench.terminal.fetch().ends_with("B604" + to_hex(as_bytes("ABCD"))));
  bench.terminal.respond("00", "B70100");
  CHECK(bench.terminal.fetch().empty());
  bench.terminal.status();
  CHECK(bench.terminal.fetch().ends_with("B60A" + to_hex(as_bytes("EFGHIJKLMN"))));
  bench.terminal.respond("20 00");  // temporary: the same again at the next opportunity
  CHECK(bench.terminal.fetch().empty());
  bench.terminal.status();
  CHECK(bench.terminal.fetch().ends_with("B60A" + to_hex(as_bytes("EFGHIJKLMN"))));
  bench.terminal.respond("00", "B701FF");
  CHECK(bench.terminal.fetch().ends_with("B602" + to_hex(as_bytes("OP"))));
}

TEST_CASE("a terminal that cannot read long lengths gets short pieces, of the same octets") {
  Bench bench;
  bench.connect();
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>('a' + i % 26);
  bench.script.to_send = text;
  bench.script.stream->wake();
  CHECK(bench.terminal.fetch().size() == 2 * 256);
  bench.terminal.respond("36");
  std::string sent;
  while (true) {
    const std::string command = bench.terminal.fetch();
    if (command.empty()) break;
    const auto octets = *from_hex(command);
    REQUIRE(octets[1] < 0x80);
    sent += as_text(Bytes(octets).subspan(13));
    bench.terminal.respond("00", "B701FF");
  }
  CHECK(sent == text);
}

TEST_CASE("OPEN CHANNEL: a smaller buffer is taken over, or asked for again") {
  Bench bench;
  bench.terminal.terminal_profile(server_mode_profile());
  bench.terminal.fetch();
  bench.terminal.respond();
  CHECK(bench.terminal.fetch() == Bench::kOpen);
  bench.terminal.respond("3A 04", "B9020200");
  CHECK(bench.terminal.fetch() == "D012810301400082028182390202003C03030DBC");
  bench.terminal.respond("07", "B8024100 B9020100");
  CHECK(bench.state() == ChannelState::kListen);
  CHECK(bench.server.channels()[0]->buffer_size() == 0x100);
}

TEST_CASE("OPEN CHANNEL fails: later again, or never, as the result says") {
  struct Row {
    const char* result;
    bool again;
  };
  for (const Row& row :
       {Row{"3A 10", true}, Row{"3A 01", true}, Row{"3A 00", true}, Row{"20 02", true},
        Row{"21 00", true}, Row{"3A 06", false}, Row{"22", false}, Row{"30", false},
        Row{"31", false}, Row{"32", false}, Row{"3A", true}}) {
    Bench bench;
    bench.terminal.terminal_profile(server_mode_profile());
    bench.terminal.fetch();
    bench.terminal.respond();
    bench.terminal.fetch();
    bench.terminal.respond(row.result);
    CAPTURE(row.result);
    CHECK(bench.terminal.fetch().empty());  // never at once
    bench.polls(2);
    CHECK((bench.terminal.fetch() == Bench::kOpen) == row.again);
  }
}

TEST_CASE("OPEN CHANNEL is not repeated for ever, and less and less often") {
  Bench bench;
  bench.terminal.terminal_profile(server_mode_profile());
  bench.terminal.fetch();
  bench.terminal.respond();
  int attempts = 0;
  int polls = 0;
  for (; polls < 10000; ++polls) {
    if (!bench.terminal.fetch().empty()) {
      ++attempts;
      bench.terminal.respond("3A 10");
    }
    bench.terminal.status();
  }
  CHECK(attempts == 64);
  // A new session starts over.
  bench.terminal.terminal_profile(server_mode_profile());
  CHECK_FALSE(bench.terminal.fetch().empty());
}

TEST_CASE("events in any order: data before the connection, twice, for nobody") {
  SECTION("data available before channel status") {
    Bench bench;
    bench.start();
    bench.terminal.data_available(1, 3);
    CHECK(bench.script.accepted == 1);
    bench.terminal.channel_status(0x81);
    CHECK(bench.script.accepted == 1);
    CHECK(bench.terminal.fetch().ends_with("B70103"));
  }
  SECTION("for channels that are not ours") {
    Bench bench;
    bench.start();
    CHECK(bench.terminal.channel_status(0x83) == 0x9000);
    CHECK(bench.terminal.data_available(5, 3) == 0x9000);
    CHECK(bench.terminal.channel_status(0x00) == 0x9000);
    CHECK(bench.script.accepted == 0);
    CHECK(bench.server.counters().ignored_events == 3);
    CHECK(bench.terminal.fetch().empty());
  }
  SECTION("LISTEN when it listens already") {
    Bench bench;
    bench.start();
    bench.terminal.channel_status(0x41);
    CHECK(bench.state() == ChannelState::kListen);
    CHECK(bench.terminal.fetch().empty());
  }
}

TEST_CASE("the peer closes: octets left are still fetched, then the channel is free") {
  Bench bench;
  bench.connect();
  bench.terminal.data_available(1, 4);
  bench.terminal.channel_status(0x41);
  CHECK(bench.state() == ChannelState::kDraining);
  CHECK(bench.terminal.fetch().ends_with("B70104"));
  bench.script.to_send = "answer nobody hears";
  bench.terminal.respond("00", data_response("last", 0));
  CHECK(bench.script.received == "last");
  CHECK(bench.state() == ChannelState::kListen);
  CHECK(bench.script.ends == std::vector{StreamEnd::kPeerClosed});
  CHECK(bench.terminal.fetch().empty());
}

TEST_CASE("the link drops at every point of a transfer: the channel comes back") {
  enum class At { kIdle, kReceiving, kSending, kClosing };
  for (const At at : {At::kIdle, At::kReceiving, At::kSending, At::kClosing}) {
    for (const unsigned octet2 : {0x00U, 0x05U}) {
      Bench bench;
      bench.connect();
      if (at == At::kReceiving) bench.terminal.data_available(1, 9);
      if (at == At::kSending) bench.script.to_send = "abc";
      if (at == At::kClosing) bench.script.finished = true;
      bench.script.stream->wake();
      const bool outstanding = !bench.terminal.fetch().empty();
      bench.terminal.channel_status(0x01, octet2);  // closed, or link dropped
      CHECK(bench.script.ends.size() == 1);
      if (outstanding) bench.terminal.respond("3A 02");
      bench.script.to_send.clear();
      bench.script.finished = false;
      // The identifier is given back, and after a while the channel reopened.
      if (bench.state() == ChannelState::kReleasing) {
        CHECK(bench.terminal.fetch() == "D009810301410082028121");
        bench.terminal.respond("3A 03");
      }
      CHECK(bench.state() == ChannelState::kWaiting);
      bench.polls(2);
      CHECK(bench.terminal.fetch() == Bench::kOpen);
    }
  }
}

TEST_CASE("a transfer that fails ends the connection, and the card asks where the channel is") {
  for (const char* result : {"3A 02", "3A 00", "30", "12"}) {
    for (const bool sending : {false, true}) {
      Bench bench;
      bench.connect();
      if (sending) {
        bench.script.to_send = "abc";
        bench.script.stream->wake();
      } else {
        bench.terminal.data_available(1, 3);
      }
      REQUIRE_FALSE(bench.terminal.fetch().empty());
      bench.terminal.respond(result);
      CAPTURE(result, sending);
      REQUIRE(bench.script.ends == std::vector{StreamEnd::kLinkDropped});
      CHECK(bench.terminal.fetch() == "D009810301440082028182");
      bench.terminal.respond("00", "B8024200 B8024100");
      CHECK(bench.state() == ChannelState::kListen);
    }
  }
}

TEST_CASE("GET CHANNEL STATUS tells of a connection nobody answers: it is closed") {
  Bench bench;
  bench.connect();
  bench.terminal.data_available(1, 3);
  bench.terminal.fetch();
  bench.terminal.respond("3A 02");
  bench.terminal.fetch();
  bench.terminal.respond("00", "B8028100");
  CHECK(bench.terminal.fetch() == "D009810301410182028121");
  bench.terminal.respond();
  CHECK(bench.state() == ChannelState::kListen);
  CHECK(bench.script.accepted == 1);
}

TEST_CASE("a terminal without GET CHANNEL STATUS: the channel is freed and opened anew") {
  Bench bench;
  bench.start();
  auto profile = server_mode_profile();
  profile[11] = 0x0F;
  bench.terminal.terminal_profile(profile);
  bench.terminal.fetch();
  bench.terminal.respond();
  bench.terminal.fetch();
  bench.terminal.respond("00", "B8024100 B9020578");
  bench.terminal.data_available(1, 3);
  bench.terminal.fetch();
  bench.terminal.respond("3A 02");
  CHECK(bench.terminal.fetch() == "D009810301410082028121");
  bench.terminal.respond();
  bench.polls(1);
  CHECK(bench.terminal.fetch() == Bench::kOpen);
}

TEST_CASE("an unknown channel identifier (3A 03) means the channel is gone") {
  Bench bench;
  bench.connect();
  bench.terminal.data_available(1, 3);
  bench.terminal.fetch();
  bench.terminal.respond("3A 03");
  CHECK(bench.state() == ChannelState::kWaiting);
  bench.polls(1);
  CHECK(bench.terminal.fetch() == Bench::kOpen);
}

TEST_CASE("more data than asked for cannot be placed: the connection ends, the card goes on") {
  Bench bench;
  bench.connect();
  bench.terminal.data_available(1, 3);
  bench.terminal.fetch();
  CHECK(bench.terminal.respond("00", data_response("four", 0)) == 0x9000);
  CHECK(bench.script.received.empty());
  CHECK(bench.script.ends.size() == 1);
  CHECK(bench.terminal.fetch() == "D009810301440082028182");
}

TEST_CASE("a terminal that promises data and gives none is not asked in a loop") {
  Bench bench;
  bench.connect();
  bench.terminal.data_available(1, 0xFF);
  bench.terminal.fetch();
  bench.terminal.respond("00", "B701FF");
  CHECK(bench.terminal.fetch().empty());
  bench.terminal.status();
  CHECK_FALSE(bench.terminal.fetch().empty());
}

TEST_CASE("a refused connection is closed, and the channel listens again") {
  Bench bench;
  bench.refuse = true;
  bench.start();
  bench.terminal.channel_status(0x81);
  CHECK(bench.terminal.fetch() == "D009810301410182028121");
  bench.terminal.respond("20 00");  // not just now
  CHECK(bench.terminal.fetch().empty());
  bench.terminal.status();
  CHECK(bench.terminal.fetch() == "D009810301410182028121");
  bench.terminal.respond();
  CHECK(bench.state() == ChannelState::kListen);
}

TEST_CASE("a reset ends every connection and forgets every channel") {
  Bench bench;
  bench.connect();
  bench.toolkit.reset();
  CHECK(bench.script.ends == std::vector{StreamEnd::kLinkDropped});
  CHECK(bench.state() == ChannelState::kOff);
  CHECK(bench.terminal.fetch().empty());
  CHECK(bench.terminal.channel_status(0x81) == 0x9000);
  CHECK(bench.script.accepted == 1);
}

TEST_CASE("an OPEN CHANNEL that succeeds without a channel is no channel") {
  Bench bench;
  bench.terminal.terminal_profile(server_mode_profile());
  bench.terminal.fetch();
  bench.terminal.respond();
  bench.terminal.fetch();
  bench.terminal.respond("00", "B9020578");
  CHECK(bench.state() == ChannelState::kWaiting);
}

TEST_CASE("every row of the channel table is taken, every missing pair ignored") {
  std::set<std::pair<int, int>> seen;
  for (const ChannelRow& row : channel_rows()) {
    CHECK(seen.emplace(int(row.from), int(row.event)).second);
    const auto found = channel_row(row.from, row.event);
    REQUIRE(found);
    CHECK(found->to == row.to);
    CHECK(found->action == row.action);
  }
  size_t missing = 0;
  for (size_t s = 0; s < kChannelStates; ++s) {
    for (size_t e = 0; e < kChannelEvents; ++e) {
      if (!channel_row(ChannelState(s), ChannelEvent(e))) ++missing;
    }
  }
  CHECK(missing + channel_rows().size() == kChannelStates * kChannelEvents);
  // From every state but off itself, the end of a session leads to off.
  for (size_t s = 1; s < kChannelStates; ++s) {
    const auto row = channel_row(ChannelState(s), ChannelEvent::kUnusable);
    REQUIRE(row);
    CHECK(row->to == ChannelState::kOff);
  }
}
