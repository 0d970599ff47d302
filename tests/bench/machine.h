// What benchmarks of whole programs need of the machine: cores to pin to, programs
// to start and end, folders, free ports.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

extern char** environ;

namespace scwsim::bench {

using Arguments = std::vector<std::string>;

// Something that the benchmark needs is not there.
struct Missing : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Cores {
  int servers;
  int load;
};

inline Cores find_cores() {
  cpu_set_t set;
  std::vector<int> cores;
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    throw std::runtime_error("no processor affinity");
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  if (cores.size() < 2)
    throw Missing("two cores are needed: one for the servers, one for the load");
  return {cores[0], cores[1]};
}

// This thread, and every program it starts, runs on that core alone.
inline void pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) throw std::runtime_error("cannot pin to a core");
}

// A program on a core of its own choice, ended with this object.
class Program {
 public:
  Program(const Arguments& arguments, int core, const std::string& output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    std::vector<char*> argv;
    for (const std::string& argument : arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    pin(core);
    const int error = posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error == ENOENT) throw Missing(arguments[0] + " is not installed");
    if (error != 0) throw std::runtime_error("cannot start " + arguments[0]);
  }
  ~Program() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Processor time that its one thread has used, in seconds.
  [[nodiscard]] double processor_time() const {
    double nanoseconds = 0;
    std::ifstream("/proc/" + std::to_string(pid_) + "/schedstat") >> nanoseconds;
    return nanoseconds / 1e9;
  }

  // Leaves it to be reaped by the destructor.
  void wait() const {
    siginfo_t info;
    waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  }

 private:
  pid_t pid_ = -1;
};

class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "scwsim-bench-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string path(std::string_view name = "") const {
    return path_ + "/" + std::string(name);
  }
  void write(std::string_view name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  [[nodiscard]] std::string read(std::string_view name) const {
    std::ifstream file(path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::string path_;
};

inline uint16_t free_port() {
  boost::asio::io_context io;
  return boost::asio::ip::tcp::acceptor(io, {boost::asio::ip::address_v4::loopback(), 0})
      .local_endpoint()
      .port();
}

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// How one thing compares with another that was measured beside it, round by round:
// the rounds' ratios, so that what slows the machine down slows both.
inline std::string ratio(const std::vector<double>& one, const std::vector<double>& other) {
  std::vector<double> ratios;
  for (size_t i = 0; i < one.size(); ++i) ratios.push_back(one[i] / other[i]);
  std::ranges::sort(ratios);
  std::array<char, 64> text{};
  (void)std::snprintf(text.data(), text.size(), "%.2f (%.2f to %.2f)", ratios[ratios.size() / 2],
                      ratios[ratios.size() / 4], ratios[ratios.size() * 3 / 4]);
  return text.data();
}

// Tells on standard error how far a long run is, once in a while.
class Progress {
 public:
  explicit Progress(int rounds) : rounds_(rounds) {}
  void round_done() {
    ++done_;
    const auto now = std::chrono::steady_clock::now();
    if (now - told_ < std::chrono::seconds(2)) return;
    told_ = now;
    (void)std::fprintf(stderr, "%d of %d rounds\n", done_, rounds_);
  }

 private:
  int rounds_;
  int done_ = 0;
  std::chrono::steady_clock::time_point told_ = std::chrono::steady_clock::now();
};

// The number behind `option`, at least 1.
inline int number(const Arguments& arguments, const std::string& option, int otherwise) {
  const auto at = std::ranges::find(arguments, option);
  if (at == arguments.end() || at + 1 == arguments.end()) return otherwise;
  return std::max(1, std::atoi((at + 1)->c_str()));
}

}  // namespace scwsim::bench
