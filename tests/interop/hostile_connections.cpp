// Hostile octets, and hostile timing, on real sockets through gateway, APDUs and
// card: the table of hostile requests; applications that are slow, go silent, end
// or break off anywhere. Whatever they do, nobody else notices, and nothing of it
// stays behind.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "tests/support/hostile_table.h"
#include "tests/support/process.h"
#include "tests/support/raw_connection.h"
#include "tests/support/sanitizer.h"

using namespace scwsim::tests;

namespace {

constexpr size_t kWhole = SIZE_MAX;
/// Beyond it a row is not sent octet by octet: that takes longer than it tells.
constexpr size_t kLongRow = 4096;
/// How often an attack is repeated, and how often before the memory counts.
constexpr int kRounds = 8;
constexpr int kWarmRounds = 2;

/// scwsim with the site of the table.
struct Target {
  explicit Target(const std::string& policy = "") {
    write_text(folder.path("profile.json"), hostile_profile(policy));
    scwsim.emplace(
        std::vector<std::string>{"--profile", folder.path("profile.json"), "--log-level", "off"});
  }
  [[nodiscard]] RawConnection connect() const { return RawConnection(scwsim->port()); }

  TemporaryFolder folder;
  std::optional<RunningScwsim> scwsim;
};

void try_rows(const std::string& policy, size_t piece) {
  Target target(policy);
  const Dial dial = dial_port(target.scwsim->port());
  for (const HostileRow& row : hostile_rows()) {
    const auto outcome = row.outcomes.find(policy);
    if (outcome == row.outcomes.end()) continue;
    if (piece < row.octets.size() && row.octets.size() > kLongRow) continue;
    CAPTURE(row.name, policy);
    CHECK(try_hostile_row(row, outcome->second, dial, piece) == "");
  }
}

std::string get(const std::string& path, const std::string& more = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n";
}

std::string post(std::string_view body) {
  return "POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

size_t open_descriptors(int pid) {
  const std::filesystem::directory_iterator all("/proc/" + std::to_string(pid) + "/fd");
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

size_t count(std::string_view text, std::string_view what) {
  size_t n = 0;
  for (size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++n;
  return n;
}

/// Whether every channel of the card waits for somebody, but the one by which its
/// status page is asked for.
bool all_channels_listen(Target& target) {
  RawConnection connection = target.connect();
  connection.send("GET /status HTTP/1.0\r\n\r\n");  // not in chunks
  const std::string_view page = connection.read_all();
  const size_t table = page.find("<h2>BIP channels");
  REQUIRE(table != page.npos);
  const std::string_view channels = page.substr(table, page.find("</table>", table) - table);
  const size_t all = count(channels, "<tr><td>");
  REQUIRE(all >= 4);
  return count(channels, "<td>listen</td>") == all - 1;
}

/// Waits until a thing holds that must come to hold.
template <typename Condition>
void wait_until(Condition holds) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) REQUIRE(std::chrono::steady_clock::now() < give_up);
}

/// What scwsim holds while nobody is connected: looked at before and after what a test
/// does to it.
class Holdings {
 public:
  /// Before anybody has connected.
  explicit Holdings(Target& target)
      : target_(target), descriptors_(open_descriptors(target_.scwsim->process().pid())) {
    settle();
  }

  /// From here on the memory counts, too: all that grows once has grown.
  void warm() { kib_ = target_.scwsim->resident_kib(); }

  /// All channels listen again but the one by which it is asked; a request is served;
  /// descriptors and memory are what they were.
  void check() {
    settle();
    {
      RawConnection connection = target_.connect();
      connection.send(get("/a", "Connection: close\r\n"));
      CHECK(connection.read_all().ends_with("\r\n\r\na"));
    }
    const int pid = target_.scwsim->process().pid();
    wait_until([&] { return open_descriptors(pid) == descriptors_; });
    CHECK(target_.scwsim->process().running());
    CHECK(kib_ > 0);
    CHECK((kKeepsFreedMemory || target_.scwsim->resident_kib() - kib_ < kMostGrowth));
  }

 private:
  static constexpr long kMostGrowth = 256;

  void settle() const {
    wait_until([&] { return all_channels_listen(target_); });
  }

  Target& target_;
  size_t descriptors_;
  long kib_ = 0;
};

/// Does `attack` at each of `positions`, many times over, and looks what is left of it.
template <typename Attack>
void at_each(const std::vector<size_t>& positions, Attack attack) {
  // A sanitizer keeps what is freed in quarantine: not for long here.
  ::setenv("ASAN_OPTIONS", "quarantine_size_mb=1", 1);
  Target target;
  Holdings holdings(target);
  REQUIRE(positions.size() >= 64);
  for (int round = 0; round < kRounds; ++round) {
    if (round == kWarmRounds) holdings.warm();
    for (const size_t position : positions) {
      CAPTURE(position);
      attack(target, position);
    }
  }
  holdings.check();
}

std::vector<size_t> up_to(size_t end, size_t step = 1) {
  std::vector<size_t> positions;
  for (size_t at = 0; at <= end; at += step) positions.push_back(at);
  return positions;
}

}  // namespace

TEST_CASE("hostile table over sockets: whole", "[hostile]") { try_rows("", kWhole); }

TEST_CASE("hostile table over sockets: octet by octet", "[hostile]") { try_rows("", 1); }

TEST_CASE("hostile table over sockets: under every other policy", "[hostile]") {
  for (const std::string& policy : hostile_policies()) {
    if (!policy.empty()) try_rows(policy, kWhole);
  }
}

TEST_CASE("clients of an octet at a time are served, and hold up nobody", "[hostile]") {
  Target target;
  const std::vector<std::string> requests = {get("/a", "X: a field that takes its time\r\n"),
                                             post("a body that takes its time"),
                                             "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                                             "chunked\r\n\r\n4;slow=1\r\nbody\r\n0\r\n\r\n"};
  std::vector<std::unique_ptr<RawConnection>> slow;
  for (size_t i = 0; i < requests.size(); ++i) {
    slow.push_back(std::make_unique<RawConnection>(target.scwsim->port()));
  }
  bool more = true;
  for (size_t at = 0; more; ++at) {
    more = false;
    for (size_t i = 0; i < slow.size(); ++i) {
      if (at >= requests[i].size()) continue;
      more = true;
      slow[i]->send(std::string_view(requests[i]).substr(at, 1));
    }
    RawConnection other = target.connect();
    other.send(get("/a", "Connection: close\r\n"));
    REQUIRE(other.read_all().ends_with("\r\n\r\na"));
  }
  CHECK(slow[0]->take_response().starts_with("HTTP/1.1 200 "));
  CHECK(slow[1]->take_response().starts_with("HTTP/1.1 405 "));
  CHECK(slow[2]->take_response().starts_with("HTTP/1.1 405 "));
}

TEST_CASE("an end at each octet of a request", "[hostile]") {
  const std::string request = post("a body of some length");
  at_each(up_to(request.size()), [&](Target& target, size_t position) {
    RawConnection connection = target.connect();
    connection.send(request.substr(0, position));
    connection.finish_sending();
    const bool whole = position == request.size();
    CHECK(connection.read_all().starts_with("HTTP/1.1 405 ") == whole);
    CHECK(connection.ended());
  });
}

TEST_CASE("a reset at each octet of a request", "[hostile]") {
  const std::string request = post("a body of some length");
  at_each(up_to(request.size()), [&](Target& target, size_t position) {
    RawConnection connection = target.connect();
    connection.send(request.substr(0, position));
    connection.reset();
  });
}

TEST_CASE("a reset at many octets of a response", "[hostile]") {
  at_each(up_to(hostile_large_page().size(), 257), [&](Target& target, size_t position) {
    RawConnection connection = target.connect();
    connection.send(get("/large"));
    (void)connection.read(position);
    connection.reset();
  });
}

TEST_CASE("an end at many octets of a response that is read no further", "[hostile]") {
  at_each(up_to(hostile_large_page().size(), 257), [&](Target& target, size_t position) {
    RawConnection connection = target.connect();
    connection.send(get("/large") + get("/large"));
    (void)connection.read(position);
    connection.finish_sending();
  });
}

TEST_CASE("a reset with requests waiting behind the one that is answered", "[hostile]") {
  std::string many;
  for (int i = 0; i < 20; ++i) many += get("/large");
  at_each(up_to(many.size(), 7), [&](Target& target, size_t position) {
    RawConnection connection = target.connect();
    connection.send(std::string_view(many).substr(0, position));
    if (position >= get("/large").size()) (void)connection.read(position);
    connection.reset();
  });
}

TEST_CASE("half-open connections that never read to the end", "[hostile]") {
  Target target;
  Holdings holdings(target);
  for (int round = 0; round < kRounds; ++round) {
    if (round == kWarmRounds) holdings.warm();
    std::vector<std::unique_ptr<RawConnection>> half;
    for (size_t i = 0; i < 40; ++i) {
      half.push_back(std::make_unique<RawConnection>(target.scwsim->port()));
      half.back()->send(std::string_view(get("/large")).substr(0, i));
      half.back()->finish_sending();
      RawConnection other = target.connect();
      other.send(get("/a", "Connection: close\r\n"));
      REQUIRE(other.read_all().ends_with("\r\n\r\na"));
    }
  }
  holdings.check();
}
