// TS 102 221 §11.1: every form of SELECT with its FCP, STATUS, reading and
// updating, and the status words for what must be refused.
#include <catch2/catch.hpp>

#include "card/uicc/instructions.h"
#include "tests/support/card_under_test.h"

using namespace scwsim;
using namespace scwsim::tests;

TEST_CASE("§6.3 the answer to reset is well-formed: TCK makes the sum zero") {
  Uicc card(default_card_image(), Seed{});
  const Bytes atr = card.power_on();
  REQUIRE(atr.size() > 2);
  CHECK(atr[0] == 0x3B);
  uint8_t sum = 0;
  for (const uint8_t octet : atr.subspan(1)) sum = static_cast<uint8_t>(sum ^ octet);
  CHECK(sum == 0);
  CHECK(equal(card.reset(), atr));
}

TEST_CASE("a card without power is mute") {
  CardUnderTest bench;
  bench.card.power_off();
  CHECK(bench.apdu("00A40004023F00").empty());
  CHECK(bench.card.reset().empty());
  CHECK_FALSE(bench.card.power_on().empty());
  CHECK(bench.status("00A4000C023F00") == "9000");
}

TEST_CASE("§11.1.1 SELECT the MF: 61 XX and GET RESPONSE, or at once with Le") {
  CardUnderTest bench;
  const std::string fcp =
      "6223"
      "82027821"
      "83023F00"
      "A503800171"
      "8A0105"
      "8B032F0606"
      "C6"
      "0C"
      "900160"
      "830101"
      "830181"
      "83010A";
  CHECK(bench.apdu("00A40004023F00") == "6125");
  CHECK(bench.apdu("00C0000025") == fcp + "9000");
  CHECK(bench.apdu("00A40004023F0000") == fcp + "9000");
  CHECK(bench.apdu("00A40004023F0025") == fcp + "9000");
  CHECK(bench.apdu("00A4000400") == fcp + "9000");  // no identifier: the MF
  CHECK(bench.apdu("00A4000C023F00") == "9000");    // no data wanted
}

TEST_CASE("§11.1.1 SELECT gives the whole FCP of each kind of file") {
  CardUnderTest bench;
  CHECK(bench.apdu("00A40004022FE200") ==
        "6217"
        "82024121"
        "83022FE2"
        "8A0105"
        "8B032F0605"
        "8002000A"
        "880110"
        "9000");
  CHECK(bench.apdu("00A40004022F0000") ==
        "621A"
        "8205422100"
        "2602"
        "83022F00"
        "8A0105"
        "8B032F0601"
        "8002004C"
        "8801F0"
        "9000");
  const std::string usim = bench.apdu("00A4040410" + std::string(kUsimAid) + "00");
  CHECK(usim ==
        "6231"
        "82027821"
        "8410" +
            std::string(kUsimAid) +
            "A503800171"
            "8A0105"
            "8B032F0606"
            "C60C900160830101830181"
            "83010A"
            "9000");
  CHECK(bench.apdu("00A40004026F4600").find("8800") != std::string::npos);  // no SFI
}

TEST_CASE("§11.1.1 SELECT by identifier, child, parent, path, name, partial name") {
  CardUnderTest bench;
  CHECK(bench.status("00A4000C026F07") == "6A82");      // not from the MF
  CHECK(bench.status("00A4080C047FFF6F07") == "6A82");  // no current ADF yet
  CHECK(bench.status("00A4040C07A0000000871002") == "9000");
  CHECK(bench.status("00A4000C026F07") == "9000");
  CHECK(bench.status("00A4000C027FFF") == "9000");
  CHECK(bench.status("00A4030C") == "9000");  // the parent: the MF
  CHECK(bench.status("00A4000C022FE2") == "9000");
  CHECK(bench.status("00A4080C047FFF6F07") == "9000");
  CHECK(bench.status("00A4080C022FE2") == "9000");
  CHECK(bench.status("00A4090C022F05") == "9000");
  CHECK(bench.status("00A4010C022FE2") == "6A82");  // an EF is no child directory
  CHECK(bench.status("00A4000C023F00") == "9000");
  CHECK(bench.status("00A4030C") == "6A82");  // above the MF is nothing
  CHECK(bench.status("00A4040C05A000000000") == "6A82");
  CHECK(bench.status("00A4040E07A0000000871002") == "6A82");  // no next one
  CHECK(bench.status("00A4080C032FE200") == "6A82");          // half an identifier
}

TEST_CASE("§8.4 a failed SELECT keeps the selection") {
  CardUnderTest bench;
  bench.status("00A4000C022FE2");
  CHECK(bench.status("00A4000C02DEAD") == "6A82");
  CHECK(bench.apdu("00B000000A") ==
        "988812010000000010F1"
        "9000");
}

TEST_CASE("§11.1.1 SELECT refuses parameters that mean nothing") {
  CardUnderTest bench;
  CHECK(bench.status("00A4020C023F00") == "6A86");
  CHECK(bench.status("00A4FF0C023F00") == "6A86");
  CHECK(bench.status("00A40008023F00") == "6A86");
  CHECK(bench.status("00A4008C023F00") == "6A86");
  CHECK(bench.status("00A4000D023F00") == "6A86");
  CHECK(bench.status("00A4040C") == "6700");
  CHECK(bench.status("00A4080C") == "6700");
  CHECK(bench.status("00A4000C013F") == "6A82");
  CHECK(bench.status("00A4040C11" + std::string(34, 'A')) == "6700");
}

TEST_CASE("§11.1.2 STATUS: FCP, application, nothing") {
  CardUnderTest bench;
  CHECK(bench.apdu("80F2000025") == bench.apdu("00A40004023F0000"));
  CHECK(bench.apdu("80F2000000") == "6C25");
  CHECK(bench.apdu("80F2000C") == "9000");
  CHECK(bench.apdu("80F2000C00") == "9000");
  CHECK(bench.apdu("80F2000112") == "6A88");
  bench.apdu(select_usim());
  CHECK(bench.apdu("80F2010112") == "8410" + std::string(kUsimAid) + "9000");
  CHECK(bench.apdu("80F2030C") == "6A86");
  CHECK(bench.apdu("80F2000D") == "6A86");
}

TEST_CASE("§11.1.3 READ BINARY: offsets, lengths, short identifiers") {
  CardUnderTest bench;
  CHECK(bench.status("00B000000A") == "6986");  // no EF
  CHECK(bench.apdu("00B082000A") ==
        "988812010000000010F1"
        "9000");  // SFI 02 selects too
  CHECK(bench.apdu("00B0000003") ==
        "988812"
        "9000");
  CHECK(bench.apdu("00B0000801") ==
        "10"
        "9000");
  CHECK(bench.apdu("00B000080A") == "6C02");
  CHECK(bench.apdu("00B0000000") == "6C0A");
  CHECK(bench.apdu("00B0000A01") == "6B00");
  CHECK(bench.apdu("00B07FFF01") == "6B00");
  CHECK(bench.apdu("00B0800001") == "6A86");  // SFI 00
  CHECK(bench.apdu("00B0E20001") == "6A86");  // RFU bits
  CHECK(bench.apdu("00B0840001") == "6A82");  // no file with that SFI
  CHECK(bench.apdu("00B09E0001") == "6981");  // EF.DIR has records
  CHECK(bench.apdu("00B000000A01") == "6700");
}

TEST_CASE("§11.1.4 UPDATE BINARY: what may be written, and what not") {
  CardUnderTest bench;
  bench.apdu(select_usim());
  CHECK(bench.status("00A4000C026F7B") == "9000");  // EF.FPLMN
  CHECK(bench.apdu("00D6000303112233") == "9000");
  CHECK(bench.apdu("00B000000C") ==
        "FFFFFF112233FFFFFFFFFFFF"
        "9000");
  CHECK(bench.apdu("00D6000A03AABBCC") == "6700");  // beyond the end: nothing of it
  CHECK(bench.apdu("00D6000C01AA") == "6B00");
  CHECK(bench.apdu("00B0000A02") ==
        "FFFF"
        "9000");
  CHECK(bench.apdu("00D6000000") == "6700");
  CHECK(bench.apdu("00D68D000142") == "9000");  // by SFI
  CHECK(bench.apdu("00B0000001") ==
        "42"
        "9000");
  CHECK(bench.status("00A4000C026F07") == "9000");
  CHECK(bench.apdu("00D600000108") == "6982");  // EF.IMSI: only with ADM1
  bench.status("00A4080C022FE2");
  CHECK(bench.apdu("00D600000198") == "6982");  // EF.ICCID: never
}

TEST_CASE("§11.1.5 READ RECORD: absolute, current, next, previous") {
  CardUnderTest bench;
  bench.status("00A4000C022F00");
  const std::string first = bench.apdu("00B2010426");
  CHECK(first.starts_with("61184F10" + std::string(kUsimAid)));
  CHECK(bench.apdu("00B2010400") == "6C26");
  CHECK(bench.apdu("00B2010410") == "6C26");
  CHECK(bench.apdu("00B2030426") == "6A83");
  CHECK(bench.apdu("00B2000426") == "6A83");  // no current record
  CHECK(bench.apdu("00B2000226") == first);
  CHECK(bench.apdu("00B2000426") == first);
  CHECK(bench.status("00B2000226") == "9000");
  CHECK(bench.status("00B2000226") == "6A83");  // behind the last
  CHECK(bench.apdu("00B2000326") == first);
  CHECK(bench.status("00B2000326") == "6A83");
  CHECK(bench.apdu("00B201F426") == first);  // SFI 1E
  CHECK(bench.status("00B2010526") == "6A86");
  CHECK(bench.status("00B2010226") == "6A86");  // next has no number
  CHECK(bench.status("00B201"
                     "14"
                     "26") == "6981");  // SFI 02 is transparent
}

TEST_CASE("§11.1.6 UPDATE RECORD") {
  CardUnderTest bench;
  bench.apdu(select_usim());
  bench.status("00A4000C026F40");  // EF.MSISDN, 2 records of 26
  const std::string record(52, '1');
  CHECK(bench.apdu("00DC02041A" + record) == "9000");
  CHECK(bench.apdu("00B202041A") == record + "9000");
  CHECK(bench.apdu("00B201041A") == std::string(52, 'F') + "9000");
  CHECK(bench.apdu("00DC020419" + std::string(50, '1')) == "6700");
  CHECK(bench.apdu("00DC03041A" + record) == "6A83");
  CHECK(bench.apdu("00DC02051A" + record) == "6A86");
  bench.status("00A4000C026FB7");  // EF.ECC
  CHECK(bench.apdu("00DC010410" + std::string(32, '1')) == "6982");
}

TEST_CASE("§10.2.2 checks in their order: class, instruction, channel, parameters, length") {
  CardUnderTest bench;
  CHECK(bench.status("A0A40000023F00") == "6E00");
  CHECK(bench.status("FFA40000023F00") == "6E00");
  CHECK(bench.status("00FF0000") == "6D00");
  CHECK(bench.status("80A40000023F00") == "6D00");  // SELECT is no toolkit command
  CHECK(bench.status("01A4000C023F00") == "6881");
  CHECK(bench.status("40A4000C023F00") == "6881");
  CHECK(bench.status("04A4000C023F00") == "6882");
  CHECK(bench.status("81100000010F") == "6881");
  CHECK(bench.status("80100100010F") == "6A86");
  CHECK(bench.status("80120001"
                     "0A") == "6A86");
  CHECK(bench.status("00B0000000000A") == "6700");  // extended lengths are not announced
  CHECK(bench.status("00A4000C053F00") == "6700");
  CHECK(bench.status("00A4") == "6700");
  CHECK(bench.status("") == "6700");
  CHECK(bench.status("00C0000010") == "6985");
}

TEST_CASE("every instruction refuses every class, channel and length it is not made for") {
  for (const Instruction& instruction : instructions()) {
    CAPTURE(instruction.name);
    CardUnderTest bench;
    const auto send = [&](unsigned cla, std::string_view rest) {
      const std::array<uint8_t, 2> header{static_cast<uint8_t>(cla), instruction.ins};
      return bench.status(to_hex(header) + std::string(rest));
    };
    const unsigned cla = instruction.cla == apdu::Class::kToolkit ? 0x80 : 0x00;
    CHECK(send(0xA0, "0000") == "6E00");
    CHECK(send(cla ^ 0x80, "0000") == "6D00");
    CHECK(send(cla | 0x01, "0000") == "6881");
    CHECK(send(cla | 0x04, "0000") == "6882");
    if (instruction.shape == Shape::kCase2) CHECK(send(cla, "00000101") == "6700");
    if (instruction.shape == Shape::kCase3) CHECK(send(cla, "0000010101") == "6700");
    CHECK(send(cla, "00000000020101") == "6700");  // extended
  }
}

TEST_CASE("a command that is not carried out leaves 61 XX data behind for nobody") {
  CardUnderTest bench;
  CHECK(bench.apdu("00A40004023F00") == "6125");
  CHECK(bench.status("80F2000C") == "9000");
  CHECK(bench.status("00C0000025") == "6985");
}

TEST_CASE("GET CHALLENGE follows the seed, and changes with each boot") {
  const auto challenge = [](Uicc& card) { return to_hex(card.transmit(*from_hex("0084000008"))); };
  Uicc a(default_card_image(), Seed{1});
  Uicc b(default_card_image(), Seed{1});
  Uicc c(default_card_image(), Seed{2});
  for (Uicc* card : {&a, &b, &c}) card->power_on();
  const std::string first = challenge(a);
  CHECK(first.size() == 20);
  CHECK(challenge(b) == first);
  CHECK(challenge(c) != first);
  CHECK(challenge(a) != first);
  b.power_off();
  b.power_on();
  CHECK(challenge(b) != first);
}

TEST_CASE("a card torn at any write has done whole commands only") {
  for (uint64_t stop = 1; stop <= 4; ++stop) {
    CardUnderTest bench;
    bench.apdu(select_usim());
    bench.status("00A4000C026F7B");
    bench.card.parts().store.stop_at_write(stop);
    uint64_t done = 0;
    for (const char* command : {"00D6000001A1", "00D6000001A2", "00D6000001A3"}) {
      if (bench.apdu(command) != "9000") break;
      ++done;
    }
    CHECK(done == std::min<uint64_t>(stop - 1, 3));
    if (done < 3) CHECK(bench.apdu("80F2000C").empty());  // mute until power comes back
    bench.card.power_off();
    bench.card.parts().store.stop_at_write(0);
    bench.card.power_on();
    bench.apdu(select_usim());
    bench.status("00A4000C026F7B");
    constexpr std::array kExpected = {"FF9000", "A19000", "A29000", "A39000"};
    CHECK(bench.apdu("00B0000001") == kExpected[done]);
  }
}

TEST_CASE("a memory that takes no write is a memory problem, and nothing changes") {
  struct BrokenSink : store::Sink {
    bool works = true;
    bool commit(std::span<const store::PageWrite> /*pages*/) override { return works; }
  } sink;
  CardUnderTest bench(&sink);
  bench.apdu(select_usim());
  bench.status("00A4000C026F7B");
  sink.works = false;
  CHECK(bench.apdu("00D6000001AA") == "6581");
  CHECK(bench.apdu("00B0000001") == "FF9000");
  sink.works = true;
  CHECK(bench.apdu("00D6000001AA") == "9000");
  CHECK(bench.apdu("00B0000001") == "AA9000");
}

TEST_CASE("any octets at all get an answer of two octets or more") {
  CardUnderTest bench;
  uint32_t state = 12345;
  const auto next = [&state] { return state = state * 1664525U + 1013904223U; };
  for (int i = 0; i < 20000; ++i) {
    std::vector<uint8_t> command(next() % 12);
    for (uint8_t& octet : command) octet = static_cast<uint8_t>(next() >> 24);
    if (command.size() > 1 && i % 2 == 0) {
      const auto all = instructions();
      command[0] = all[i / 2 % all.size()].cla == apdu::Class::kToolkit ? 0x80 : 0x00;
      command[1] = all[i / 2 % all.size()].ins;
    }
    REQUIRE(bench.card.transmit(command).size() >= 2);
  }
}

TEST_CASE("§8.4 an ADF without identifier is not found as 0000") {
  CardUnderTest bench;
  CHECK(bench.status(select_usim()) == "9000");
  CHECK(bench.status("00A4000C020000") == "6A82");
}

TEST_CASE("§7.3.1.1 what waits for GET RESPONSE is gone after any other command") {
  for (const char* other : {"00FF000000", "00A4", "00B0000001", "F0B0000001"}) {
    CAPTURE(other);
    CardUnderTest bench;
    REQUIRE(bench.status("00A40004023F00").starts_with("61"));
    (void)bench.apdu(other);
    CHECK(bench.status("00C0000010") == "6985");
  }
}
