// APDU round trips over the TCP link: `scwsim card --listen` beside a responder
// that reads a frame and sends an answer of the same size, no more; both on one
// core, in the same run, asked from another one.
//
//   build/scwsim_bench_link [--milliseconds N] [--rounds N]
//
// The two are measured in turn, in short rounds; the ratio is the median of the
// rounds' ratios, with their quartiles. Exit status 2 without a second core.
#include <sys/socket.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstdio>
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
constexpr size_t kAnswer = 2 + 12;  // frame of 10 octets and a status word

// The least that can stand at the other end of the link.
int respond(uint16_t port) {
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, {boost::asio::ip::address_v4::loopback(), port});
  std::vector<uint8_t> answer;
  links::append_frame(answer, *from_hex("988812010000000010F19000"));
  for (;;) {
    tcp::socket socket = acceptor.accept();
    socket.set_option(tcp::no_delay(true));
    std::array<uint8_t, 512> command;
    boost::system::error_code error;
    while (socket.read_some(boost::asio::buffer(command), error) > 0 && !error) {
      boost::asio::write(socket, boost::asio::buffer(answer), error);
    }
  }
}

class Link {
 public:
  explicit Link(uint16_t port) : socket_(io_) {
    const auto give_up = Clock::now() + kPatience;
    boost::system::error_code error;
    do {
      socket_.close();
      socket_.connect({boost::asio::ip::address_v4::loopback(), port}, error);
      if (Clock::now() > give_up) throw std::runtime_error("nobody listens");
      if (error) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    } while (error);
    socket_.set_option(tcp::no_delay(true));
  }

  void send(const std::vector<uint8_t>& frames) {
    boost::asio::write(socket_, boost::asio::buffer(frames));
  }
  void receive(size_t size) {
    octets_.resize(size);
    boost::asio::read(socket_, boost::asio::buffer(octets_));
  }

  // Round trips a second, over so long.
  double rate(const std::vector<uint8_t>& frame, std::chrono::milliseconds time) {
    const auto begin = Clock::now();
    const auto end = begin + time;
    uint64_t trips = 0;
    while (trips % 64 != 0 || Clock::now() < end) {
      send(frame);
      receive(kAnswer);
      ++trips;
    }
    return static_cast<double>(trips) / std::chrono::duration<double>(Clock::now() - begin).count();
  }

 private:
  boost::asio::io_context io_;
  tcp::socket socket_;
  std::vector<uint8_t> octets_;
};

void run(const std::string& self, std::chrono::milliseconds time, int rounds) {
  const Cores cores = find_cores();
  const Folder folder;
  const uint16_t bare_port = free_port();
  const Program bare_program({self, "--responder", std::to_string(bare_port)}, cores.servers,
                             folder.path("bare.txt"));
  const uint16_t card_port = free_port();
  const Program card_program(
      {SCWSIM_BINARY_DIR "/scwsim", "card", "--listen", "127.0.0.1:" + std::to_string(card_port)},
      cores.servers, folder.path("card.txt"));
  pin(cores.load);

  Link bare(bare_port);
  Link card(card_port);
  std::vector<uint8_t> frames;
  links::append_control(frames, links::Control::kPowerOn);
  links::append_frame(frames, *from_hex("00A4000C022FE2"));
  card.send(frames);
  card.receive(2 + 2);
  frames.clear();
  links::append_frame(frames, *from_hex("00B000000A"));

  std::vector<double> bare_rates;
  std::vector<double> card_rates;
  Progress progress(rounds);
  for (int round = 0; round < rounds; ++round) {
    bare_rates.push_back(bare.rate(frames, time));
    card_rates.push_back(card.rate(frames, time));
    progress.round_done();
  }
  std::printf(
      "| at the other end | READ BINARY of 10 octets a second | of the responder "
      "|\n|---|---|---|\n");
  std::printf("| bare responder | %.0f | 1 |\n| scwsim card | %.0f | %s |\n", median(bare_rates),
              median(card_rates), ratio(card_rates, bare_rates).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments(argv + 1, argv + argc);
  try {
    if (!arguments.empty() && arguments[0] == "--responder") {
      return respond(static_cast<uint16_t>(number(arguments, "--responder", 0)));
    }
    run(argv[0], std::chrono::milliseconds(number(arguments, "--milliseconds", 100)),
        number(arguments, "--rounds", 100));
    return 0;
  } catch (const Missing& missing) {
    std::fprintf(stderr, "scwsim_bench_link: %s\n", missing.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "scwsim_bench_link: %s\n", error.what());
    return 1;
  }
}
