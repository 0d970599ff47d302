// The card on its own, and the terminal on its own, with a TCP connection between
// them; and the card in a virtual PC/SC reader.
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>

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

std::string style() { return read_text(SCWSIM_SOURCE_DIR "/card/profile/default/site/style.css"); }

// Asks until the page comes whole: the other end has just been started again.
void wait_for_page(uint16_t port) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!page_at(port).ends_with(style())) {
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

TEST_CASE("either end of the link may be killed and started again") {
  auto card =
      std::make_unique<RunningScwsim>("card", std::vector<std::string>{"--listen", "127.0.0.1:0"});
  const std::string link = card->link();
  auto terminal =
      std::make_unique<RunningScwsim>("terminal", std::vector<std::string>{"--connect", link});
  REQUIRE(page_at(terminal->port()).ends_with(style()));

  card->process().signal(SIGKILL);
  (void)card->process().wait();
  card = std::make_unique<RunningScwsim>("card", std::vector<std::string>{"--listen", link});
  wait_for_page(terminal->port());

  terminal->process().signal(SIGKILL);
  (void)terminal->process().wait();
  terminal =
      std::make_unique<RunningScwsim>("terminal", std::vector<std::string>{"--connect", link});
  CHECK(page_at(terminal->port()).ends_with(style()));
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
  CHECK(status({"card", "--listen", "127.0.0.1"}) == 2);
  CHECK(status({"card", "--listen", "0.0.0.0:0"}) == 2);
  CHECK(status({"card", "--listen", "127.0.0.1:0", "--vpcd", "127.0.0.1:1"}) == 2);
  RunningScwsim card("card", {"--listen", "127.0.0.1:0"});
  CHECK(status({"card", "--listen", card.link()}) == 1);
}

namespace {

// pcscd with one virtual reader on a port that was free a moment ago, and the card
// in it.
class Reader {
 public:
  Reader()
      : port_(port_of(RunningScwsim("card", {"--listen", "127.0.0.1:0"}).link())),
        pcscd_({"pcscd", "--foreground", "--info", "--force-reader-polling", "--config",
                configuration()}),
        card_("card", {"--vpcd", "127.0.0.1:" + std::to_string(port_)}) {}
  ~Reader() {
    pcscd_.signal(SIGTERM);
    (void)pcscd_.wait();
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

  std::string log() { return pcscd_.output() + pcscd_.errors() + card_.process().errors(); }

 private:
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
  Process pcscd_;
  RunningScwsim card_;
};

}  // namespace

TEST_CASE("opensc-tool reads the card in a virtual PC/SC reader") {
  if (!have_program("pcscd") || !have_program("opensc-tool")) return;
  if (geteuid() != 0) return leave_out("pcscd, which only root may start");
  // vpcd takes no port 0: somebody else may have got the one that was free.
  std::optional<Reader> reader;
  std::string atr;
  for (int attempts = 0; attempts < 3 && atr.empty(); ++attempts) {
    reader.emplace();
    atr = reader->wait_for_atr();
  }
  CAPTURE(reader->log());
  REQUIRE(atr == "3b:9e:96:80:1f:c7:80:31:e0:73:fe:21:00:66:73:63:77:73:69:6d:db\n");
  Process read({"opensc-tool", "--reader", "0", "--send-apdu", "00:A4:00:04:02:2F:E2",
                "--send-apdu", "00:B0:00:00:0A"});
  CHECK(read.wait() == 0);
  CHECK(read.output().find("98 88 12 01 00 00 00 00 10 F1") != std::string::npos);
}
