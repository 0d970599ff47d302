// The SCWS Gateway with real sockets: channels, connections, both directions.
#include <algorithm>
#include <catch2/catch.hpp>
#include <list>

#include "card/base/hex.h"
#include "tests/support/shared_vectors.h"
#include "tests/unit/terminal_fixture.h"

using namespace scwsim;
using namespace scwsim::tests;
using namespace scwsim::terminal;

namespace {

constexpr const char* kEstablished1 = "D60B99010A82028281B8028100";
constexpr const char* kListen1 = "D60B99010A82028281B8024100";
constexpr const char* kDropped1 = "D60B99010A82028281B8020105";

std::vector<std::string> envelopes(const Phone& phone) {
  std::vector<std::string> digits;
  for (const Octets& body : phone.card.envelopes) digits.push_back(to_hex(body));
  return digits;
}

std::string text_of(const Octets& response) {
  return std::string(as_text(object_of(response, 0x36)));
}

// A card that fetches whatever comes, keeps it, and answers each octet that ends
// a line with "ok\n".
struct EchoCard {
  explicit EchoCard(Phone& host) : phone(host) {
    phone.card.on_envelope = [this](const Octets& body) {
      const auto list = *TlvList::parse(Bytes(body).subspan(2));
      if (list.find(0x19)->value[0] != 0x09) return;
      fetch(list.find(0x38)->value[0] & 0x07);
    };
    phone.card.on_terminal_response = [this](const Octets& body) {
      const auto list = *TlvList::parse(body);
      if (list.find(0x01)->value[1] != 0x42) return;
      const uint8_t channel = asked_.front();
      asked_.pop_front();
      if (const auto data = list.find(0x36)) {
        text[channel].append(as_text(data->value));
        for (const uint8_t octet : data->value) {
          if (octet == '\n') phone.card.say(send_data(channel, "ok\n"));
        }
      }
      if (const auto left = list.find(0x37); left && left->value[0] > 0) fetch(channel);
    };
  }

  void fetch(unsigned channel) {
    asked_.push_back(static_cast<uint8_t>(channel));
    phone.card.say(receive_data(static_cast<uint8_t>(channel), 0xED));
  }

  Phone& phone;
  std::map<unsigned, std::string> text;
  std::deque<uint8_t> asked_;
};

}  // namespace

TEST_CASE("the published conversation in UICC server mode, octet for octet") {
  const auto vectors = shared_vectors("uicc-derived_uicc_server_scenario.json");
  if (!vectors) return;
  const auto step = [&](size_t n) {
    return *from_hex(vectors->at(n).at("hex").get<std::string>());
  };
  Phone phone;
  phone.card.say(step(0));
  phone.card.say(step(2));
  phone.terminal.start();
  phone.run_until([&] { return phone.card.responses.size() == 2; });
  CHECK(to_hex(phone.card.responses[1]) == to_hex(step(3)));
  CHECK(phone.listening == std::vector<uint16_t>{kCardPort});
  phone.card.responses.clear();

  Application application = phone.connect();
  // The vector's 47 octets: 39 of a request and 8 of zero.
  const Octets request = object_of(step(7), 0x36);
  application.send(as_text(request));
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  CHECK(to_hex(phone.card.envelopes[0]) == to_hex(step(4)));
  CHECK(to_hex(phone.card.envelopes[1]) == to_hex(step(5)));

  CHECK(to_hex(phone.tell(step(6))) == to_hex(step(7)));
  CHECK(to_hex(phone.tell(step(8))) == to_hex(step(9)));
  phone.run_until([&] { return application.received() == "HTTP/1"; });
  CHECK(to_hex(phone.tell(step(10))) == to_hex(step(11)));
  phone.run_until([&] { return application.finished(); });
  CHECK(to_hex(phone.tell(step(13))) == to_hex(step(14)));
  CHECK(to_hex(phone.tell(step(15))) == to_hex(step(16)));
  CHECK(phone.terminal.gateway().host_port(kCardPort) == 0);
}

TEST_CASE("a port that another process has is BIP error 10") {
  boost::asio::io_context io;
  using boost::asio::ip::tcp;
  const bool v6 = GENERATE(false, true);
  tcp::acceptor other(io);
  const tcp::endpoint endpoint = v6 ? tcp::endpoint(boost::asio::ip::address_v6::loopback(), 0)
                                    : tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0);
  boost::system::error_code error;
  other.open(endpoint.protocol(), error);
  if (!error) other.bind(endpoint, error);
  if (error) return;  // no IPv6 here
  other.listen();

  Phone phone({}, {{kCardPort, other.local_endpoint().port()}});
  phone.terminal.start();
  CHECK(to_hex(phone.tell(open_channel())) == "81030140008202828183023A10B9020578");
  CHECK(to_hex(phone.tell(proactive(0x44, 0, 0x82))) == "810301440082028281830100B8020000");
  CHECK(phone.listening.empty());
}

TEST_CASE("OPEN CHANNEL is refused for what the terminal has not, with the right cause") {
  struct Row {
    const char* what;
    Octets objects;
    Octets result;
  };
  const Row rows[] = {
      {"no objects", {}, "36"_x},
      {"no transport level, no bearer", "39020578"_x, "36"_x},
      {"no buffer size", "3C03030DBC"_x, "36"_x},
      {"buffer size of one octet", "390105 3C03030DBC"_x, "32"_x},
      {"transport level of two octets", "39020578 3C02030D"_x, "32"_x},
      {"buffer of nothing", "39020000 3C03030DBC"_x, "3A04"_x},
      {"TCP client", "39020578 3C030201BB"_x, "3A06"_x},
      {"direct channel", "39020578 3C03060000"_x, "3A06"_x},
      {"unknown transport", "39020578 3C03070DBC"_x, "3A06"_x},
      {"packet data without transport", "350103 39020578"_x, "3A06"_x},
      {"port 0", "39020578 3C03030000"_x, "3A10"_x},
  };
  Phone phone;
  phone.terminal.start();
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(result_of(phone.tell(proactive(0x40, 0, 0x82, row.objects))) == row.result);
  }
  CHECK(phone.listening.empty());
}

TEST_CASE("there are as many channels as the terminal has, and no more") {
  Policy policy;
  policy.channels = 2;
  Phone phone(policy);
  phone.listen(2);
  CHECK(result_of(phone.tell(open_channel())) == "3A01"_x);
  CHECK(to_hex(phone.tell(proactive(0x44, 0, 0x82))) == "810301440082028281830100B8024100B8024200");
  CHECK(phone.listening.size() == 1);  // one port for both
  CHECK(result_of(phone.tell(close_channel(1, false))) == "00"_x);
  CHECK(phone.terminal.gateway().host_port(kCardPort) != 0);
  CHECK(object_of(phone.tell(open_channel()), 0x38) == "4100"_x);
}

TEST_CASE("buffers are granted smaller, or refused, as the policy says") {
  Policy policy;
  policy.largest_buffer = 512;
  policy.refuse_large_buffers = GENERATE(false, true);
  Phone phone(policy);
  phone.terminal.start();
  const Octets response = phone.tell(open_channel(1400));
  CHECK(result_of(response) == (policy.refuse_large_buffers ? "3A04"_x : "07"_x));
  CHECK(object_of(response, 0x39) == "0200"_x);
  CHECK(result_of(phone.tell(open_channel(512))) == "00"_x);
}

TEST_CASE("commands for channels that are not there, or not connected") {
  Phone phone;
  phone.listen();
  CHECK(result_of(phone.tell(receive_data(1, 10))) == "3A02"_x);
  CHECK(result_of(phone.tell(send_data(1, "x"))) == "3A02"_x);
  CHECK(result_of(phone.tell(receive_data(2, 10))) == "3A03"_x);
  CHECK(result_of(phone.tell(send_data(7, "x"))) == "3A03"_x);
  CHECK(result_of(phone.tell(close_channel(3, false))) == "3A03"_x);
  CHECK(result_of(phone.tell(proactive(0x43, 1, 0x82, "B60141"_x))) == "3A03"_x);
  CHECK(result_of(phone.tell(proactive(0x42, 0, 0x21))) == "36"_x);
  CHECK(result_of(phone.tell(proactive(0x42, 0, 0x21, "B7020001"_x))) == "32"_x);
  CHECK(result_of(phone.tell(proactive(0x43, 1, 0x21))) == "36"_x);
  CHECK(result_of(phone.tell(close_channel(1, true))) == "00"_x);  // it listens already
  CHECK(phone.state(1) == ChannelState::kListen);
}

TEST_CASE("a connection is told of with its first octet, or when it is accepted") {
  Policy policy;
  policy.attach = GENERATE(Attach::kFirstByte, Attach::kAccept);
  Phone phone(policy);
  phone.listen();
  Application application = phone.connect(GENERATE(false, true));
  phone.run_until([&] { return phone.terminal.gateway().connections() == 1; });
  phone.settle();
  CHECK(phone.card.envelopes.size() == (policy.attach == Attach::kAccept ? 1 : 0));
  application.send("GET");
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  CHECK(envelopes(phone) ==
        std::vector<std::string>{kEstablished1, "D60E99010982028281B8028100B70103"});
}

TEST_CASE("a connection that closes without a word never reaches the card") {
  Phone phone;
  phone.listen();
  for (int n = 0; n < 3; ++n) phone.connect().close();
  phone.run_until([&] { return phone.terminal.gateway().connections() == 3; });
  phone.settle();
  CHECK(phone.card.envelopes.empty());
}

TEST_CASE("RECEIVE DATA gives what there is, and says what is left") {
  Phone phone;
  phone.listen();
  Application application = phone.connect();
  application.send(std::string(300, 'a') + "bcd");
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  CHECK(to_hex(phone.card.envelopes[1]) == "D60E99010982028281B8028100B701FF");

  Octets response = phone.tell(receive_data(1, 40));
  CHECK(result_of(response) == "00"_x);
  CHECK(object_of(response, 0x37) == "FF"_x);  // 263 are 255 or more
  response = phone.tell(receive_data(1, 0xFF));
  CHECK(result_of(response) == "02"_x);  // no response has room for 255
  CHECK(text_of(response).size() == 237);
  CHECK(object_of(response, 0x37) == "1A"_x);
  response = phone.tell(receive_data(1, 0x1A));
  CHECK(result_of(response) == "00"_x);
  CHECK(text_of(response) == std::string(23, 'a') + "bcd");
  CHECK(object_of(response, 0x37) == "00"_x);
  response = phone.tell(receive_data(1, 5));
  CHECK(result_of(response) == "02"_x);
  CHECK(text_of(response).empty());
  CHECK(phone.card.envelopes.size() == 2);

  application.send("e");
  phone.run_until([&] { return phone.card.envelopes.size() == 3; });
}

TEST_CASE("no more comes than the policy allows in one RECEIVE DATA") {
  Policy policy;
  policy.most_received = 1;
  Phone phone(policy);
  phone.listen();
  Application application = phone.connect();
  application.send("xyz");
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  CHECK(text_of(phone.tell(receive_data(1, 3))) == "x");
  CHECK(text_of(phone.tell(receive_data(1, 3))) == "y");
}

TEST_CASE("events that are not in the card's list are not sent") {
  Phone phone;
  phone.terminal.start();
  phone.tell(open_channel());
  Application application = phone.connect();
  application.send("x");
  phone.run_until([&] { return phone.state(1) == ChannelState::kEstablished; });
  phone.settle();
  CHECK(phone.card.envelopes.empty());
  CHECK(text_of(phone.tell(receive_data(1, 1))) == "x");
}

TEST_CASE("SEND DATA stores, or sends all that is stored") {
  Phone phone;
  phone.listen(1, 1000);
  Application application = phone.connect();
  application.send("x");
  phone.run_until([&] { return phone.state(1) == ChannelState::kEstablished; });
  CHECK(object_of(phone.tell(send_data(1, std::string(200, 'a'), false)), 0x37) == "FF"_x);
  for (int n = 0; n < 3; ++n) phone.tell(send_data(1, std::string(200, 'a'), false));
  CHECK(object_of(phone.tell(send_data(1, std::string(100, 'a'), false)), 0x37) == "64"_x);
  phone.settle();
  CHECK(application.received().empty());
  CHECK(object_of(phone.tell(send_data(1, "!", true)), 0x37) == "FF"_x);
  phone.run_until([&] { return application.received().size() == 901; });

  // More than fits: what is stored goes out early.
  for (int n = 0; n < 6; ++n) {
    CHECK(result_of(phone.tell(send_data(1, std::string(200, 'b'), false))) == "00"_x);
  }
  phone.run_until([&] { return application.received().size() >= 1901; });
  CHECK(result_of(phone.tell(close_channel(1, true))) == "00"_x);
  phone.run_until([&] { return application.finished(); });
  CHECK(application.received().size() == 901 + 1200);
}

TEST_CASE("SEND DATA of more than the buffer ever holds is beyond the terminal") {
  Phone phone;
  phone.listen(1, 100);
  Application application = phone.connect();
  application.send("x");
  phone.run_until([&] { return phone.state(1) == ChannelState::kEstablished; });
  CHECK(result_of(phone.tell(send_data(1, std::string(101, 'a')))) == "30"_x);
  CHECK(result_of(phone.tell(send_data(1, std::string(100, 'a')))) == "00"_x);
}

TEST_CASE("an application that does not read holds the card back, and nothing is lost") {
  Phone phone({.poll_interval = std::chrono::hours(1)});
  phone.listen(1, 1000);
  Application application = phone.connect();
  application.send("x");
  phone.run_until([&] { return phone.state(1) == ChannelState::kEstablished; });
  phone.tell(receive_data(1, 1));

  const std::string piece(200, 'p');
  size_t taken = 0;
  Octets result = "00"_x;
  while (result == "00"_x) {
    result = result_of(phone.tell(send_data(1, piece)));
    if (result == "00"_x) taken += piece.size();
    REQUIRE(taken < 100'000'000);
  }
  CHECK(result == "2000"_x);
  const unsigned before = phone.card.statuses;
  // As soon as there is room, the terminal lets the card speak.
  phone.run_until([&] {
    application.received();
    return phone.card.statuses > before;
  });
  CHECK(result_of(phone.tell(send_data(1, piece))) == "00"_x);
  taken += piece.size();
  phone.run_until([&] { return application.received().size() == taken; });
}

TEST_CASE("an application that sends much is held back by a card that does not fetch") {
  Phone phone;
  phone.listen(1, 500);
  Application application = phone.connect();
  application.socket().set_option(boost::asio::socket_base::send_buffer_size(8192));
  std::string sent;
  phone.run_until([&] {
    const std::string piece(5000, static_cast<char>('a' + sent.size() / 5000 % 26));
    const size_t n = application.send_some(piece);
    sent += piece.substr(0, n);
    return n == 0 || sent.size() > 100'000'000;
  });
  CHECK(sent.size() < 100'000'000);
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  phone.settle();
  CHECK(phone.card.envelopes.size() == 2);

  // Now it fetches: all of it, in order.
  EchoCard echo(phone);
  echo.fetch(1);
  phone.terminal.poll_soon();
  phone.run_until([&] { return echo.text[1].size() == sent.size(); });
  CHECK(echo.text[1] == sent);
}

TEST_CASE("connections have channels of their own; those too many wait their turn") {
  Phone phone;
  phone.listen(2);
  EchoCard echo(phone);
  std::list<Application> applications;
  for (int n = 0; n < 5; ++n) {
    applications.push_back(phone.connect());
    applications.back().send("line " + std::to_string(n) + "\n");
    phone.run_until(
        [&] { return phone.terminal.gateway().connections() == static_cast<uint64_t>(n) + 1; });
    phone.settle();
  }
  CHECK(echo.text[1] == "line 0\n");
  CHECK(echo.text[2] == "line 1\n");
  auto next = applications.begin();
  phone.run_until([&] { return next->received() == "ok\n"; });
  ++next;
  phone.run_until([&] { return next->received() == "ok\n"; });
  for (auto& application : applications) CHECK_FALSE(application.broken());

  // One by one the others get the channel that the card frees.
  for (int n = 2; n < 5; ++n) {
    CHECK(result_of(phone.tell(close_channel(1, true))) == "00"_x);
    ++next;
    phone.run_until([&] { return next->received() == "ok\n"; });
    CHECK(echo.text[1].ends_with("line " + std::to_string(n) + "\n"));
  }
  CHECK(applications.front().finished());
  CHECK(phone.terminal.gateway().channel(1).connections == 4);
}

TEST_CASE("what the application sent before it closed can be fetched; then LISTEN") {
  Phone phone({.poll_interval = std::chrono::hours(1)});
  phone.listen();
  Application application = phone.connect();
  application.send("last words");
  application.close();
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  phone.settle();
  CHECK(phone.card.envelopes.size() == 2);
  CHECK(phone.state(1) == ChannelState::kEstablished);
  CHECK(text_of(phone.tell(receive_data(1, 4))) == "last");
  phone.settle();
  CHECK(phone.card.envelopes.size() == 2);
  CHECK(text_of(phone.tell(receive_data(1, 6))) == " words");
  phone.run_until([&] { return phone.card.envelopes.size() == 3; });
  CHECK(envelopes(phone).back() == kListen1);
  CHECK(phone.state(1) == ChannelState::kListen);
}

TEST_CASE("an application that has finished sending still gets its answer") {
  Phone phone({.poll_interval = std::chrono::hours(1)});
  phone.listen();
  EchoCard echo(phone);
  Application application = phone.connect();
  application.send("request\n");
  application.finish();
  phone.run_until([&] { return application.received() == "ok\n"; });
  // The card had nothing more to say when it was asked: the end.
  phone.run_until([&] { return application.finished(); });
  CHECK(application.received() == "ok\n");
  CHECK(envelopes(phone).back() == kListen1);
}

TEST_CASE("a card that answers at the last STATUS is still heard") {
  Phone phone({.poll_interval = std::chrono::hours(1)});
  phone.listen();
  Application application = phone.connect();
  application.send("x");
  application.finish();
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  bool said = false;
  phone.card.on_status = [&] {
    if (!std::exchange(said, true)) phone.card.say(send_data(1, "late"));
  };
  phone.tell(receive_data(1, 1));
  phone.run_until([&] { return application.finished(); });
  CHECK(application.received() == "late");
  CHECK(envelopes(phone).back() == kListen1);
}

TEST_CASE("a reset connection is told of at once, and the channel listens again") {
  Phone phone;
  phone.listen();
  Application application = phone.connect();
  application.send("unread");
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  SECTION("while the card does not fetch") {}
  SECTION("after the card has fetched all") { phone.tell(receive_data(1, 6)); }
  application.reset();
  phone.run_until([&] { return phone.card.envelopes.size() == 3; });
  CHECK(envelopes(phone).back() == kListen1);
  CHECK(result_of(phone.tell(receive_data(1, 1))) == "3A02"_x);

  Application next = phone.connect();
  next.send("y");
  phone.run_until([&] { return phone.card.envelopes.size() == 5; });
  CHECK(text_of(phone.tell(receive_data(1, 1))) == "y");
}

TEST_CASE("CLOSE CHANNEL sends what is stored, then FIN, even to one who still sends") {
  Phone phone;
  phone.listen();
  Application application = phone.connect();
  application.send("a");
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  phone.tell(send_data(1, "good bye", false));
  application.send(std::string(5000, 'z'));  // never fetched: must not become a reset
  CHECK(result_of(phone.tell(close_channel(1, true))) == "00"_x);
  phone.run_until([&] { return application.finished() || application.broken(); });
  CHECK_FALSE(application.broken());
  CHECK(application.received() == "good bye");
  CHECK(phone.state(1) == ChannelState::kListen);
  CHECK(phone.card.envelopes.size() == 2);
}

TEST_CASE("CLOSE CHANNEL to CLOSED frees the channel; with the last one goes the port") {
  Phone phone;
  phone.listen();
  const uint16_t port = phone.terminal.gateway().host_port(kCardPort);
  CHECK(result_of(phone.tell(close_channel(1, false))) == "00"_x);
  CHECK(phone.state(1) == ChannelState::kFree);
  CHECK(result_of(phone.tell(close_channel(1, false))) == "3A03"_x);
  phone.settle();
  CHECK_THROWS(Application(phone.io, port));
}

TEST_CASE("a link that is dropped is told of, and can be closed") {
  Policy policy;
  policy.drop_after = 10;
  Phone phone(policy);
  phone.listen();
  Application application = phone.connect();
  application.send("12345");
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  phone.tell(receive_data(1, 5));
  SECTION("while sending") {
    CHECK(result_of(phone.tell(send_data(1, "abcdefg"))) == "3A02"_x);
    phone.run_until([&] { return application.finished() || application.broken(); });
    CHECK(application.received() == "abcde");
  }
  SECTION("while receiving") {
    application.send("67890123");
    phone.run_until([&] { return phone.card.envelopes.size() == 3; });
    CHECK(text_of(phone.tell(receive_data(1, 8))) == "67890");
  }
  phone.run_until([&] { return envelopes(phone).back() == kDropped1; });
  CHECK(result_of(phone.tell(receive_data(1, 1))) == "3A02"_x);
  CHECK(result_of(phone.tell(send_data(1, "x"))) == "3A02"_x);
  CHECK(object_of(phone.tell(proactive(0x44, 0, 0x82)), 0x38) == "0105"_x);
  const bool to_listen = GENERATE(false, true);
  CHECK(result_of(phone.tell(close_channel(1, to_listen))) == "00"_x);
  CHECK(phone.state(1) == (to_listen ? ChannelState::kListen : ChannelState::kFree));
}

TEST_CASE("a terminal that tells of data before it tells of the connection") {
  Policy policy;
  policy.data_before_status = true;
  policy.attach = GENERATE(Attach::kFirstByte, Attach::kAccept);
  Phone phone(policy);
  phone.listen();
  Application application = phone.connect();
  application.send("x");
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  CHECK(envelopes(phone) ==
        std::vector<std::string>{"D60E99010982028281B8028100B70101", kEstablished1});
}

TEST_CASE("a terminal that is late with its events") {
  Policy policy;
  policy.event_delay = 5;
  Phone phone(policy);
  phone.listen();
  const unsigned before = phone.card.statuses;
  Application application = phone.connect();
  application.send("x");
  phone.run_until([&] { return phone.card.envelopes.size() == 2; });
  CHECK(phone.card.statuses >= before + 5);
}

TEST_CASE("stopping closes everything, and the event loop comes to its end") {
  Phone phone;
  phone.listen(3);
  EchoCard echo(phone);
  std::list<Application> applications;
  for (int n = 0; n < 5; ++n) {
    applications.push_back(phone.connect());
    applications.back().send("x");
  }
  phone.run_until([&] { return phone.terminal.gateway().connections() == 5; });
  phone.terminal.stop();
  CHECK(phone.card.power_offs == 1);
  phone.io.restart();
  phone.io.run();  // returns: nothing is left to wait for
  for (auto& application : applications) CHECK((application.finished() || application.broken()));
}

TEST_CASE("many connections, one after the other and all at once, lose nothing") {
  Phone phone;
  phone.listen(4);
  EchoCard echo(phone);
  phone.card.on_terminal_response = [&,
                                     inner = phone.card.on_terminal_response](const Octets& body) {
    inner(body);
    const auto list = *TlvList::parse(body);
    // One line a connection: after the answer has gone out, the channel listens.
    if (list.find(0x01)->value[1] == 0x43) {
      for (uint8_t channel = 1; channel <= 4; ++channel) {
        if (echo.text[channel].ends_with('\n')) {
          echo.text[channel].clear();
          phone.card.say(close_channel(channel, true));
        }
      }
    }
  };
  std::list<Application> applications;
  for (int n = 0; n < 50; ++n) {
    applications.push_back(phone.connect());
    applications.back().send("hello\n");
  }
  phone.run_until([&] {
    return std::ranges::all_of(applications, [](Application& a) { return a.finished(); });
  });
  for (auto& application : applications) CHECK(application.received() == "ok\n");
}
