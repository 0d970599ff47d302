// The card on its own, and the terminal on its own, with a TCP connection between
// them; and the card in a virtual PC/SC reader.
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <thread>

#include "tests/support/process.h"
#include "tests/support/raw_connection.h"
#include "tests/support/shared_vectors.h"

using namespace scwsim::tests;

namespace {

uint16_t port_of(const std::string& link) {
  return static_cast<uint16_t>(std::stoi(link.substr(link.find(':') + 1)));
}

std::string page_at(uint16_t port) {
  RawConnection connection(port, kPatience);
  connection.send("GET /style.css HTTP/1.0\r\n\r\n");
  return connection.read_all();
}

// The same, or what there is of it: "" when nobody listens.
std::string answer_at(uint16_t port) {
  boost::asio::ip::tcp::iostream stream;
  stream.expires_after(kPatience);
  stream.connect("127.0.0.1", std::to_string(port));
  stream << "GET /style.css HTTP/1.0\r\n\r\n" << std::flush;
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string style() { return read_text(SCWSIM_SOURCE_DIR "/card/profile/default/site/style.css"); }

// Asks until the page comes whole: the other end has just been started again.
void wait_for_page(uint16_t port) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!answer_at(port).ends_with(style())) {
    if (std::chrono::steady_clock::now() > give_up) FAIL("the page does not come again");
  }
}

}  // namespace

TEST_CASE("a terminal reaches a card over TCP") {
  RunningScwsim card("card", {"--listen", "127.0.0.1:0"});
  RunningScwsim terminal("terminal", {"--connect", card.link()});
  CHECK(page_at(terminal.port()).ends_with(style()));
  CHECK(terminal.stop() == 0);
  CHECK(card.stop() == 0);
}

namespace {

// A card and a terminal, either of which listens, to be killed and started again.
class Pair {
 public:
  using Arguments = std::vector<std::string>;

  explicit Pair(bool card_listens) : card_listens_(card_listens) {
    if (card_listens_) start_card();
    start_terminal();
    if (!card_listens_) start_card();
  }

  void kill_card() { kill(card_); }
  void kill_terminal() { kill(terminal_); }
  void start_card() {
    card_ = std::make_unique<RunningScwsim>("card", arguments(card_listens_));
    if (card_listens_) link_ = card_->link();
  }
  void start_terminal() {
    terminal_ = std::make_unique<RunningScwsim>("terminal", arguments(!card_listens_));
    if (!card_listens_) link_ = terminal_->link();
  }

  // Where pages are asked for, once the terminal has met a card.
  uint16_t port() { return terminal_->wait_for_http(); }
  RunningScwsim& card() { return *card_; }
  RunningScwsim& terminal() { return *terminal_; }
  const std::string& link() const { return link_; }

 private:
  Arguments arguments(bool listens) const { return {listens ? "--listen" : "--connect", link_}; }
  static void kill(std::unique_ptr<RunningScwsim>& program) {
    program->process().signal(SIGKILL);
    (void)program->process().wait();
    program.reset();
  }

  bool card_listens_;
  std::string link_ = "127.0.0.1:0";
  std::unique_ptr<RunningScwsim> card_;
  std::unique_ptr<RunningScwsim> terminal_;
};

// Pages asked for all the time, by clients that take what comes.
class Traffic {
 public:
  explicit Traffic(uint16_t port) : port_(port) {
    for (std::thread& client : clients_) {
      client = std::thread([this] {
        while (!ending_) {
          if (answer_at(port_).ends_with(style_)) ++pages_;
          std::this_thread::yield();
        }
      });
    }
  }
  ~Traffic() {
    ending_ = true;
    for (std::thread& client : clients_) client.join();
  }
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  void move_to(uint16_t port) { port_ = port; }
  // Waits until so many whole pages more have come.
  void wait_for(int pages) const {
    const int enough = pages_ + pages;
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (pages_ < enough) {
      if (std::chrono::steady_clock::now() > give_up) FAIL("the pages do not come again");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

 private:
  std::string style_ = style();
  std::atomic<uint16_t> port_;
  std::atomic<bool> ending_ = false;
  std::atomic<int> pages_ = 0;
  std::array<std::thread, 3> clients_;
};

size_t times_in(const std::string& text, std::string_view word) {
  size_t times = 0;
  for (size_t at = 0; (at = text.find(word, at)) != text.npos; at += word.size()) ++times;
  return times;
}

}  // namespace

TEST_CASE("either end of the link may be killed and started again, in the middle of traffic") {
  const bool card_listens = GENERATE(true, false);
  CAPTURE(card_listens);
  Pair pair(card_listens);
  Traffic traffic(pair.port());
  traffic.wait_for(1);
  for (int round = 0; round < 3; ++round) {
    CAPTURE(round);
    pair.kill_card();
    pair.start_card();
    traffic.wait_for(3);
    pair.kill_terminal();
    pair.start_terminal();
    traffic.move_to(pair.port());
    traffic.wait_for(3);
  }
  // Both at once.
  pair.kill_card();
  pair.kill_terminal();
  if (card_listens) pair.start_card();
  pair.start_terminal();
  if (!card_listens) pair.start_card();
  traffic.move_to(pair.port());
  traffic.wait_for(3);
  CHECK(pair.terminal().stop() == 0);
  CHECK(pair.card().stop() == 0);
}

TEST_CASE("a terminal without its card has no ports, but still a place for the next card") {
  Pair pair(false);
  const uint16_t port = pair.port();
  REQUIRE(page_at(port).ends_with(style()));
  pair.kill_card();
  pair.terminal().wait_until([](const std::string& http, const std::string& link) {
    return http.empty() && !link.empty();
  });
  CHECK(answer_at(port).empty());
  pair.start_card();
  CHECK(pair.terminal().wait_for_http() == port);
  CHECK(page_at(port).ends_with(style()));
}

TEST_CASE("a second terminal waits until the card is free") {
  RunningScwsim card("card", {"--listen", "127.0.0.1:0"});
  auto first = std::make_unique<RunningScwsim>("terminal",
                                               std::vector<std::string>{"--connect", card.link()});
  RawConnection second(port_of(card.link()));
  second.send(std::string("\x00\x01\x01\x00\x01\x04", 6));  // power on, ATR
  CHECK(page_at(first->port()).ends_with(style()));
  CHECK(times_in(card.process().errors(), "linked with") == 1);
  first->process().signal(SIGKILL);
  (void)first->process().wait();
  CHECK(second.read(3).substr(2, 1) == "\x3B");
  CHECK(times_in(card.process().errors(), "linked with") == 2);
}

TEST_CASE("a second card waits until the terminal has lost the first") {
  Pair pair(false);
  const uint16_t port = pair.port();
  RunningScwsim second("card", {"--connect", pair.link()});
  CHECK(page_at(port).ends_with(style()));
  pair.kill_card();
  wait_for_page(port);
  CHECK(second.stop() == 0);
}

TEST_CASE("what connects to a terminal need not be a card") {
  RunningScwsim terminal("terminal", {"--listen", "127.0.0.1:0"});
  {
    RawConnection garbage(port_of(terminal.link()));
    garbage.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    garbage.finish_sending();
    garbage.read_all();
  }
  RunningScwsim card("card", {"--connect", terminal.link()});
  CHECK(page_at(terminal.wait_for_http()).ends_with(style()));
  CHECK(terminal.process().errors().find("in the middle of a frame") != std::string::npos);
}

TEST_CASE("octets that are no frames of a terminal leave the card at its place") {
  RunningScwsim card("card", {"--listen", "127.0.0.1:0"});
  {
    RawConnection garbage(port_of(card.link()));
    // An APDU without power, an unknown control, an empty frame, half a frame.
    garbage.send(std::string("\x00\x05\x00\xA4\x00\x04\x00\x00\x01\x63\x00\x00\xFF\xFF\x00", 15));
    // The APDU and the empty frame are answered, as a mute card's reader would.
    constexpr std::string_view kMute("\x00\x02\x6F\x00", 4);
    CHECK(garbage.read(8) == std::string(kMute) + std::string(kMute));
  }
  RunningScwsim terminal("terminal", {"--connect", card.link()});
  CHECK(page_at(terminal.port()).ends_with(style()));
}

TEST_CASE("wrong links: exit status 2, or 1 for a port in use") {
  const auto status = [](const std::vector<std::string>& arguments) {
    std::vector<std::string> all = {SCWSIM_BINARY_DIR "/scwsim"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return Process(all).wait();
  };
  CHECK(status({"terminal"}) == 2);
  CHECK(status({"terminal", "--connect", "nowhere"}) == 2);
  CHECK(status({"terminal", "--listen", "0.0.0.0:0"}) == 2);
  CHECK(status({"terminal", "--listen", "127.0.0.1:0", "--connect", "127.0.0.1:1"}) == 2);
  CHECK(status({"card", "--listen", "127.0.0.1"}) == 2);
  CHECK(status({"card", "--listen", "0.0.0.0:0"}) == 2);
  CHECK(status({"card", "--listen", "127.0.0.1:0", "--vpcd", "127.0.0.1:1"}) == 2);
  RunningScwsim card("card", {"--listen", "127.0.0.1:0"});
  CHECK(status({"card", "--listen", card.link()}) == 1);
  CHECK(status({"terminal", "--listen", card.link()}) == 1);
}

namespace {

// pcscd with one virtual reader on a port that was free a moment ago, and the card
// in it; both can be killed and started again.
class Reader {
 public:
  Reader() : port_(port_of(RunningScwsim("card", {"--listen", "127.0.0.1:0"}).link())) {
    start_pcscd();
    start_card();
  }
  ~Reader() { kill_pcscd(SIGTERM); }

  void start_pcscd() {
    pcscd_ = std::make_unique<Process>(Arguments{
        "pcscd", "--foreground", "--info", "--force-reader-polling", "--config", configuration()});
  }
  void kill_pcscd(int signal = SIGKILL) {
    pcscd_->signal(signal);
    (void)pcscd_->wait();
  }
  void start_card() {
    card_ = std::make_unique<RunningScwsim>(
        "card", Arguments{"--vpcd", "127.0.0.1:" + std::to_string(port_)});
  }
  void kill_card() {
    card_->process().signal(SIGKILL);
    (void)card_->process().wait();
  }

  // The ATR as opensc-tool shows it; "" when there is no card for too long.
  std::string wait_for_atr() {
    const auto give_up = std::chrono::steady_clock::now() + kPatience / 4;
    while (std::chrono::steady_clock::now() < give_up) {
      Process tool({"opensc-tool", "--reader", "0", "--atr"});
      if (tool.wait() == 0) return tool.output();
    }
    return "";
  }

  std::string log() { return pcscd_->output() + pcscd_->errors() + card_->process().errors(); }

 private:
  using Arguments = std::vector<std::string>;

  std::string configuration() {
    std::array<char, 16> channel{};
    (void)std::snprintf(channel.data(), channel.size(), "0x%04X", port_);
    write_text(folder_.path("reader.conf"),
               std::string("FRIENDLYNAME \"scwsim test\"\nDEVICENAME /dev/null:") + channel.data() +
                   "\nLIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\n" + "CHANNELID " +
                   channel.data() + "\n");
    return folder_.path("reader.conf");
  }

  TemporaryFolder folder_;
  uint16_t port_;
  std::unique_ptr<Process> pcscd_;
  std::unique_ptr<RunningScwsim> card_;
};

constexpr const char* kAtr = "3b:9e:96:80:1f:c7:80:31:e0:73:fe:21:00:66:73:63:77:73:69:6d:db\n";

// vpcd takes no port 0: somebody else may have got the one that was free.
std::unique_ptr<Reader> reader_with_card() {
  std::unique_ptr<Reader> reader;
  std::string atr;
  for (int attempts = 0; attempts < 3 && atr.empty(); ++attempts) {
    reader.reset();
    reader = std::make_unique<Reader>();
    atr = reader->wait_for_atr();
  }
  CAPTURE(reader->log());
  REQUIRE(atr == kAtr);
  return reader;
}

}  // namespace

// One test: there can be but one pcscd at a time.
TEST_CASE("opensc-tool reads the card in a virtual reader; each may be killed and started again") {
  if (!have_program("pcscd") || !have_program("opensc-tool")) return;
  if (geteuid() != 0) return leave_out("pcscd, which only root may start");
  const auto reader = reader_with_card();
  std::vector<std::string> read = {"opensc-tool", "--reader", "0", "--send-apdu",
                                   "00:A4:00:04:02:2F:E2"};
  for (int i = 0; i < 500; ++i) read.insert(read.end(), {"--send-apdu", "00:B0:00:00:0A"});
  Process whole(read);
  CHECK(whole.wait() == 0);
  CHECK(times_in(whole.output(), "98 88 12 01 00 00 00 00 10 F1") == 500);

  for (int round = 0; round < 2; ++round) {
    CAPTURE(round, reader->log());
    {
      Process traffic(read);
      while (traffic.running() && traffic.output().empty()) std::this_thread::yield();
      reader->kill_card();
    }
    reader->start_card();
    CHECK(reader->wait_for_atr() == kAtr);
    {
      Process traffic(read);
      while (traffic.running() && traffic.output().empty()) std::this_thread::yield();
      reader->kill_pcscd();
    }
    reader->start_pcscd();
    CHECK(reader->wait_for_atr() == kAtr);
  }
}
