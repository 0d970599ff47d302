// How many GETs of 1 KB and of 100 KB a second the card answers through gateway and APDUs, and
// nginx with the same files beside it, in the same run and on the same core; the
// load, by wrk over persistent connections, comes from another core. nginx is
// set up to be fast: no log, file kept open, one write per response.
//
//   build/scwsim_bench_http [--seconds N] [--rounds N]
//
// Takes the median of the rounds. The rate is that of server and load together;
// processor time per GET is the server's alone, kernel included. The APDUs per
// GET are counted by the card: its status page is read before and after. Exit
// status 2 without nginx, wrk (Debian: nginx-light, wrk) or a second core.

#include <algorithm>
#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/machine.h"

namespace {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;
using namespace scwsim::bench;

constexpr std::chrono::seconds kPatience{10};

struct Page {
  const char* name;
  const char* path;
  size_t size;
};
constexpr std::array kPages = {Page{"1 KB", "/kilobyte.txt", 1024},
                               Page{"100 KB", "/hundred.txt", 100 * size_t{1024}}};
constexpr std::array kConnections = {1, 4};

// ---- the servers -----------------------------------------------------------

// "" when nobody answers.
std::string get(uint16_t port, std::string_view path) {
  tcp::iostream stream;
  stream.expires_after(kPatience);
  stream.connect("127.0.0.1", std::to_string(port));
  stream << "GET " << path << " HTTP/1.0\r\n\r\n" << std::flush;
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string nginx_configuration(const Folder& folder, uint16_t port) {
  std::string text =
      "daemon off; master_process off; worker_processes 1;\nerror_log stderr;\npid " +
      folder.path("nginx.pid") + ";\nevents {}\nhttp {\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text += std::string(kind) + "_temp_path " + folder.path("nginx") + ";\n";
  }
  return text +
         "access_log off; sendfile on; keepalive_requests 1000000000; open_file_cache max=16;\n"
         "types { text/plain txt; }\nserver { listen 127.0.0.1:" +
         std::to_string(port) + "; root " + folder.path("site") + "; }\n}\n";
}

// The default profile with these pages for its site. A channel more than connections: on the
// last free one the card answers with Connection: close.
std::string card_profile() {
  std::ifstream file(SCWSIM_SOURCE_DIR "/card/profile/default/profile.json");
  nlohmann::json profile = nlohmann::json::parse(file);
  profile.erase("$schema");
  profile["http"]["connections"] = kConnections.back() + 1;
  profile["site"] = nlohmann::json::array();
  for (const Page& page : kPages) {
    profile["site"].push_back(
        {{"path", page.path}, {"type", "text/plain"}, {"file", std::string("site") + page.path}});
  }
  return profile.dump();
}

// ---- the measurement -------------------------------------------------------

// A server under load with one number of connections.
struct Server {
  std::string name;
  uint16_t port;
  const Program& program;
  std::vector<double> rates{};  // GETs a second, by round
  std::vector<double> costs{};  // processor time per GET in microseconds, by round
};

void wait_for(const Server& server) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (get(server.port, kPages.front().path).find("200 OK") == std::string::npos) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error(server.name + " does not answer");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

struct CardCounters {
  uint64_t apdus;
  uint64_t requests;
};

uint64_t fact(std::string_view page, std::string_view name) {
  const std::string before = "<dt>" + std::string(name) + "</dt><dd>";
  const size_t at = page.find(before);
  uint64_t value = 0;
  if (at == page.npos) throw std::runtime_error("no \"" + std::string(name) + "\" on /status");
  std::from_chars(page.data() + at + before.size(), page.data() + page.size(), value);
  return value;
}

CardCounters read_counters(uint16_t port) {
  const std::string page = get(port, "/status");
  return {fact(page, "Command APDUs"), fact(page, "Requests served")};
}

double number_after(const std::string& text, std::string_view label) {
  const size_t at = text.find(label);
  return at == std::string::npos ? 0 : std::stod(text.substr(at + label.size()));
}

void load(const Folder& folder, Server& server, const Page& page, int connections, int seconds,
          int core) {
  const double used = server.program.processor_time();
  Program({"wrk", "-t1", "-c" + std::to_string(connections), "-d" + std::to_string(seconds),
           "--timeout", "30s", "http://127.0.0.1:" + std::to_string(server.port) + page.path},
          core, folder.path("wrk.txt"))
      .wait();
  const std::string output = folder.read("wrk.txt");
  const double rate = number_after(output, "Requests/sec:");
  const bool failed = output.find("errors") != output.npos || output.find("Non-2xx") != output.npos;
  if (rate == 0 || failed) throw std::runtime_error("wrk failed:\n" + output);
  const double requests = rate * number_after(output, "requests in");  // so many seconds
  server.rates.push_back(rate);
  server.costs.push_back((server.program.processor_time() - used) * 1e6 / requests);
}

void run(int seconds, int rounds) {
  const Cores cores = find_cores();
  const Folder folder;
  fs::create_directory(folder.path("site"));
  for (const Page& page : kPages) {
    folder.write(std::string("site") + page.path, std::string(page.size, 'x'));
  }
  folder.write("profile.json", card_profile());

  const uint16_t nginx_port = free_port();
  folder.write("nginx.conf", nginx_configuration(folder, nginx_port));
  const Program nginx_program(
      {"nginx", "-e", "stderr", "-p", folder.path(), "-c", folder.path("nginx.conf")},
      cores.servers, folder.path("nginx.txt"));
  const uint16_t card_port = free_port();
  const Program card_program(
      {SCWSIM_BINARY_DIR "/scwsim", "up", "--profile", folder.path("profile.json"), "--http-port",
       std::to_string(card_port), "--https-port", "0"},
      cores.servers, folder.path("scwsim.txt"));
  pin(cores.load);

  std::string table =
      "| page | server | connections | GETs/s | of nginx | processor time per GET | APDUs per GET "
      "|\n|---|---|---|---|---|---|---|\n";
  Progress progress(static_cast<int>(kPages.size() * kConnections.size()) * rounds);
  for (const Page& page : kPages) {
    for (const int connections : kConnections) {
      Server nginx{"nginx", nginx_port, nginx_program};
      Server card{"scwsim", card_port, card_program};
      for (const Server* server : {&nginx, &card}) wait_for(*server);
      const CardCounters before = read_counters(card_port);
      for (int round = 0; round < rounds; ++round) {
        for (Server* server : {&nginx, &card}) {
          load(folder, *server, page, connections, seconds, cores.load);
        }
        progress.round_done();
      }
      const CardCounters after = read_counters(card_port);
      const double apdus = static_cast<double>(after.apdus - before.apdus) /
                           static_cast<double>(after.requests - before.requests);
      std::array<char, 256> rows{};
      std::snprintf(rows.data(), rows.size(),
                    "| %s | nginx | %d | %.0f | 1 | %.1f µs | |\n"
                    "| %s | scwsim | %d | %.0f | %s | %.1f µs | %.1f |\n",
                    page.name, connections, median(nginx.rates), median(nginx.costs), page.name,
                    connections, median(card.rates), ratio(card.rates, nginx.rates).c_str(),
                    median(card.costs), apdus);
      table += rows.data();
    }
  }
  std::fputs(table.c_str(), stdout);
}

}  // namespace

int main(int argc, char** argv) {
  // Debian keeps nginx where only administrators look.
  const char* path = std::getenv("PATH");
  setenv("PATH", (std::string(path == nullptr ? "" : path) + ":/usr/sbin").c_str(), 1);
  const Arguments arguments(argv + 1, argv + argc);
  try {
    run(number(arguments, "--seconds", 3), number(arguments, "--rounds", 5));
    return 0;
  } catch (const Missing& missing) {
    std::fprintf(stderr, "scwsim_bench_http: %s\n", missing.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "scwsim_bench_http: %s\n", error.what());
    return 1;
  }
}
