// Many clients at once on the few channels of a card: all are served, and in turn.
#include <poll.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/raw_connection.h"
#include "tests/support/sanitizer.h"

using namespace scwsim::tests;

namespace {

constexpr int kBrowsers = 50;
constexpr int kChannels = 4;  // of the default profile's port 3516
constexpr const char* kGet = "GET /style.css HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

std::string certificate_of(RunningScwsim& scwsim, const TemporaryFolder& folder) {
  const std::string path = folder.path("card.pem");
  Process cert(
      {SCWSIM_BINARY_DIR "/scwsim", "cert", "--ready-file", scwsim.ready_file(), "--out", path});
  REQUIRE(cert.wait() == 0);
  return path;
}

// Fifty connections at once, four requests on each, as curl makes them; gives the
// status of every transfer, in one line each.
std::string curl_many(const std::vector<std::string>& urls, const std::string& certificate) {
  std::vector<std::string> command = {"curl",
                                      "-sS",
                                      "--noproxy",
                                      "*",
                                      "-Z",
                                      "--no-progress-meter",
                                      "--parallel-immediate",
                                      "--parallel-max",
                                      std::to_string(kBrowsers),
                                      "--max-time",
                                      "60",
                                      "--http1.1",
                                      "-w",
                                      "%{http_code}\n"};
  if (!certificate.empty()) command.insert(command.end(), {"--cacert", certificate});
  for (int i = 0; i < kBrowsers; ++i) {
    for (const std::string& url : urls) command.insert(command.end(), {"-o", "/dev/null", url});
  }
  Process curl(command);
  CHECK(curl.wait(std::chrono::seconds(120)) == 0);
  CHECK(curl.errors() == "");
  return curl.output();
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// Whether wrk counted an answer, and no error, time-out or refusal.
bool went_well(const std::string& output) {
  return output.find("requests in") != std::string::npos &&
         output.find(" 0 requests in") == std::string::npos &&
         output.find("Socket errors") == std::string::npos &&
         output.find("Non-2xx") == std::string::npos;
}

}  // namespace

TEST_CASE("fifty browsers at once are served, in clear and over TLS") {
  if (!have_program("curl")) return;
  RunningScwsim scwsim;
  const TemporaryFolder folder;
  const std::string all_well = repeated("200\n", kBrowsers * 4);
  CHECK(curl_many({scwsim.url("/"), scwsim.url("/style.css"), scwsim.url("/favicon.svg"),
                   scwsim.url("/status")},
                  "") == all_well);
  const std::string certificate = certificate_of(scwsim, folder);
  CHECK(curl_many({scwsim.https_url("/"), scwsim.https_url("/style.css"),
                   scwsim.https_url("/favicon.svg"), scwsim.https_url("/status")},
                  certificate) == all_well);
  CHECK(scwsim.stop() == 0);
}

TEST_CASE("fifty connections that never let go are served without an error") {
  if (!have_program("wrk")) return;
  RunningScwsim scwsim;
  for (const std::string& url : {scwsim.url("/style.css"), scwsim.https_url("/style.css")}) {
    Process wrk({"wrk", "-t1", "-c50", "-d3", "--timeout", "30", url});
    CHECK(wrk.wait() == 0);
    CAPTURE(wrk.output());
    CHECK(went_well(wrk.output()));
  }
}

TEST_CASE("connections that wait get their turn in the order in which they came") {
  RunningScwsim scwsim;
  std::vector<std::unique_ptr<RawConnection>> first;
  for (int i = 0; i < kChannels; ++i) {
    first.push_back(std::make_unique<RawConnection>(scwsim.port()));
    first.back()->send("GET /style.css HTTP/1.1\r\nHost: x\r\n");
  }
  std::vector<std::unique_ptr<RawConnection>> waiting;
  std::vector<pollfd> sockets;
  for (int i = 0; i < kBrowsers; ++i) {
    waiting.push_back(std::make_unique<RawConnection>(scwsim.port()));
    waiting.back()->send(kGet);
    sockets.push_back({waiting.back()->descriptor(), POLLIN, 0});
  }
  for (const auto& connection : first) connection->send("Connection: close\r\n\r\n");

  // By when each was answered; a socket is looked at until its first octet.
  std::vector<int> order;
  while (order.size() < kBrowsers) {
    REQUIRE(poll(sockets.data(), sockets.size(), 30'000) > 0);
    for (int i = 0; i < kBrowsers; ++i) {
      if ((sockets[static_cast<size_t>(i)].revents & POLLIN) == 0) continue;
      sockets[static_cast<size_t>(i)].fd = -1;
      order.push_back(i);
    }
  }
  // They are served in parallel, so neighbours may be exchanged, but nobody is
  // overtaken by those who came long after.
  int worst = 0;
  for (int place = 0; place < kBrowsers; ++place) {
    worst = std::max(worst, std::abs(order[static_cast<size_t>(place)] - place));
  }
  CHECK(worst <= 2 * kChannels);
  for (const auto& connection : waiting) {
    CHECK(connection->read_all().starts_with("HTTP/1.1 200 "));
  }
}

TEST_CASE("those who go on and on leave room for those who come once") {
  if (!have_program("wrk")) return;
  RunningScwsim scwsim;
  Process wrk({"wrk", "-t1", "-c4", "-d4", "--timeout", "30", scwsim.url("/style.css")});
  for (int i = 0; i < kBrowsers; ++i) {
    RawConnection connection(scwsim.port());
    connection.send(kGet);
    CHECK(connection.read_all().starts_with("HTTP/1.1 200 "));
  }
  CHECK(wrk.wait() == 0);
  CAPTURE(wrk.output());
  CHECK(went_well(wrk.output()));
}

// What an hour on a bench brings, in what a test may take: every kind of client,
// well behaved and not, over and over. Memory and descriptors stay what they were.
TEST_CASE("mixed load leaves nothing behind") {
  if (!have_program("curl") || !have_program("wrk")) return;
  RunningScwsim scwsim;
  const TemporaryFolder folder;
  const std::string certificate = certificate_of(scwsim, folder);
  const std::string upload = folder.path("upload");
  write_text(upload, std::string(15'000, 'u'));
  const auto descriptors = [&scwsim] {
    const auto all = std::filesystem::directory_iterator(
        "/proc/" + std::to_string(scwsim.process().pid()) + "/fd");
    return std::distance(begin(all), end(all));
  };
  const auto round = [&](int number) {
    Process clear({"wrk", "-t1", "-c8", "-d1", "--timeout", "30", scwsim.url("/")});
    Process secure({"wrk", "-t1", "-c8", "-d1", "--timeout", "30", scwsim.https_url("/")});
    Process sender({"curl", "-sS", "--noproxy", "*", "--cacert", certificate, "--data-binary",
                    "@" + upload, "-o", "/dev/null", scwsim.https_url("/")});
    for (int i = 0; i < 10; ++i) {
      RawConnection half(scwsim.port());
      half.send("GET / HTTP/1.1\r\nHo");
      RawConnection garbage(scwsim.https_port());
      garbage.send(std::string(static_cast<size_t>(number * 10 + i + 1), '\x16'));
      RawConnection reader(scwsim.port());
      reader.send(kGet);
      if (i % 2 == 0) {
        half.reset();
        garbage.reset();
      }
      CHECK(reader.read_all().starts_with("HTTP/1.1 200 "));
    }
    CHECK(sender.wait() == 0);
    CHECK(clear.wait() == 0);
    CHECK(secure.wait() == 0);
    CHECK(went_well(clear.output()));
    CHECK(went_well(secure.output()));
  };
  for (int i = 0; i < 3; ++i) round(i);
  const long memory = scwsim.resident_kib();
  const auto files = descriptors();
  for (int i = 3; i < 12; ++i) round(i);
  CHECK((kKeepsFreedMemory || scwsim.resident_kib() - memory < 2048));
  // Those that linger until their client has read to the end are closed in a while.
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (descriptors() > files && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(descriptors() <= files);
  CHECK(scwsim.stop() == 0);
}
