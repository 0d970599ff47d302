// Many connections, pipelined requests, and applications that do not behave, on
// real sockets through gateway, APDUs and card.
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/process.h"
#include "tests/support/raw_connection.h"

using namespace scwsim::tests;

namespace {

std::string get(const std::string& path, const std::string& more = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
}

}  // namespace

TEST_CASE("pipelined requests are answered in their order, however they are cut") {
  RunningScwsim scwsim;
  const std::string requests = get("/style.css") + get("/missing") + get("/files.html");
  RawConnection whole(scwsim.port());
  whole.send(requests);
  const std::string first = whole.take_response();
  const std::string second = whole.take_response();
  const std::string third = whole.take_response();
  CHECK(first.find("text/css") != std::string::npos);
  CHECK(second.starts_with("HTTP/1.1 404 "));
  CHECK(third.ends_with(read_text(SCWSIM_SOURCE_DIR "/card/profile/default/site/files.html")));

  RawConnection octets(scwsim.port());
  for (const char octet : requests) octets.send({&octet, 1});
  CHECK(octets.take_response() == first);
  CHECK(octets.take_response() == second);
  CHECK(octets.take_response() == third);
}

TEST_CASE("fifty connections at once: every one is served, none is reset") {
  RunningScwsim scwsim;
  const std::string expected = read_text(SCWSIM_SOURCE_DIR "/card/profile/default/site/index.html");
  std::atomic<int> served = 0;
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (int i = 0; i < 50; ++i)
    connections.push_back(std::make_unique<RawConnection>(scwsim.port()));
  for (const auto& connection : connections) connection->send(get("/", "Connection: close\r\n"));
  for (const auto& connection : connections) {
    if (connection->read_all().ends_with("\r\n\r\n" + expected)) ++served;
  }
  CHECK(served == 50);
}

TEST_CASE("connections that say nothing keep nobody waiting") {
  RunningScwsim scwsim;
  std::vector<std::unique_ptr<RawConnection>> silent;
  for (int i = 0; i < 20; ++i) silent.push_back(std::make_unique<RawConnection>(scwsim.port()));
  RawConnection speaker(scwsim.port());
  speaker.send(get("/"));
  CHECK(speaker.take_response().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("ten thousand requests leave the memory as it was") {
  // A sanitizer keeps what is freed in quarantine: not for long here.
  ::setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 1);
  RunningScwsim scwsim({"--log-level", "off"});
  RawConnection connection(scwsim.port());
  const auto ask = [&](int times) {
    for (int i = 0; i < times; ++i) {
      connection.send(get(i % 2 == 0 ? "/style.css" : "/status"));
      REQUIRE(connection.take_response().starts_with("HTTP/1.1 200 "));
    }
  };
  ask(500);
  const long before = scwsim.resident_kib();
  ask(10000);
  CHECK(before > 0);
  CHECK(scwsim.resident_kib() - before < 256);
}

TEST_CASE("an application that stops sending still hears the answer, and then the end") {
  RunningScwsim scwsim;
  RawConnection connection(scwsim.port());
  connection.send(get("/files.html"));
  connection.finish_sending();
  const std::string& answer = connection.read_all();
  CHECK(answer.ends_with(read_text(SCWSIM_SOURCE_DIR "/card/profile/default/site/files.html")));
}

TEST_CASE("one who does not read keeps nobody from coming to an end") {
  RunningScwsim scwsim;
  RawConnection greedy(scwsim.port());
  std::string many;
  for (int i = 0; i < 400; ++i) many += get("/files.html");
  greedy.send_some(many);
  RawConnection half(scwsim.port());
  half.send("GET / HT");
  half.finish_sending();
  CHECK(half.read_all().empty());
  CHECK(half.ended());
  // Nor is the card asked again and again: its power-up and the pages that fit
  // the socket are all that it has to do.
  const long apdus = scwsim.apdus();
  CHECK(scwsim.apdus() - apdus < 200);
}

TEST_CASE("connections that close at once take nobody else with them") {
  RunningScwsim scwsim;
  for (int i = 0; i < 300; ++i) {
    RawConnection silent(scwsim.port());
    RawConnection one(scwsim.port());
    one.send(get("/style.css"));
    silent.finish_sending();
    REQUIRE(one.take_response().starts_with("HTTP/1.1 200 "));
  }
}

TEST_CASE("of silent connections only so many are kept, the latest") {
  RunningScwsim scwsim;
  std::deque<RawConnection> silent;
  for (int i = 0; i < 300; ++i) silent.emplace_back(scwsim.port());
  CHECK(silent.front().read_all().empty());
  CHECK(silent.front().ended());
  silent.back().send(get("/style.css"));
  CHECK(silent.back().take_response().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("half a request holds its channel for a while, not for ever") {
  TemporaryFolder folder;
  std::filesystem::copy(SCWSIM_SOURCE_DIR "/card/profile/default", folder.path("card"),
                        std::filesystem::copy_options::recursive);
  auto profile = nlohmann::json::parse(read_text(folder.path("card/profile.json")));
  profile["http"]["idle_s"] = 1;
  profile["cat"]["poll_interval_s"] = 1;
  write_text(folder.path("card/profile.json"), profile.dump());
  for (const char* terminal : {"server-mode", "B31FE8C2118C00078400001FE260000047C0"}) {
    std::string name = terminal;
    if (name != "server-mode") {  // one without timers
      write_text(folder.path("profile.hex"), name);
      name = folder.path("profile.hex");
    }
    RunningScwsim scwsim(
        {"--profile", folder.path("card/profile.json"), "--terminal-profile", name});
    std::deque<RawConnection> half;
    for (int i = 0; i < 4; ++i) half.emplace_back(scwsim.port()).send("GET / HT");
    RawConnection fifth(scwsim.port());
    fifth.send(get("/style.css"));
    CHECK(fifth.take_response().starts_with("HTTP/1.1 200 "));
    CHECK(half.front().read_all().starts_with("HTTP/1.1 408 "));
  }
}

TEST_CASE("applications that vanish at any point free their channels") {
  RunningScwsim scwsim;
  const std::string request = get("/files.html");
  for (size_t cut = 1; cut <= request.size(); ++cut) {
    RawConnection connection(scwsim.port());
    connection.send(request.substr(0, cut));
    if (cut % 3 == 0) {
      connection.reset();
    } else if (cut % 3 == 1) {
      connection.finish_sending();
    }
  }
  // All channels are free again: four connections at a time are served at once.
  for (int i = 0; i < 8; ++i) {
    RawConnection connection(scwsim.port());
    connection.send(get("/", "Connection: close\r\n"));
    CHECK(connection.read_all().starts_with("HTTP/1.1 200 "));
  }
}

TEST_CASE("an application that does not read holds up nobody else") {
  RunningScwsim scwsim;
  RawConnection lazy(scwsim.port());
  std::string many;
  for (int i = 0; i < 2000; ++i) many += get("/files.html");
  std::thread sender([&] { lazy.send(many); });
  for (int i = 0; i < 50; ++i) {
    RawConnection other(scwsim.port());
    other.send(get("/", "Connection: close\r\n"));
    CHECK(other.read_all().starts_with("HTTP/1.1 200 "));
  }
  size_t served = 0;
  for (; served < 2000; ++served) {
    if (!lazy.take_response().starts_with("HTTP/1.1 200 ")) break;
  }
  sender.join();
  CHECK(served == 2000);
}

TEST_CASE("malformed HTTP gets its status, and the card goes on") {
  RunningScwsim scwsim;
  for (const auto& [request, status] : {std::pair("GET / HTTP/1.1\r\n\r\n", "400"),
                                        std::pair("GET  / HTTP/1.1\r\nHost: x\r\n\r\n", "400"),
                                        std::pair("get / HTTP/1.1\r\nHost: x\r\n\r\n", "501"),
                                        std::pair("GET / HTTP/2.0\r\nHost: x\r\n\r\n", "505"),
                                        std::pair("GET / HTTP/1.1\nHost: x\n\n", "400"),
                                        std::pair("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", "400"),
                                        std::pair("POST / HTTP/1.1\r\nHost: x\r\n"
                                                  "Content-Length: 1\r\n"
                                                  "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                                                  "400")}) {
    RawConnection connection(scwsim.port());
    connection.send(request);
    connection.finish_sending();
    CAPTURE(request);
    CHECK(connection.read_all().substr(0, 12) == "HTTP/1.1 " + std::string(status));
  }
  RawConnection connection(scwsim.port());
  connection.send(get("/"));
  CHECK(connection.take_response().starts_with("HTTP/1.1 200 "));
}
