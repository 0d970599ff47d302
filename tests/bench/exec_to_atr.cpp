// How long it takes from the start of `scwsim card` to its ATR, beside a program
// that only prints one; both on one core, in turn, many times.
//
//   build/scwsim_bench_start [--rounds N]
//
// Exit status 2 without a second core.
#include <poll.h>

#include <array>
#include <chrono>
#include <cstdio>

#include "tests/bench/machine.h"

namespace {

using namespace scwsim::bench;
using Clock = std::chrono::steady_clock;

constexpr int kPatience = 10'000;  // milliseconds
constexpr std::string_view kAtr = "ATR 3B9E96801FC78031E073FE21006673637773696DDB\n";

class Pipe {
 public:
  Pipe() {
    if (pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  }
  ~Pipe() {
    for (const int end : ends_) close(end);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  [[nodiscard]] int to_read() const { return ends_[0]; }
  [[nodiscard]] int to_write() const { return ends_[1]; }

 private:
  std::array<int, 2> ends_{};
};

std::string read_line(int file, const std::string& program) {
  std::string line;
  while (line.empty() || line.back() != '\n') {
    pollfd waiting{file, POLLIN, 0};
    std::array<char, 256> octets;
    const ssize_t n =
        poll(&waiting, 1, kPatience) == 1 ? read(file, octets.data(), octets.size()) : 0;
    if (n <= 0) throw std::runtime_error(program + " prints no ATR");
    line.append(octets.data(), static_cast<size_t>(n));
  }
  return line;
}

// Microseconds from the start of the program to its first line.
double time_to_atr(std::vector<std::string> arguments) {
  const Pipe input;
  const Pipe output;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.to_read(), 0);
  posix_spawn_file_actions_adddup2(&actions, output.to_write(), 1);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  const auto begin = Clock::now();
  const int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("cannot start " + arguments[0]);
  std::string line;
  try {
    line = read_line(output.to_read(), arguments[0]);
  } catch (...) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    throw;
  }
  const std::chrono::duration<double, std::micro> time = Clock::now() - begin;
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  if (line != kAtr) throw std::runtime_error(arguments[0] + ": not the ATR: " + line);
  return time.count();
}

void run(int rounds) {
  pin(find_cores().servers);
  std::vector<double> bare;
  std::vector<double> card;
  Progress progress(rounds);
  for (int round = 0; round < rounds; ++round) {
    bare.push_back(time_to_atr({SCWSIM_BINARY_DIR "/scwsim_bench_atr"}));
    card.push_back(time_to_atr({SCWSIM_BINARY_DIR "/scwsim", "card"}));
    progress.round_done();
  }
  std::printf(
      "| program | from start to ATR | of the bare program |\n|---|---|---|\n"
      "| prints an ATR | %.0f µs | 1 |\n| scwsim card | %.0f µs | %s |\n",
      median(bare), median(card), ratio(card, bare).c_str());
}

}  // namespace

int main(int argc, char** argv) {
  const Arguments arguments(argv + 1, argv + argc);
  try {
    run(number(arguments, "--rounds", 300));
    return 0;
  } catch (const Missing& missing) {
    std::fprintf(stderr, "scwsim_bench_start: %s\n", missing.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "scwsim_bench_start: %s\n", error.what());
    return 1;
  }
}
