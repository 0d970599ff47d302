// Both ends of the raw card link on real sockets, in one event loop: either side
// listening, ends that go and come again, cards that do not keep to the rules.
#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <optional>

#include "card/base/hex.h"
#include "tests/support/hex_literal.h"
#include "tools/links/card_host.h"
#include "tools/links/tcp_link.h"

using namespace scwsim;
using namespace scwsim::links;
using namespace scwsim::tests;
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

const Endpoint kAnyPort(asio::ip::address_v4::loopback(), 0);
constexpr std::chrono::seconds kPatience{20};

// Answers with the command and 90 00; counts how often it had power.
struct EchoCard {
  std::vector<uint8_t> response{};
  int powered = 0;
  bool on = false;
  Bytes power_on() {
    ++powered;
    on = true;
    return atr;
  }
  Bytes reset() { return atr; }
  void power_off() { on = false; }
  Bytes transmit(Bytes command) {
    response.assign(command.begin(), command.end());
    response.insert(response.end(), {0x90, 0x00});
    return response;
  }
  std::vector<uint8_t> atr = "3B00"_x;
};

struct Heard : CardReceiver {
  std::vector<std::string> all;
  void on_atr(Bytes atr) override { all.push_back("ATR " + to_hex(atr)); }
  void on_response(Bytes response) override { all.push_back(to_hex(response)); }
  void on_lost(std::string_view reason) override { all.push_back("lost " + std::string(reason)); }
  [[nodiscard]] std::string last() const { return all.empty() ? "" : all.back(); }
};

class Loop {
 public:
  asio::io_context io;

  template <typename Condition>
  void until(Condition condition) {
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > give_up) FAIL("it does not come");
      io.restart();
      io.run_one_for(std::chrono::milliseconds(50));
    }
  }
  void until_heard(const Heard& heard, size_t n) {
    until([&] { return heard.all.size() >= n; });
  }
};

// A card, its host, and what the host has said.
struct Card {
  explicit Card(asio::io_context& io)
      : host(io, hosted, [this](const std::string& what) { said.push_back(what); }) {}
  [[nodiscard]] bool has_said(std::string_view what) const {
    return std::ranges::any_of(said, [&](const auto& s) { return s.find(what) != s.npos; });
  }
  EchoCard card;
  Hosted<EchoCard> hosted{card};
  std::vector<std::string> said;
  CardHost host;
};

void ignore(const std::string&) {}

// A plain socket in the place of one end.
asio::ip::tcp::socket connect(asio::io_context& io, const Endpoint& endpoint) {
  asio::ip::tcp::socket socket(io);
  socket.connect(endpoint);
  return socket;
}

void send(asio::ip::tcp::socket& socket, std::string_view hex) {
  const auto octets = from_hex(hex);
  asio::write(socket, asio::buffer(*octets));
}

}  // namespace

TEST_CASE("either side of the link may listen") {
  Loop loop;
  Heard heard;
  TcpLink link(loop.io, ignore);
  link.set_receiver(heard);
  Card card(loop.io);
  error_code error;
  if (GENERATE(true, false)) {
    link.connect_to(card.host.listen(kAnyPort, error));
  } else {
    card.host.connect(link.listen(kAnyPort, error));
  }
  REQUIRE_FALSE(error);
  link.power_on();
  loop.until_heard(heard, 1);
  CHECK(heard.last() == "ATR 3B00");
  link.transmit("00A40000"_x);
  loop.until_heard(heard, 2);
  CHECK(heard.last() == "00A400009000");
  link.reset();
  loop.until_heard(heard, 3);
  CHECK(heard.last() == "ATR 3B00");
  CHECK(card.card.powered == 1);
  link.power_off();
  loop.until([&] { return !card.card.on; });
}

TEST_CASE("a terminal that listens takes one card after the other") {
  Loop loop;
  Heard heard;
  TcpLink link(loop.io, ignore);
  link.set_receiver(heard);
  error_code error;
  const Endpoint place = link.listen(kAnyPort, error);
  auto first = std::make_unique<Card>(loop.io);
  first->host.connect(place);
  link.power_on();
  loop.until_heard(heard, 1);

  Card second(loop.io);
  second.card.atr = "3B0102"_x;
  second.host.connect(place);
  link.transmit("00A40000"_x);
  loop.until_heard(heard, 2);
  CHECK(heard.last() == "00A400009000");
  CHECK(second.card.powered == 0);  // it waits

  first.reset();
  loop.until_heard(heard, 3);
  CHECK(heard.last() == "lost link to " + to_string(place) + ": the other end has closed the link");
  link.power_on();
  loop.until_heard(heard, 4);
  CHECK(heard.last() == "ATR 3B0102");
}

TEST_CASE("a card that is none, or breaks the rules, makes room for the next") {
  Loop loop;
  Heard heard;
  TcpLink link(loop.io, ignore, std::chrono::milliseconds(20));
  link.set_receiver(heard);
  error_code error;
  const Endpoint place = link.listen(kAnyPort, error);
  auto impostor = connect(loop.io, place);
  link.power_on();

  SECTION("it says nothing") {
    loop.until_heard(heard, 1);
    CHECK(heard.last().ends_with("no answer to reset"));
  }
  SECTION("its ATR is empty") {
    send(impostor, "0000");
    loop.until_heard(heard, 1);
    CHECK(heard.last().ends_with("the card is mute"));
  }
  SECTION("it stops in the middle of a frame") {
    send(impostor, "00103B");
    impostor.shutdown(asio::ip::tcp::socket::shutdown_send);
    loop.until_heard(heard, 1);
    CHECK((heard.last().ends_with("in the middle of a frame") ||
           heard.last().ends_with("no answer to reset")));
  }
  SECTION("it answers twice") {
    send(impostor,
         "00023B00"
         "00023B00");
    loop.until_heard(heard, 2);
    CHECK(heard.all[0] == "ATR 3B00");
    CHECK(heard.last().ends_with("the card speaks out of turn"));
  }
  SECTION("its response has no status word") {
    send(impostor, "00023B00");
    loop.until_heard(heard, 1);
    link.transmit("00A40000"_x);
    send(impostor, "000190");
    loop.until_heard(heard, 2);
    CHECK(heard.last().ends_with("the card is mute"));
  }
  const size_t so_far = heard.all.size();
  Card card(loop.io);
  card.host.connect(place);
  link.power_on();
  // The link hears no more of the impostor, whatever it says.
  error_code ignored;
  asio::write(impostor, asio::buffer("9000", 4), ignored);
  loop.until_heard(heard, so_far + 1);
  CHECK(heard.last() == "ATR 3B00");
}

TEST_CASE("what no terminal would send is told once, and harms nobody") {
  Loop loop;
  Card card(loop.io);
  error_code error;
  const Endpoint place = card.host.listen(kAnyPort, error);
  {
    auto terminal = connect(loop.io, place);
    const auto [octets, told] = GENERATE(table<std::string, std::string>({
        {"0000"
         "0000",
         "an empty frame"},
        {"000103", "control 03, which is none"},
        {"000400A40000", "a command for a card without power"},
        {"000101"
         "0106" +
             std::string(2 * 0x106, '0'),
         "a frame of 262 octets"},
        {"000101"
         "FFFF" +
             std::string(2 * 0xFFFF, '0'),
         "a frame of 65535 octets"},
        {"000101"
         "FFFF00",
         "in the middle of a frame"},
        {"00", "in the middle of a frame"},
    }));
    CAPTURE(octets.substr(0, 20));
    send(terminal, octets);
    terminal.shutdown(asio::ip::tcp::socket::shutdown_send);
    loop.until([&] { return card.has_said("link ended"); });
    CHECK(card.has_said(told));
    CHECK(card.said.size() <= 3);  // linked, perhaps the oddity, ended
    CHECK_FALSE(card.card.on);
  }
  Heard heard;
  TcpLink link(loop.io, ignore);
  link.set_receiver(heard);
  link.connect_to(place);
  link.power_on();
  loop.until_heard(heard, 1);
  CHECK(heard.last() == "ATR 3B00");
}

TEST_CASE("frames are answered in order however slowly the other end reads") {
  Loop loop;
  Card card(loop.io);
  error_code error;
  auto terminal = connect(loop.io, card.host.listen(kAnyPort, error));
  terminal.non_blocking(true);
  // More than all the buffers between here and there: commands whose last two
  // octets count, sent as long as they are taken, before an answer is read.
  std::vector<uint8_t> stream;
  append_control(stream, Control::kPowerOn);
  constexpr size_t kCommands = 500;
  constexpr size_t kSize = 60'000;
  for (size_t i = 0; i < kCommands; ++i) {
    std::vector<uint8_t> command(kSize, 0);
    command.back() = static_cast<uint8_t>(i);
    append_frame(stream, command);
  }
  size_t sent = 0;
  FrameReader reader;
  size_t answers = 0;
  const auto send_more = [&] {
    if (sent == stream.size()) return;
    error_code full;
    sent += terminal.write_some(asio::buffer(stream.data() + sent, stream.size() - sent), full);
  };
  // Until the card takes no more: it holds the answers to few of these.
  for (size_t before = 1; before != sent;) {
    before = sent;
    send_more();
    for (int i = 0; i < 100; ++i) loop.io.poll_one();
  }
  CHECK(sent < stream.size());
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (answers < kCommands) {
    REQUIRE(std::chrono::steady_clock::now() < give_up);
    send_more();
    error_code none;
    const auto room = reader.room();
    reader.commit(terminal.read_some(asio::buffer(room.data(), room.size()), none));
    for (Bytes payload; reader.next(payload); ++answers) {
      REQUIRE(payload.size() == kSize + 2);
      REQUIRE(payload[kSize - 1] == static_cast<uint8_t>(answers));
    }
    loop.io.restart();
    loop.io.poll();
  }
}
