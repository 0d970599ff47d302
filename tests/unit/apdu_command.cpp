// Command APDUs: every case, short and extended, and everything that is none.
#include <catch2/catch.hpp>

#include "card/apdu/command.h"
#include "card/apdu/get_response.h"
#include "tests/support/hex_literal.h"

using namespace scwsim;
using namespace scwsim::apdu;
using namespace scwsim::tests;

TEST_CASE("the four cases in short length") {
  const auto case1 = "00 A4 00 0C"_x;
  const auto case2 = "00 B0 00 00 0A"_x;
  const auto case2_256 = "00 B0 00 00 00"_x;
  const auto case3 = "00 D6 00 00 02 AA BB"_x;
  const auto case4 = "00 A4 00 04 02 3F 00 00"_x;
  CHECK(Command::parse(case1)->le == 0);
  CHECK(Command::parse(case2)->le == 10);
  CHECK(Command::parse(case2_256)->le == 256);
  CHECK(equal(Command::parse(case3)->data, "AA BB"_x));
  CHECK(Command::parse(case3)->le == 0);
  CHECK(equal(Command::parse(case4)->data, "3F 00"_x));
  CHECK(Command::parse(case4)->le == 256);
}

TEST_CASE("the cases in extended length") {
  const auto case2 = "00 B0 00 00 00 01 00"_x;
  const auto case2_most = "00 B0 00 00 00 00 00"_x;
  const auto case3 = "00 D6 00 00 00 00 02 AA BB"_x;
  const auto case4 = "00 A4 00 04 00 00 02 3F 00 01 02"_x;
  CHECK(Command::parse(case2)->le == 256);
  CHECK(Command::parse(case2)->extended);
  CHECK(Command::parse(case2_most)->le == 65536);
  CHECK(equal(Command::parse(case3)->data, "AA BB"_x));
  CHECK(Command::parse(case4)->le == 0x0102);
}

TEST_CASE("every truncation of a command is either another case or a fault") {
  const auto whole = "00 A4 00 04 02 3F 00 00"_x;
  CHECK(Command::parse(Bytes(whole).first(3)).fault().code == FaultCode::kTruncated);
  CHECK(Command::parse(Bytes(whole).first(4)));
  CHECK(Command::parse(Bytes(whole).first(5))->le == 2);
  CHECK(Command::parse(Bytes(whole).first(6)).fault().code == FaultCode::kTruncated);
  CHECK(Command::parse(Bytes(whole).first(7))->le == 0);
  CHECK(Command::parse({}).fault().code == FaultCode::kTruncated);

  const auto trailing = "00 A4 00 04 02 3F 00 00 00"_x;
  CHECK(Command::parse(trailing).fault() == Fault{FaultCode::kTrailing, 8});
  const auto zero_lc = "00 D6 00 00 00 00 00 AA"_x;
  CHECK(Command::parse(zero_lc).fault().code == FaultCode::kBadLength);
  const auto cut_extended = "00 D6 00 00 00 00 03 AA BB"_x;
  CHECK(Command::parse(cut_extended).fault().code == FaultCode::kTruncated);
}

TEST_CASE("every truncation of an extended command is either another case or a fault") {
  const auto whole = "00 D6 00 00 00 00 03 AA BB CC 01 00"_x;
  REQUIRE(Command::parse(whole));
  for (size_t n = 0; n < whole.size(); ++n) {
    const auto command = Command::parse(Bytes(whole).first(n));
    CAPTURE(n);
    const bool another = n == 4 || n == 5 || n == 7 || n == 10;  // cases 1, 2, 2 extended, 3
    REQUIRE(static_cast<bool>(command) == another);
    if (!another) CHECK(command.fault() == Fault{FaultCode::kTruncated, n});
  }
  CHECK(Command::parse(Bytes(whole).first(5))->le == 256);
  CHECK(Command::parse(Bytes(whole).first(7))->le == 3);
  CHECK(Command::parse(Bytes(whole).first(10))->le == 0);
  CHECK(Command::parse(whole)->le == 256);
}

TEST_CASE("class bytes: instruction set, logical channel, secure messaging") {
  struct Row {
    uint8_t cla;
    Class cls;
    uint8_t channel;
    bool secure;
  };
  for (const Row& row :
       {Row{0x00, Class::kInterindustry, 0, false}, Row{0x03, Class::kInterindustry, 3, false},
        Row{0x0C, Class::kInterindustry, 0, true}, Row{0x40, Class::kInterindustry, 4, false},
        Row{0x4F, Class::kInterindustry, 19, false}, Row{0x60, Class::kInterindustry, 4, true},
        Row{0x80, Class::kToolkit, 0, false}, Row{0x82, Class::kToolkit, 2, false},
        Row{0xC1, Class::kToolkit, 5, false}, Row{0xE1, Class::kToolkit, 5, true},
        Row{0xA0, Class::kUnknown, 0, false}, Row{0xFF, Class::kUnknown, 19, true}}) {
    const std::array<uint8_t, 4> octets{row.cla, 0, 0, 0};
    const auto command = Command::parse(octets);
    REQUIRE(command);
    CAPTURE(int{row.cla});
    CHECK(command->command_class() == row.cls);
    CHECK(command->channel() == row.channel);
    CHECK(command->secure_messaging() == row.secure);
  }
}

TEST_CASE("GET RESPONSE takes what waits whole or in parts, and only once") {
  const auto run = [](WaitingResponse& waiting, const std::vector<uint8_t>& octets) {
    std::array<uint8_t, 258> buffer{};
    Response response(buffer);
    waiting.get(*Command::parse(octets), response);
    const Bytes out = response.finish(response.size(), response.status());
    return std::vector<uint8_t>(out.begin(), out.end());
  };
  WaitingResponse waiting;
  CHECK(run(waiting, "00 C0 00 00 01"_x) == "69 85"_x);
  CHECK(waiting.keep("01 02 03 04 05"_x, 0) == 0x6105);
  CHECK(run(waiting, "00 C0 00 00 06"_x) == "6C 05"_x);
  CHECK(run(waiting, "01 C0 00 00 05"_x) == "69 85"_x);  // another channel's
  CHECK(run(waiting, "00 C0 00 00 02"_x) == "01 02 61 03"_x);
  CHECK(run(waiting, "00 C0 00 00 03"_x) == "03 04 05 90 00"_x);
  CHECK(run(waiting, "00 C0 00 00 03"_x) == "69 85"_x);
  CHECK(run(waiting, "00 C0 01 00 03"_x) == "6A 86"_x);
}
