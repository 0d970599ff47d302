// APDU round trips through pcscd and the virtual reader vpcd, asked for by PC/SC:
// `scwsim card --vpcd` beside a responder that connects to vpcd, reads a frame and
// sends an answer of the same size, no more; in the two slots of one reader, on one
// core, in the same run. Then the responder once more, without TCP_QUICKACK: vpcd
// writes length and payload apart, and waits for the acknowledgement in between.
//
//   build/scwsim_bench_pcsc [--milliseconds N] [--rounds N]
//
// Exit status 2 without pcscd, vpcd (Debian: pcscd, vsmartcard-vpcd), root's rights
// or a second core.
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <winscard.h>

#include <array>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdio>
#include <optional>
#include <thread>

#include "card/base/hex.h"
#include "tests/bench/machine.h"
#include "tools/links/vpcd_frame.h"

namespace {

using namespace scwsim;
using namespace scwsim::bench;
using boost::asio::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{10};
constexpr std::chrono::milliseconds kLook{20};
constexpr const char* kDriver = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
constexpr const char* kWithout = "--no-quickack";
constexpr std::array<uint8_t, 7> kSelect = {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x2F, 0xE2};
constexpr std::array<uint8_t, 5> kRead = {0x00, 0xB0, 0x00, 0x00, 0x0A};

// The least that can stand behind vpcd.
int respond(uint16_t port, bool quickack) {
  boost::asio::io_context io;
  tcp::socket socket(io);
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  socket.set_option(tcp::no_delay(true));
  std::vector<uint8_t> atr;
  std::vector<uint8_t> answer;
  links::append_frame(atr, *from_hex("3B9E96801FC78031E073FE21006673637773696DDB"));
  links::append_frame(answer, *from_hex("988812010000000010F19000"));
  links::FrameReader reader;
  for (;;) {
    const int on = 1;
    if (quickack) {
      (void)setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    }
    const auto room = reader.room();
    reader.commit(socket.read_some(boost::asio::buffer(room.data(), room.size())));
    for (Bytes payload; reader.next(payload);) {
      const bool control = payload.size() == 1;
      if (control && payload[0] != static_cast<uint8_t>(links::Control::kSendAtr)) continue;
      boost::asio::write(socket, boost::asio::buffer(control ? atr : answer));
    }
  }
}

class Context {
 public:
  // Waits for pcscd.
  Context() {
    const auto give_up = Clock::now() + kPatience;
    while (SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_) !=
           SCARD_S_SUCCESS) {
      if (Clock::now() > give_up) throw std::runtime_error("pcscd does not answer");
      std::this_thread::sleep_for(kLook);
    }
  }
  ~Context() { SCardReleaseContext(context_); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  [[nodiscard]] SCARDCONTEXT get() const { return context_; }

 private:
  SCARDCONTEXT context_{};
};

// A card in a slot of the reader.
class Card {
 public:
  // Waits until there is one.
  Card(const Context& context, int slot) {
    const std::string reader = "scwsim bench 00 0" + std::to_string(slot);
    DWORD protocol = 0;
    const auto give_up = Clock::now() + kPatience;
    LONG result = 0;
    while ((result = SCardConnect(context.get(), reader.c_str(), SCARD_SHARE_SHARED,
                                  SCARD_PROTOCOL_T0, &card_, &protocol)) != SCARD_S_SUCCESS) {
      if (Clock::now() > give_up) {
        throw std::runtime_error(reader + ": " + pcsc_stringify_error(result));
      }
      std::this_thread::sleep_for(kLook);
    }
  }
  ~Card() { SCardDisconnect(card_, SCARD_LEAVE_CARD); }
  Card(const Card&) = delete;
  Card& operator=(const Card&) = delete;

  void transmit(Bytes command) {
    std::array<uint8_t, 258> response;
    DWORD size = response.size();
    const LONG result =
        SCardTransmit(card_, SCARD_PCI_T0, command.data(), static_cast<DWORD>(command.size()),
                      nullptr, response.data(), &size);
    if (result != SCARD_S_SUCCESS) throw std::runtime_error(pcsc_stringify_error(result));
    if (size < 2 || response[size - 2] != 0x90) throw std::runtime_error("not the answer");
  }

  // Round trips a second, over so long.
  double rate(Bytes command, std::chrono::milliseconds time) {
    const auto begin = Clock::now();
    uint64_t trips = 0;
    do {
      transmit(command);
      ++trips;
    } while (Clock::now() < begin + time);
    return static_cast<double>(trips) / std::chrono::duration<double>(Clock::now() - begin).count();
  }

 private:
  SCARDHANDLE card_{};
};

// A reader whose slots listen on `port` and the next.
std::string reader_configuration(uint16_t port) {
  std::array<char, 16> channel{};
  (void)std::snprintf(channel.data(), channel.size(), "0x%04X", port);
  return std::string("FRIENDLYNAME \"scwsim bench\"\nDEVICENAME /dev/null:") + channel.data() +
         "\nLIBPATH " + kDriver + "\nCHANNELID " + channel.data() + "\n";
}

// pcscd with that reader.
class Reader {
 public:
  explicit Reader(int core) {
    folder_.write("reader.conf", reader_configuration(port_));
    pcscd_.emplace(Arguments{"pcscd", "--foreground", "--force-reader-polling", "--config",
                             folder_.path("reader.conf")},
                   core, folder_.path("pcscd.txt"));
    context_.emplace();
  }
  [[nodiscard]] std::string port(int slot) const { return std::to_string(port_ + slot); }
  [[nodiscard]] const Context& context() const { return *context_; }

 private:
  Folder folder_;
  uint16_t port_ = free_port();
  std::optional<Program> pcscd_;
  std::optional<Context> context_;
};

struct Rates {
  std::vector<double> bare{};
  std::vector<double> card{};
};

Rates compare(const std::string& self, const Cores& cores, std::chrono::milliseconds time,
              int rounds) {
  const Folder folder;
  const Reader reader(cores.load);
  const Program bare_program({self, "--responder", reader.port(0)}, cores.servers,
                             folder.path("bare.txt"));
  const Program card_program(
      {SCWSIM_BINARY_DIR "/scwsim", "card", "--vpcd", "127.0.0.1:" + reader.port(1)}, cores.servers,
      folder.path("card.txt"));
  pin(cores.load);
  Card bare(reader.context(), 0);
  Card card(reader.context(), 1);
  card.transmit(kSelect);
  Rates rates;
  Progress progress(rounds);
  for (int round = 0; round < rounds; ++round) {
    rates.bare.push_back(bare.rate(kRead, time));
    rates.card.push_back(card.rate(kRead, time));
    progress.round_done();
  }
  return rates;
}

double rate_without_quickack(const std::string& self, const Cores& cores) {
  const Folder folder;
  const Reader reader(cores.load);
  const Program program({self, "--responder", reader.port(0), kWithout}, cores.servers,
                        folder.path("bare.txt"));
  pin(cores.load);
  return Card(reader.context(), 0).rate(kRead, std::chrono::seconds(2));
}

void run(const std::string& self, std::chrono::milliseconds time, int rounds) {
  if (geteuid() != 0) throw Missing("only root may start pcscd");
  if (!std::filesystem::exists(kDriver)) throw Missing("vpcd is not installed");
  const Cores cores = find_cores();
  const Rates rates = compare(self, cores, time, rounds);
  const double bare = median(rates.bare);
  const double late = rate_without_quickack(self, cores);
  std::printf(
      "| in the virtual reader | READ BINARY of 10 octets a second | of the responder |\n"
      "|---|---|---|\n| bare responder | %.0f | 1 |\n| scwsim card | %.0f | %s |\n"
      "| bare responder, without TCP_QUICKACK | %.0f | %.3f |\n",
      bare, median(rates.card), ratio(rates.card, rates.bare).c_str(), late, late / bare);
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments(argv + 1, argv + argc);
  try {
    if (!arguments.empty() && arguments[0] == "--responder") {
      const bool quickack = std::ranges::find(arguments, kWithout) == arguments.end();
      return respond(static_cast<uint16_t>(number(arguments, "--responder", 0)), quickack);
    }
    run(argv[0], std::chrono::milliseconds(number(arguments, "--milliseconds", 100)),
        number(arguments, "--rounds", 50));
    return 0;
  } catch (const Missing& missing) {
    std::fprintf(stderr, "scwsim_bench_pcsc: %s\n", missing.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "scwsim_bench_pcsc: %s\n", error.what());
    return 1;
  }
}
