// Traces: the T=0 form of exchanges, the file, and tshark's opinion of it.
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "card/base/hex.h"
#include "tests/support/hex_literal.h"
#include "tests/support/shared_vectors.h"
#include "tools/trace/apdu_trace.h"
#include "tools/trace/gsmtap.h"

using namespace scwsim;
using namespace scwsim::tests;
using namespace scwsim::trace;

namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "scwsim-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string operator/(const std::string& name) const {
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

// What a program prints, or nothing when there is no such program.
std::optional<std::string> output_of(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  std::array<char, 4096> buffer{};
  while (const size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), n);
  }
  return ::pclose(pipe) == 0 ? std::optional(text) : std::nullopt;
}

struct Exchange {
  const char* command;
  const char* response;
};

// The cases of TS 102 221 §10.1.1, each with success, warning and refusal.
constexpr Exchange kSession[] = {
    {"00A40004023F00", "611E"},
    {"00A40004023F0000", "62038201789000"},
    {"00C0000005", "62038201789000"},
    {"00A40004022FE2", "6A82"},
    {"00B000000A", "981032547698103254769000"},
    {"00B000000A", "6982"},
    {"00B0000000", "6C0A"},
    {"00B201041A", "6A83"},
    {"00B00000000000", "010203049000"},
    {"8010000004FFFFFFFF", "910F"},
    {"801200000F", "D00D8103010500820281829902090A9000"},
    {"801200000F", "6F00"},
    {"8012000000", "6C0F"},
    {"80120000FF", "6985"},
    {"801400000C810301050082028281830100", "9114"},
    {"80C200000DD60B99010A82028281B8028100", "9000"},
    {"80C200000DD60B99010A82028281B802810000", "9110"},
    {"80F2000C", "9000"},
    {"80F2010100", "6C12"},
    {"80F2010112", "8410A0000000871002FFFFFFFF89070900009110"},
    {"0070000001", "6A81"},
    {"0084000008", "6D00"},
};

}  // namespace

TEST_CASE("exchanges become T=0 exchanges") {
  struct Row {
    const char* command;
    const char* response;
    const char* t0;
    bool same;
  };
  const Row rows[] = {
      {"80F2000C", "9000", "80F2000C00 9000", false},                      // case 1
      {"00B0000002", "ABCD9000", "00B0000002 ABCD9000", true},             // case 2
      {"00B0000000", "ABCD9000", "00B0000002 ABCD9000", false},            //
      {"00B000000A", "6982", "00B0000000 6982", false},                    // refused
      {"8012000000", "6C0F", "8012000002 6C0F", false},                    //
      {"00D6000001AA", "9000", "00D6000001AA 9000", true},                 // case 3
      {"00A40004023F0000", "61109000", "00A40004023F00 61109000", false},  // case 4
      {"00B00000000002", "ABCD9000", "00B0000002 ABCD9000", false},        // extended 2
      {"00D6000000 0001AA", "9000", "00D6000001AA 9000", false},           // extended 3
      {"00D6000000 0001AA0000", "9000", "00D6000001AA 9000", false},       // extended 4
      {"00A4", "6700", "00A4 6700", true},                                 // no APDU
      {"00D6000005AA", "6700", "00D6000000 6700", false},                  // cut short
  };
  for (const Row& row : rows) {
    INFO(row.command);
    std::vector<uint8_t> t0;
    CHECK(to_t0(*from_hex(row.command), *from_hex(row.response), t0) == row.same);
    CHECK(to_hex(t0) == to_hex(*from_hex(row.t0)));
  }
}

TEST_CASE("a trace is a file of its owner's, with a section, an interface and packets") {
  const TemporaryFolder folder;
  const std::string path = folder / "trace.pcapng";
  std::ofstream(path) << std::string(1000, 'x');  // what was there goes
  {
    ApduTrace trace;
    REQUIRE_FALSE(trace.open(path));
    trace.on_exchange({}, "80F2000C"_x, "9000"_x);
  }
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  CHECK(to_hex(as_bytes(text).first(28)) ==
        "0A0D0D0A0000001C1A2B3C4D00010000FFFFFFFFFFFFFFFF0000001C");
  const std::string digits = to_hex(as_bytes(text).subspan(28 + 32));
  CHECK(digits.find("80F2000C009000") != std::string::npos);
  // IPv4 over loopback, UDP 4729, GSMTAP version 2, type SIM.
  CHECK(digits.find("4500003300000000401100007F0000017F000001") == std::string::npos);
  CHECK(digits.find("7F0000017F00000112791279001F00000204040000000000") != std::string::npos);
}

TEST_CASE("a trace that cannot be written says where and why") {
  ApduTrace trace;
  CHECK(trace.open("/nonexistent/trace.pcapng") ==
        "/nonexistent/trace.pcapng: No such file or directory");
  const TemporaryFolder folder;
  CHECK(ApduTrace().open(folder / ".") != std::nullopt);
  CHECK(ApduTrace().open("/dev/null") == "/dev/null: not a regular file");
}

TEST_CASE("tshark reads every exchange of a trace, none of them malformed") {
  const auto version = output_of("tshark --version");
  if (!version) return leave_out("tshark");
  const TemporaryFolder folder;
  const std::string path = folder / "trace.pcapng";
  {
    ApduTrace trace;
    REQUIRE_FALSE(trace.open(path));
    auto time = links::ApduObserver::Time(std::chrono::seconds(1'700'000'000));
    trace.on_atr(time, "3B9F96801F878031E073FE211B674A4C753034054BA9"_x);
    for (const Exchange& exchange : kSession) {
      time += std::chrono::milliseconds(1);
      trace.on_exchange(time, *from_hex(exchange.command), *from_hex(exchange.response));
    }
  }
  const auto text = output_of("tshark -o ip.check_checksum:TRUE -T json -r " + path);
  REQUIRE(text);
  const auto packets = nlohmann::json::parse(*text);
  REQUIRE(packets.size() == 1 + std::size(kSession));
  for (const auto& packet : packets) {
    const auto& layers = packet.at("_source").at("layers");
    INFO(layers.dump(1));
    const auto protocols = layers.at("frame").at("frame.protocols").get<std::string>();
    CHECK(protocols.starts_with("ip:udp:gsmtap:gsm_sim"));
    CHECK_FALSE(layers.contains("_ws.malformed"));
    CHECK(layers.at("ip").at("ip.checksum.status") == "1");  // good
  }
  CHECK(packets[0].dump().find("\"ATR\"") != std::string::npos);
  CHECK(packets[5].dump().find("C-APDU") == std::string::npos);  // as it was: no comment
  CHECK(packets[6].dump().find("C-APDU 00B000000A R-APDU 6982") != std::string::npos);
  CHECK(packets[2].at("_source").at("layers").at("frame").at("frame.time_epoch") ==
        "1700000000.002000000");
}
