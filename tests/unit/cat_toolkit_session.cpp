// The CAT session: one proactive command at a time, and what happens to answers
// that fit none.
#include <catch2/catch.hpp>

#include "card/cat/housekeeping.h"
#include "tests/support/toolkit_driver.h"

using namespace scwsim;
using namespace scwsim::cat;
using namespace scwsim::tests;

namespace {

// Wants one event and has as many MORE TIMEs to send as it is told.
struct TestClient : Client {
  explicit TestClient(Toolkit& t) : toolkit(t) {}
  void on_terminal_profile(const TerminalProfile& /*profile*/) override { ++sessions; }
  bool next_command(ProactiveCommand& command) override {
    if (left == 0) return false;
    --left;
    command.begin(CommandType::kMoreTime, 0, device::kTerminal);
    return true;
  }
  void on_terminal_response(const TerminalResponse& response) override {
    results.push_back(response.general_result);
  }
  void on_unanswered() override { ++unanswered; }
  std::span<const uint8_t> events() const override { return wanted; }
  void on_event_list_accepted() override { accepted = true; }
  void on_event(const EventDownload& download) override { heard.push_back(download.event); }

  void want(int commands) {
    left = commands;
    toolkit.request_turn(*this);
  }

  Toolkit& toolkit;
  std::array<uint8_t, 1> wanted{event::kDataAvailable};
  int left = 0;
  int sessions = 0;
  int unanswered = 0;
  bool accepted = false;
  std::vector<uint8_t> results;
  std::vector<uint8_t> heard;
};

struct Bench {
  explicit Bench(uint8_t poll = 0) : housekeeping(toolkit, poll) {
    toolkit.add(housekeeping);
    toolkit.add(client);
  }
  Toolkit toolkit;
  Housekeeping housekeeping;
  TestClient client{toolkit};
  ToolkitDriver terminal{toolkit};
};

}  // namespace

TEST_CASE("TERMINAL PROFILE starts the session: event list first, then the polling interval") {
  Bench bench(30);
  CHECK(bench.terminal.terminal_profile(server_mode_profile()) == 0x9000);
  CHECK(bench.terminal.fetch() == "D00C810301050082028182990109");
  CHECK_FALSE(bench.client.accepted);
  CHECK(bench.terminal.respond() == 0x9000);
  CHECK(bench.client.accepted);
  CHECK(bench.terminal.fetch() == "D00D81030103008202818284020" + std::string("11E"));
  CHECK(bench.terminal.respond("00", "8402 01 14") == 0x9000);
  CHECK(bench.housekeeping.granted_poll_interval_s() == 20);
  CHECK(bench.terminal.fetch().empty());
}

TEST_CASE("a terminal is asked only for what its profile announces") {
  Bench bench(30);
  bench.terminal.terminal_profile("01"_x);
  CHECK(bench.terminal.fetch().empty());
  CHECK_FALSE(bench.client.accepted);

  auto no_poll = server_mode_profile();
  no_poll[2] = 0;
  bench.terminal.terminal_profile(no_poll);
  CHECK(bench.terminal.fetch() == "D00C810301050082028182990109");
  bench.terminal.respond();
  CHECK(bench.terminal.fetch().empty());
}

TEST_CASE("a temporary problem is met with a later repetition, a permanent one is not") {
  Bench bench;
  bench.terminal.terminal_profile(server_mode_profile());
  CHECK_FALSE(bench.terminal.fetch().empty());
  bench.terminal.respond("20 01");
  CHECK(bench.terminal.fetch().empty());
  bench.terminal.status();  // one poll later
  CHECK(bench.terminal.fetch() == "D00C810301050082028182990109");
  bench.terminal.respond("21 00");
  bench.terminal.status();
  CHECK(bench.terminal.fetch().empty());  // the second time it waits for two
  bench.terminal.status();
  CHECK_FALSE(bench.terminal.fetch().empty());
  bench.terminal.respond("30");
  for (int i = 0; i < 100; ++i) bench.terminal.status();
  CHECK(bench.terminal.fetch().empty());
  CHECK_FALSE(bench.client.accepted);
}

TEST_CASE("every general result reaches the application that asked") {
  for (unsigned result = 0; result <= 0xFF; ++result) {
    Bench bench;
    bench.client.want(1);
    CHECK(bench.terminal.fetch() == "D009810301020082028182");
    const std::array<uint8_t, 1> octet{static_cast<uint8_t>(result)};
    CHECK(bench.terminal.respond(to_hex(octet)) == 0x9000);
    REQUIRE(bench.client.results == std::vector<uint8_t>{static_cast<uint8_t>(result)});
  }
}

TEST_CASE("FETCH: nothing pending, wrong Le, twice") {
  Bench bench;
  std::array<uint8_t, 258> buffer{};
  const auto fetch = [&](size_t le) {
    apdu::Command command;
    command.le = le;
    apdu::Response response(buffer);
    bench.toolkit.fetch(command, response);
    return response.status();
  };
  CHECK(fetch(11) == 0x6985);
  bench.client.want(1);
  CHECK(bench.toolkit.pending() == 11);
  CHECK(fetch(12) == 0x6C0B);
  CHECK(fetch(256) == 0x6C0B);
  CHECK(fetch(11) == 0x9000);
  CHECK(fetch(11) == 0x6985);           // the answer is outstanding now
  CHECK(bench.toolkit.pending() == 0);  // and nothing else is announced before it
}

TEST_CASE("TERMINAL RESPONSE for no command, or for another one, changes nothing") {
  Bench bench;
  const auto more_time = "8103010200 82028281 830100"_x;
  CHECK(bench.terminal.terminal_response(more_time) == 0x6985);
  bench.client.want(1);
  bench.terminal.fetch();
  CHECK(bench.terminal.terminal_response("8103010300 82028281 830100"_x) == 0x6A80);  // type
  CHECK(bench.terminal.terminal_response("8103020200 82028281 830100"_x) == 0x6A80);  // number
  CHECK(bench.client.results.empty());
  CHECK(bench.terminal.terminal_response(more_time) == 0x9000);  // the right one still counts
  CHECK(bench.client.results.size() == 1);
  CHECK(bench.toolkit.counters().refused == 3);
}

TEST_CASE("TERMINAL RESPONSE: objects in any order and with any flags; cut short it is refused") {
  for (const char* digits : {"8103010200 82028281 830100", "0103010200 02028281 030100",
                             "830100 82028281 8103010200", "8103010200 84020114 830100"}) {
    Bench bench;
    bench.client.want(1);
    bench.terminal.fetch();
    CHECK(bench.terminal.terminal_response(*from_hex(digits)) == 0x9000);
  }
  const auto whole = "8103010200 82028281 830100"_x;
  for (size_t n = 0; n < whole.size(); ++n) {
    Bench bench;
    bench.client.want(1);
    bench.terminal.fetch();
    CAPTURE(n);
    CHECK(bench.terminal.terminal_response(Bytes(whole).first(n)) == 0x6F00);
    CHECK(bench.client.results.empty());
  }
}

TEST_CASE("ENVELOPE: events reach those who listed them; malformed ones are refused") {
  Bench bench;
  CHECK(bench.terminal.data_available(1, 0x10) == 0x9000);
  CHECK(bench.terminal.channel_status(0x41) == 0x9000);  // nobody listed it
  CHECK(bench.client.heard == std::vector<uint8_t>{event::kDataAvailable});
  CHECK(bench.terminal.envelope("D30B 82020181 900101 15 00 05 00"_x) == 0x9000);  // menu selection
  for (const char* bad :
       {"", "D6", "D601", "D60E990109", "D003010203", "D60B 99010A 82028281 B80281",
        "D60B 99010A 82028281 B8028100 00", "D607 990109 82028281",
        "D60C 99020909 82028281 B8028100", "D60A 990109 82028281 B80181"}) {
    CAPTURE(bad);
    CHECK(bench.terminal.envelope(std::string_view(bad)) == 0x6F00);
  }
  CHECK(bench.client.heard.size() == 1);
}

TEST_CASE("a second TERMINAL PROFILE forgets what was outstanding") {
  Bench bench;
  bench.client.want(1);
  bench.terminal.fetch();
  bench.terminal.terminal_profile("01"_x);
  CHECK(bench.terminal.terminal_response("8103010200 82028281 830100"_x) == 0x6985);
  bench.client.want(1);
  CHECK(bench.terminal.fetch() == "D009810301020082028182");
}

TEST_CASE("server mode needs every one of its bits, and at least one channel") {
  CHECK(TerminalProfile(server_mode_profile()).supports_server_mode());
  struct Bit {
    size_t octet;
    uint8_t mask;
  };
  for (const Bit bit : {Bit{5, 0x01}, Bit{6, 0x04}, Bit{6, 0x08}, Bit{12, 0x01}, Bit{12, 0x02},
                        Bit{12, 0x04}, Bit{12, 0x08}, Bit{13, 0xE0}, Bit{17, 0x04}}) {
    auto profile = server_mode_profile();
    profile[bit.octet - 1] = static_cast<uint8_t>(profile[bit.octet - 1] & ~bit.mask);
    CAPTURE(bit.octet);
    CHECK_FALSE(TerminalProfile(profile).supports_server_mode());
  }
  auto cut = server_mode_profile();
  cut.resize(16);
  CHECK_FALSE(TerminalProfile(cut).supports_server_mode());
}
