// The terminal's start with a card, and its reading of FCP and EF.DIR.
#include "tools/terminal/power_up.h"

#include <catch2/catch.hpp>

#include "card/cat/terminal_profile.h"
#include "tests/unit/terminal_fixture.h"

using namespace scwsim;
using namespace scwsim::tests;
using namespace scwsim::terminal;

namespace {

bool sent(const ScriptedCard& card, const Octets& command) {
  return std::ranges::find(card.commands, command) != card.commands.end();
}

}  // namespace

TEST_CASE("a phone reads its card, with and without T=0's GET RESPONSE") {
  const bool like_t0 = GENERATE(true, false);
  Phone phone;
  phone.card.like_t0 = like_t0;
  phone.terminal.start();
  CHECK(phone.readies == 1);
  CHECK(phone.terminal.atr() == "3B9F96801F878031E073FE211B674A4C753034054BA9"_x);
  CHECK(phone.terminal.card().iccid() == "89012345678901234567");
  CHECK(phone.terminal.card().has_usim());
  CHECK(phone.card.profile == "B31FE8C2118C00878400001FE260000047C0"_x);
  CHECK(sent(phone.card, "00A40004023F00"_x));
  CHECK(sent(phone.card, "00A404041 0A0000000871002FFFFFFFF8907090000"_x));
  CHECK(sent(phone.card, "00B0000009"_x));  // EF.IMSI, whole
  CHECK(sent(phone.card, "00B201041A"_x));  // EF.DIR's record
  CHECK(sent(phone.card, "00A40004026F46"_x));
  CHECK(phone.card.statuses == 1);  // application initialised
  CHECK(phone.terminal.statistics().commands == phone.card.commands.size());
}

TEST_CASE("a card without USIM is read as far as it goes") {
  Phone phone;
  phone.card.records.clear();
  phone.terminal.start();
  CHECK(phone.readies == 1);
  CHECK_FALSE(phone.terminal.card().has_usim());
  CHECK(phone.card.profile.size() == 18);
  CHECK_FALSE(sent(phone.card, "00A40004026F07"_x));
}

TEST_CASE("a card without MF or ICCID is given up, with the reason") {
  Phone phone;
  phone.card.files.erase(0x2FE2);
  phone.terminal.start();
  CHECK(phone.lost == "EF.ICCID: status word 6A82");
  CHECK(phone.readies == 0);
  CHECK(phone.card.power_offs == 1);
}

TEST_CASE("a mute card is given up") {
  Phone phone;
  phone.card.mute = true;
  phone.terminal.start();
  CHECK(phone.lost == "the card is mute");
}

TEST_CASE("a card that falls mute in mid-session is given up, and can be started again") {
  Phone phone;
  phone.terminal.start();
  phone.card.mute = true;
  phone.terminal.poll_soon();
  CHECK(phone.lost == "the card is mute");
  phone.card.mute = false;
  phone.terminal.start();
  CHECK(phone.readies == 2);
}

TEST_CASE("another Le is accepted from the card") {
  Phone phone;
  phone.card.override_response = [&](Bytes command) -> std::optional<Octets> {
    if (equal(command, "80F2010100"_x)) return "6C12"_x;
    return std::nullopt;
  };
  phone.terminal.start();
  CHECK(phone.readies == 1);
  CHECK(phone.card.commands.back() == "80F2010112"_x);
}

TEST_CASE("a card with more data and no end of it is not followed for ever") {
  Phone phone;
  phone.card.override_response = [](Bytes) -> std::optional<Octets> { return "6110"_x; };
  phone.terminal.start();
  CHECK(phone.lost == "MF: status word 6110");
  CHECK(phone.card.commands.size() < 50);
}

TEST_CASE("files longer than one READ BINARY are read in parts") {
  PowerUp power_up("01"_x);
  power_up.begin();
  const auto answer = [&](const Octets& expected, const Octets& data) {
    CHECK(to_hex(power_up.next_command()) == to_hex(expected));
    power_up.on_response(data, 0x9000);
  };
  answer("00A40004023F00"_x, {});
  answer("00A40004022FE2"_x, "62088202412180020123"_x);
  answer("00B00000FF"_x, Octets(255, 0x21));
  answer("00B000FF24"_x, Octets(36, 0x43));
  CHECK(to_hex(power_up.next_command()) == "00A40004022F05");
  CHECK(power_up.iccid().size() == 582);
}

TEST_CASE("an FCP that is cut short is none") {
  const auto fcp = "6217 8205422100 2603 83022F00 A5038001 71 8A0105 8002 0072"_x;
  const auto info = parse_fcp(fcp);
  REQUIRE(info);
  CHECK(info->record_length == 0x26);
  CHECK(info->record_count == 3);
  CHECK(info->size == 0x72);
  for (size_t n = 0; n < fcp.size(); ++n) CHECK_FALSE(parse_fcp(Bytes(fcp).first(n)));
  CHECK_FALSE(parse_fcp("6F00"_x));
  CHECK_FALSE(parse_fcp("6209 8205422101 0003 00 00"_x));
}

TEST_CASE("the AID of a USIM is found in EF.DIR, and nothing else is taken for it") {
  const auto aid = "A0000000871002FFFFFFFF8907090000"_x;
  const auto record = "6118 4F10A0000000871002FFFFFFFF8907090000 50045553494D FFFFFF"_x;
  CHECK(equal(usim_aid(record), aid));
  for (size_t n = 0; n + 3 < record.size(); ++n) CHECK(usim_aid(Bytes(record).first(n)).empty());
  CHECK(usim_aid("6112 4F10A0000000871004FFFFFFFF8907090000"_x).empty());  // ISIM
  CHECK(usim_aid(Octets(30, 0xFF)).empty());
}

TEST_CASE("terminal profiles come by name or in hexadecimal digits") {
  const auto server = *preset_terminal_profile("server-mode");
  CHECK(cat::TerminalProfile(server).supports_server_mode());
  CHECK(cat::TerminalProfile(server).channels() == 7);
  const auto full = *preset_terminal_profile("full");
  CHECK(cat::TerminalProfile(full).supports_server_mode());
  for (const char* name : {"no-server-mode", "no-bip", "none"}) {
    const auto profile = *preset_terminal_profile(name);
    CHECK_FALSE(cat::TerminalProfile(profile).supports_server_mode());
  }
  CHECK_FALSE(preset_terminal_profile("nokia"));
  CHECK(std::get<Octets>(parse_terminal_profile("B3 1F\nE8\n")) == Octets{0xB3, 0x1F, 0xE8});
  CHECK(std::get<std::string>(parse_terminal_profile("B3 1")) ==
        "not a list of hexadecimal octets");
  CHECK(std::get<std::string>(parse_terminal_profile(" ")) ==
        "a terminal profile has 1 to 255 octets, this one has 0");
}
