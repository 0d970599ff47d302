// Readers, writers and TLV objects: what is read is what was written, and no
// truncation gets past them.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "card/base/hex.h"
#include "card/base/random.h"
#include "card/base/tlv.h"
#include "tests/support/hex_literal.h"

using namespace scwsim;
using namespace scwsim::tests;

TEST_CASE("a failed read poisons the reader for good") {
  const auto bytes = "01 02 03"_x;
  ByteReader reader(bytes);
  CHECK(reader.u16() == 0x0102);
  CHECK(reader.take(2).empty());
  CHECK_FALSE(reader.ok());
  CHECK(reader.u8() == 0);  // the octet that was left is out of reach
  CHECK_FALSE(reader.done());
}

TEST_CASE("a block cannot see beyond its length") {
  const auto bytes = "01 02 03"_x;
  ByteReader reader(bytes);
  ByteReader block = reader.block(2);
  CHECK(block.u16() == 0x0102);
  CHECK(block.done());
  CHECK(block.u8() == 0);
  CHECK_FALSE(block.ok());
  CHECK(reader.u8() == 3);
  CHECK(reader.done());
}

TEST_CASE("a write that does not fit writes nothing and poisons the writer") {
  std::array<uint8_t, 3> buffer{};
  ByteWriter writer(buffer);
  writer.u16(0xABCD);
  writer.u16(0x1234);
  CHECK_FALSE(writer.ok());
  CHECK(writer.size() == 2);
  writer.u8(1);
  CHECK(writer.size() == 2);
  CHECK(buffer[2] == 0);
}

TEST_CASE("hexadecimal digits go there and back") {
  CHECK(rc::check("any octets", [](const std::vector<uint8_t>& bytes) {
    RC_ASSERT(from_hex(to_hex(bytes)) == bytes);
  }));
  CHECK_FALSE(from_hex("0"));
  CHECK_FALSE(from_hex("0g"));
  CHECK(from_hex("0a FF") == "0AFF"_x);
}

TEST_CASE("lengths take one, two or three octets and come back") {
  for (const size_t length : {0U, 1U, 0x7FU, 0x80U, 0xFFU, 0x100U, 0xFFFFU}) {
    std::array<uint8_t, 4> buffer{};
    ByteWriter writer(buffer);
    write_length(writer, length);
    CHECK(writer.size() == length_size(length));
    ByteReader reader(writer.written());
    CHECK(read_length(reader) == length);
    CHECK(reader.done());
  }
  for (const char* bad : {"80", "83 00 00 01", "81", "82 01"}) {
    const auto bytes = *from_hex(bad);
    ByteReader reader(bytes);
    read_length(reader);
    CHECK_FALSE(reader.ok());
  }
}

TEST_CASE("COMPREHENSION-TLVs: both flags, three-octet tags, unusable tags") {
  const auto list = "81 03 01 40 00 | 02 02 82 81 | 7F 80 99 01 AA";
  std::string digits(list);
  std::erase(digits, '|');
  const auto bytes = *from_hex(digits);
  const auto tlvs = TlvList::parse(bytes);
  REQUIRE(tlvs);
  CHECK(tlvs->find(0x01)->comprehension_required);
  CHECK_FALSE(tlvs->find(0x02)->comprehension_required);
  CHECK(equal(tlvs->find(0x99)->value, "AA"_x));
  CHECK(tlvs->find(0x99)->comprehension_required);
  CHECK_FALSE(tlvs->find(0x03));
  for (const char* bad : {"00 01 AA", "80 01 AA", "FF 01 AA"}) {
    const auto octets = *from_hex(bad);
    const auto result = TlvList::parse(octets);
    REQUIRE_FALSE(result);
    CHECK(result.fault().code == FaultCode::kBadTag);
  }
}

TEST_CASE("a list of TLVs cut anywhere inside an object is refused") {
  const auto bytes = "81 03 01 40 00 02 02 82 81 36 81 02 AA BB"_x;
  REQUIRE(TlvList::parse(bytes));
  for (size_t n = 0; n < bytes.size(); ++n) {
    const bool whole_objects = n == 0 || n == 5 || n == 9;
    CHECK(static_cast<bool>(TlvList::parse(Bytes(bytes).first(n))) == whole_objects);
  }
}

TEST_CASE("the fault of a list of TLVs says what is wrong, and at which object") {
  struct Row {
    const char* digits;
    Fault fault;
  };
  for (const Row& row :
       {Row{"02 00 00 01 AA", {FaultCode::kBadTag, 2}},
        Row{"7F 00 00 01 AA", {FaultCode::kBadTag, 0}},
        Row{"7F 80 00 01 AA", {FaultCode::kBadTag, 0}}, Row{"7F 01", {FaultCode::kTruncated, 0}},
        Row{"02 00 36 80 AA", {FaultCode::kBadLength, 2}},
        Row{"36 83 00 00 01 AA", {FaultCode::kBadLength, 0}},
        Row{"36 FF AA", {FaultCode::kBadLength, 0}}, Row{"36 82 00", {FaultCode::kTruncated, 0}},
        Row{"36 02 AA", {FaultCode::kTruncated, 0}}}) {
    const auto octets = *from_hex(row.digits);
    const auto list = TlvList::parse(octets);
    CAPTURE(row.digits);
    REQUIRE_FALSE(list);
    CHECK(list.fault() == row.fault);
  }
}

TEST_CASE("BER-TLVs: tags of one and two octets, every length form, unusable tags") {
  const auto bytes = "62 00 9F 70 01 AA 80 81 01 BB 5F 3F 82 00 02 CC DD"_x;
  ByteReader reader(bytes);
  CHECK(read_ber_tlv(reader).tag == 0x62);
  const BerTlv two = read_ber_tlv(reader);
  CHECK(two.tag == 0x9F70);
  CHECK(equal(two.value, "AA"_x));
  CHECK(equal(read_ber_tlv(reader).value, "BB"_x));
  const BerTlv last = read_ber_tlv(reader);
  CHECK(last.tag == 0x5F3F);
  CHECK(equal(last.value, "CC DD"_x));
  CHECK(reader.done());
  for (const char* bad : {"00 00", "FF 00", "9F 80 01 00", "9F", "62 80", "62 83 00 00 00"}) {
    const auto octets = *from_hex(bad);
    ByteReader poisoned(octets);
    CAPTURE(bad);
    CHECK(read_ber_tlv(poisoned).value.empty());
    CHECK_FALSE(poisoned.ok());
  }
}

TEST_CASE("every truncation of a BER-TLV poisons the reader and gives no value") {
  for (const char* digits : {"83 02 3F 00", "9F 70 81 02 AA BB", "5F 3F 82 00 02 CC DD"}) {
    const auto whole = *from_hex(digits);
    for (size_t n = 0; n < whole.size(); ++n) {
      ByteReader reader(Bytes(whole).first(n));
      CAPTURE(digits, n);
      CHECK(read_ber_tlv(reader).value.empty());
      CHECK_FALSE(reader.ok());
    }
  }
}

TEST_CASE("objects of the same tag are told apart by their order") {
  const auto bytes = "38 02 41 00 38 02 42 00"_x;
  const auto list = TlvList::parse(bytes);
  REQUIRE(list);
  CHECK(list->find(0x38, 0)->value[0] == 0x41);
  CHECK(list->find(0x38, 1)->value[0] == 0x42);
  CHECK_FALSE(list->find(0x38, 2));
}

TEST_CASE("the card's random numbers: the same seed gives the same, any other another") {
  const auto first_octets = [](const Seed& seed, Bytes iccid, uint32_t boot, size_t step) {
    RandomStream stream(seed, iccid, boot);
    std::vector<uint8_t> out(100);
    for (size_t at = 0; at < out.size(); at += step) {
      stream.fill(std::span(out).subspan(at, std::min(step, out.size() - at)));
    }
    return out;
  };
  const Seed seed{1, 2, 3};
  const auto iccid = "98 88"_x;
  const auto reference = first_octets(seed, iccid, 1, 100);
  CHECK(first_octets(seed, iccid, 1, 7) == reference);  // however it is asked for
  CHECK(first_octets(seed, iccid, 2, 100) != reference);
  CHECK(first_octets(Seed{1, 2, 4}, iccid, 1, 100) != reference);
  CHECK(first_octets(seed, "98 89"_x, 1, 100) != reference);
}
