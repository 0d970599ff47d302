// The terminal's proactive sessions: FETCH, TERMINAL RESPONSE, STATUS, REFRESH.
#include <catch2/catch.hpp>

#include "card/base/hex.h"
#include "tests/unit/terminal_fixture.h"

using namespace scwsim;
using namespace scwsim::tests;
using namespace scwsim::terminal;

TEST_CASE("whatever FETCH gives is answered") {
  struct Row {
    const char* d0;
    const char* response;
  };
  const Row rows[] = {
      {"D009 8103010200 82028182", "8103010200 82028281 830100"},
      {"D009 0103010200 02028182", "0103010200 82028281 830100"},           // its own flag
      {"D009 8103057F00 82028182", "8103057F00 82028281 830131"},           // unknown type
      {"D009 8103013400 82028182", "8103013400 82028281 830131"},           // RUN AT COMMAND
      {"D005 8103010200", "8103010200 82028281 830136"},                    // no devices
      {"D000", "8103000000 82028281 830136"},                               // nothing at all
      {"D109 8103010200 82028182", "8103000000 82028281 830132"},           // not D0
      {"D00B 8103010200 82028182", "8103010200 82028281 830132"},           // cut short
      {"D009 8103010300 82028182", "8103010300 82028281 830136"},           // no duration
      {"D00D 8103010300 82028182 84020100", "8103010300 82028281 830132"},  // zero
      {"D00D 8103010300 82028182 84020201", "8103010300 82028281 830100 84020101"},
      {"D00D 8103010300 82028182 84020001", "8103010300 82028281 830100 84020001"},
      {"D009 8103011000 82028183", "8103011000 82028281 83022004"},  // no service
      {"D010 8103012300 82028182 8D0104 91020206", "8103012300 82028281 830100 8D03043132"},
      {"D010 8103012308 82028182 8D0104 91020806",
       "8103012308 82028281 830100 8D0800 31D98C56B3DD70"},
      {"D00D 8103012303 82028182 9102020 6", "8103012303 82028281 830100 8D0508 00310032"},
      {"D00C 8103012204 82028182 8D0104", "8103012204 82028281 830100 8D020401"},
      {"D009 8103012700 82028182", "8103012700 82028281 830136"},
      {"D00C 8103012702 82028182 A40101", "8103012702 82028281 830124 A40101"},
      {"D00C 8103012702 82028182 A40109", "8103012702 82028281 830132"},
      {"D00D 8103010100 82028182 92020 100", "8103010100 82028281 830100"},
  };
  for (const Row& row : rows) {
    INFO(row.d0);
    Phone phone;
    phone.card.say(*from_hex(row.d0));
    phone.terminal.start();
    phone.run_until([&] { return phone.terminal.ready() && phone.card.responses.size() == 1; });
    CHECK(to_hex(phone.card.responses[0]) == to_hex(*from_hex(row.response)));
  }
}

TEST_CASE("proactive commands follow each other in one session, before anything else") {
  Phone phone;
  for (int n = 0; n < 100; ++n) phone.card.say(proactive(0x02, 0, 0x82));
  phone.terminal.start();
  phone.run_until([&] { return phone.terminal.ready(); });
  CHECK(phone.card.responses.size() == 100);
  CHECK(phone.terminal.statistics().proactive_commands == 100);
}

TEST_CASE("the terminal polls at the interval that the card asked for") {
  Phone phone({.poll_interval = std::chrono::milliseconds(1)});
  phone.terminal.start();
  const unsigned first = phone.card.statuses;
  phone.run_until([&] { return phone.card.statuses > first + 3; });
  CHECK(to_hex(phone.card.commands.back()) == "80F2000C");

  phone.tell(proactive(0x04, 0, 0x82));  // POLLING OFF
  const unsigned off = phone.card.statuses;
  phone.settle();
  CHECK(phone.card.statuses == off);
}

TEST_CASE("POLL INTERVAL turns polling on again") {
  Phone phone;
  phone.terminal.start();
  phone.tell(proactive(0x04, 0, 0x82));
  phone.tell(proactive(0x03, 0, 0x82, "84020101"_x));
  const unsigned before = phone.card.statuses;
  phone.run_until([&] { return phone.card.statuses > before; });
}

TEST_CASE("REFRESH with UICC reset resets the card and has no response") {
  Phone phone;
  phone.listen();
  Application application = phone.connect();
  application.send("x");
  phone.run_until([&] { return phone.state(1) == ChannelState::kEstablished; });

  phone.card.say(proactive(0x01, 0x04, 0x82));
  phone.terminal.poll_soon();
  phone.run_until([&] { return phone.readies == 2; });
  CHECK(phone.card.resets == 1);
  CHECK(phone.card.responses.empty());
  CHECK(phone.card.profile.size() == 18);
  CHECK(phone.state(1) == ChannelState::kFree);
  CHECK(phone.terminal.gateway().host_port(kCardPort) == 0);
  phone.run_until([&] { return application.finished() || application.broken(); });
}

TEST_CASE("REFRESH with initialisation reads the files again, without a new profile") {
  Phone phone;
  phone.terminal.start();
  phone.card.profile.clear();
  phone.card.commands.clear();
  phone.card.override_response = [](Bytes command) -> std::optional<Octets> {
    if (equal(command, "80F2000C"_x)) return "910B"_x;
    if (equal(command, "801200000B"_x)) return "D009 8103010103 82028182 9000"_x;
    return std::nullopt;
  };
  phone.terminal.poll_soon();
  phone.run_until([&] { return phone.card.statuses == 2; });
  CHECK(to_hex(phone.card.responses.at(0)) == "810301010382028281830100");
  CHECK(phone.card.profile.empty());
  CHECK(std::ranges::find(phone.card.commands, "00A40004022FE2"_x) != phone.card.commands.end());
  CHECK(phone.terminal.card().iccid() == "89012345678901234567");
}

TEST_CASE("a FETCH that is refused ends the session quietly") {
  Phone phone;
  phone.card.override_response = [](Bytes command) -> std::optional<Octets> {
    if (command[1] == 0x12) return "6F00"_x;
    if (command[1] == 0x10) return "9120"_x;
    return std::nullopt;
  };
  phone.terminal.start();
  CHECK(phone.readies == 1);
  CHECK(phone.terminal.statistics().refused == 1);
}

TEST_CASE("canned results come as often as asked, then the command is carried out") {
  Policy policy;
  policy.canned = {
      {.type = cat::CommandType::kMoreTime, .result = 0x20, .additional = 0x01, .times = 2}};
  Phone phone(policy);
  phone.terminal.start();
  CHECK(result_of(phone.tell(proactive(0x02, 0, 0x82))) == "2001"_x);
  CHECK(result_of(phone.tell(proactive(0x02, 0, 0x82))) == "2001"_x);
  CHECK(result_of(phone.tell(proactive(0x02, 0, 0x82))) == "00"_x);
}

TEST_CASE("a bad terminal leaves objects out and mistakes numbers") {
  Policy policy;
  policy.omitted_object = 0x03;
  policy.wrong_numbers = 1;
  Phone phone(policy);
  phone.terminal.start();
  CHECK(to_hex(phone.tell(proactive(0x02, 0, 0x82))) == "8103FE020082028281");
  CHECK(to_hex(phone.tell(proactive(0x02, 0, 0x82))) == "810301020082028281");
}

TEST_CASE("timers expire and say so; a reset stops them") {
  Phone phone;
  phone.terminal.start();
  CHECK(object_of(phone.tell(proactive(0x27, 0x00, 0x82, "A40108 A503000010"_x)), 0x24) == "08"_x);
  const Octets read = phone.tell(proactive(0x27, 0x02, 0x82, "A40108"_x));
  CHECK(object_of(read, 0x25) == "000010"_x);
  phone.run_until([&] { return phone.card.envelopes.size() == 1; });
  CHECK(to_hex(phone.card.envelopes[0]) == "D70C82028281A40108A503000010");
  CHECK(result_of(phone.tell(proactive(0x27, 0x01, 0x82, "A40108"_x))) == "24"_x);
}

TEST_CASE("an envelope that meets a busy toolkit is brought again") {
  Phone phone;
  phone.listen();
  unsigned refusals = 2;
  phone.card.override_response = [&](Bytes command) -> std::optional<Octets> {
    if (command[1] != 0xC2 || refusals == 0) return std::nullopt;
    --refusals;
    return "9300"_x;
  };
  Application application = phone.connect();
  application.send("x");
  phone.run_until([&] { return refusals < 2; });
  phone.terminal.poll_soon();
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  CHECK(to_hex(phone.card.envelopes[0]) == "D60B99010A82028281B8028100");
  CHECK(to_hex(phone.card.envelopes[1]) == "D60E99010982028281B8028100B70101");
}

TEST_CASE("a link that answers later is waited for") {
  // Passes every order on when the test says so.
  class LateLink final : public links::CardLink {
   public:
    explicit LateLink(ScriptedCard& card) : card_(card) {}
    void power_on() override { pending_ = Order::kPowerOn; }
    void reset() override { pending_ = Order::kReset; }
    void power_off() override { pending_ = Order::kNone; }
    void transmit(Bytes command) override {
      CHECK(pending_ == Order::kNone);  // one at a time
      pending_ = Order::kTransmit;
      command_ = command;
    }
    bool deliver() {
      switch (std::exchange(pending_, Order::kNone)) {
        case Order::kNone: return false;
        case Order::kPowerOn: receiver().on_atr(card_.power_on()); break;
        case Order::kReset: receiver().on_atr(card_.reset()); break;
        case Order::kTransmit: receiver().on_response(card_.transmit(command_)); break;
      }
      return true;
    }

   private:
    enum class Order { kNone, kPowerOn, kReset, kTransmit };
    ScriptedCard& card_;
    Order pending_ = Order::kNone;
    Bytes command_;
  };

  boost::asio::io_context io;
  ScriptedCard card;
  LateLink link(card);
  bool ready = false;
  Terminal terminal(io, link, {.profile = "FF"_x, .ports = {}, .policy = {}},
                    {.on_ready = [&] { ready = true; }});
  card.say(proactive(0x02, 0, 0x82));
  card.say(proactive(0x01, 0x04, 0x82));
  terminal.start();
  while (link.deliver()) io.poll();
  CHECK(ready);
  CHECK(card.resets == 1);
  CHECK(card.responses.size() == 1);
  terminal.stop();
  CHECK_FALSE(link.deliver());
}
