// The terminal's reading of proactive commands.
#include "tools/terminal/proactive_command.h"

#include <catch2/catch.hpp>

#include "tests/support/hex_literal.h"
#include "tests/support/shared_vectors.h"

using namespace scwsim;
using namespace scwsim::tests;
using terminal::ProactiveCommand;

TEST_CASE("proactive commands of the vectors are read object by object") {
  const auto vectors = shared_vectors("uicc-ofono_proactive.json");
  if (!vectors) return;
  for (const auto& vector : *vectors) {
    INFO(vector.at("name"));
    const std::vector<uint8_t> d0 = *from_hex(vector.at("hex").get<std::string>());
    const ProactiveCommand command = ProactiveCommand::decode(d0);
    CHECK(command.fault == cat::result::kPerformed);

    ByteReader objects = command.objects.reader();
    for (const auto& tlv : vector.at("tlvs")) {
      const ComprehensionTlv object = read_comprehension_tlv(objects);
      const std::vector<uint8_t> value = *from_hex(tlv.at("value").get<std::string>());
      CHECK(object.tag == std::stoi(tlv.at("tag").get<std::string>(), nullptr, 16));
      CHECK(object.comprehension_required == tlv.at("cr").get<bool>());
      CHECK(equal(object.value, value));
      if (object.tag == cat::tag::kCommandDetails) {
        CHECK(command.details.number == value.at(0));
        CHECK(command.details.type == value.at(1));
        CHECK(command.details.qualifier == value.at(2));
      }
      if (object.tag == cat::tag::kDeviceIdentities) {
        CHECK(command.source == value.at(0));
        CHECK(command.destination == value.at(1));
      }
    }
    CHECK(objects.done());
  }
}

TEST_CASE("a proactive command that is cut short is data not understood") {
  const auto whole = "D014 8103014000 82028182 0500 39020578 3C03030DBC"_x;
  for (size_t n = 0; n < whole.size(); ++n) {
    INFO(n);
    const ProactiveCommand command = ProactiveCommand::decode(Bytes(whole).first(n));
    CHECK(command.fault == cat::result::kDataNotUnderstood);
    CHECK(command.details.type == (n < 7 ? 0x00 : 0x40));  // echoed as soon as it can be read
  }
}

TEST_CASE("what is wrong with a proactive command is told by its fault") {
  struct Row {
    const char* what;
    std::vector<uint8_t> d0;
    uint8_t fault;
    uint8_t type;
  };
  const Row rows[] = {
      {"good", "D009 8103010200 82028182"_x, 0x00, 0x02},
      {"good, long form of length", "D08109 8103010200 82028182"_x, 0x00, 0x02},
      {"good, no comprehension flags", "D009 0103010200 02028182"_x, 0x00, 0x02},
      {"not a proactive command", "D109 8103010200 82028182"_x, 0x32, 0x00},
      {"octets behind it", "D009 8103010200 82028182 00"_x, 0x32, 0x02},
      {"no devices", "D005 8103010200"_x, 0x36, 0x02},
      {"no details", "D004 82028182"_x, 0x36, 0x00},
      {"empty", "D000"_x, 0x36, 0x00},
      {"details too short", "D008 81020102 82028182"_x, 0x36, 0x00},
      {"tag 00", "D00B 8103010200 82028182 0000"_x, 0x32, 0x02},
      {"object beyond the end", "D00B 8103010200 82028182 0504"_x, 0x32, 0x02},
      {"long tag that must be understood", "D00D 8103010200 82028182 7F812300"_x, 0x32, 0x02},
      {"long tag that need not be", "D00D 8103010200 82028182 7F012300"_x, 0x00, 0x02},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    const ProactiveCommand command = ProactiveCommand::decode(row.d0);
    CHECK(command.fault == row.fault);
    CHECK(command.details.type == row.type);
  }
}

TEST_CASE("only 21 to 27 address a channel") {
  for (unsigned device = 0; device <= 0xFF; ++device) {
    ProactiveCommand command;
    command.destination = static_cast<uint8_t>(device);
    const bool is_channel = device >= 0x21 && device <= 0x27;
    CHECK(command.channel() == (is_channel ? device - 0x20 : 0));
  }
}
