#include "tests/support/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "tests/support/shared_vectors.h"

extern char** environ;

#include "tests/support/raw_connection.h"

namespace scwsim::tests {

namespace {

constexpr std::chrono::milliseconds kLook{5};

std::string temporary_file() {
  std::string path = (std::filesystem::temp_directory_path() / "scwsim-test-XXXXXX").string();
  const int file = mkstemp(path.data());
  REQUIRE(file >= 0);
  close(file);
  return path;
}

std::vector<std::string> command_line(const std::string& command, const TemporaryFolder& folder,
                                      const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {SCWSIM_BINARY_DIR "/scwsim", command, "--ready-file",
                                        folder.path("ready.json")};
  if (command != "card") arguments.insert(arguments.end(), {"--http-port", "0"});
  arguments.insert(arguments.end(), options.begin(), options.end());
  return arguments;
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const std::string& input)
    : output_path_(temporary_file()), errors_path_(temporary_file()) {
  const std::string input_path = temporary_file();
  write_text(input_path, input);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, input_path.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, output_path_.c_str(), O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 2, errors_path_.c_str(), O_WRONLY, 0);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const int error = posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  std::filesystem::remove(input_path);
  CAPTURE(arguments.front());
  REQUIRE(error == 0);
}

Process::~Process() {
  if (running()) {
    signal(SIGKILL);
    reap(true);
  }
  std::filesystem::remove(output_path_);
  std::filesystem::remove(errors_path_);
}

bool Process::reap(bool block) {
  if (ended_) return true;
  int status = 0;
  if (waitpid(pid_, &status, block ? 0 : WNOHANG) != pid_) return false;
  ended_ = true;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return true;
}

int Process::wait(std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!reap(false)) {
    if (std::chrono::steady_clock::now() > deadline) {
      signal(SIGKILL);
      reap(true);
      return -1;
    }
    std::this_thread::sleep_for(kLook);
  }
  return status_;
}

void Process::signal(int number) const { kill(pid_, number); }
bool Process::running() { return !reap(false); }
std::string Process::output() const { return read_text(output_path_); }
std::string Process::errors() const { return read_text(errors_path_); }

bool have_program(const std::string& name) {
  std::istringstream folders(std::getenv("PATH"));
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + "/" + name).c_str(), X_OK) == 0) return true;
  }
  leave_out(name);
  return false;
}

TemporaryFolder::TemporaryFolder() {
  path_ = (std::filesystem::temp_directory_path() / "scwsim-test-XXXXXX").string();
  REQUIRE(mkdtemp(path_.data()) != nullptr);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

RunningScwsim::RunningScwsim(const std::vector<std::string>& options)
    : RunningScwsim("up", options) {}

RunningScwsim::RunningScwsim(const std::string& command, const std::vector<std::string>& options)
    : process_(command_line(command, folder_, options)) {
  wait_until([](const std::string&, const std::string&) { return true; });
}

void RunningScwsim::wait_until(
    const std::function<bool(const std::string& http, const std::string& link)>& good) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;; std::this_thread::sleep_for(kLook)) {
    const std::string text = read_text(folder_.path("ready.json"));
    if (!text.empty()) {
      const auto ready = nlohmann::json::parse(text);
      host_port_ = ready.value("http", "");
      https_ = ready.value("https", "");
      link_ = ready.value("link", "");
      if (good(host_port_, link_)) return;
    }
    if (!process_.running()) FAIL("scwsim ended: " << process_.errors());
    if (std::chrono::steady_clock::now() > deadline) FAIL("scwsim does not get ready");
  }
}

uint16_t RunningScwsim::wait_for_http() {
  wait_until([](const std::string& http, const std::string&) { return !http.empty(); });
  return port();
}

namespace {
uint16_t port_of(const std::string& address) {
  return static_cast<uint16_t>(std::stoi(address.substr(address.find(':') + 1)));
}
}  // namespace

uint16_t RunningScwsim::port() const { return port_of(host_port_); }
uint16_t RunningScwsim::https_port() const { return port_of(https_); }

int RunningScwsim::stop() {
  process_.signal(SIGTERM);
  return process_.wait();
}

long RunningScwsim::apdus() const {
  RawConnection connection(port());
  connection.send("GET /status HTTP/1.0\r\n\r\n");
  const std::string& page = connection.read_all();
  constexpr std::string_view kLabel = "Command APDUs</dt><dd>";
  const size_t at = page.find(kLabel);
  REQUIRE(at != std::string::npos);
  return std::stol(page.substr(at + kLabel.size()));
}

long RunningScwsim::resident_kib() const {
  std::istringstream status(read_text("/proc/" + std::to_string(process_.pid()) + "/status"));
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return 0;
}

}  // namespace scwsim::tests
