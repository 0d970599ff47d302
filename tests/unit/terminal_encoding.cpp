// What the terminal writes: TERMINAL RESPONSE and ENVELOPE, against the vectors.
#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "card/base/hex.h"
#include "tests/support/shared_vectors.h"
#include "tests/unit/terminal_fixture.h"
#include "tools/terminal/envelope.h"
#include "tools/terminal/local_information.h"
#include "tools/terminal/terminal_response.h"

using namespace scwsim;
using namespace scwsim::tests;
using namespace scwsim::terminal;

namespace {

// The body of a command APDU with one octet of Lc, checked.
Octets body_of(Bytes apdu, uint8_t ins) {
  ByteReader reader(apdu);
  CHECK(reader.u8() == 0x80);
  CHECK(reader.u8() == ins);
  CHECK(reader.u16() == 0);
  const Bytes body = reader.take(reader.u8());
  CHECK(reader.done());
  return {body.begin(), body.end()};
}

std::optional<std::map<std::string, Octets>> vectors_by_name(const std::string& file) {
  const auto vectors = shared_vectors(file);
  if (!vectors) return std::nullopt;
  std::map<std::string, Octets> by_name;
  for (const auto& vector : *vectors) {
    by_name[vector.at("name").get<std::string>()] = *from_hex(vector.at("hex").get<std::string>());
  }
  return by_name;
}

}  // namespace

TEST_CASE("the terminal's toolkit answers as in the vectors") {
  // Pairs of published command and response that a phone with a patient user and
  // no special state would exchange.
  const std::pair<const char*, const char*> kPairs[] = {
      {"more_time_111", "more_time_response_111"},
      {"poll_interval_111", "poll_interval_response_111"},
      {"display_text_111", "display_text_response_111"},
      {"display_text_131", "display_text_response_131"},
      {"play_tone_111", "play_tone_response_111"},
      {"setup_menu_111", "set_up_menu_response_111"},
      {"setup_menu_511", "set_up_menu_response_511"},
      {"select_item_151", "select_item_response_151"},
      {"select_item_611", "select_item_response_611"},
      {"setup_event_list_111", "set_up_event_list_response_111"},
      {"setup_idle_mode_text_111", "set_up_idle_mode_text_response_111"},
      {"send_sms_111", "send_sms_response_111"},
      {"language_notification_111", "language_notification_response_111"},
      {"launch_browser_111", "launch_browser_response_111"},
      {"polling_off_112", "polling_off_response_112"},
      {"provide_local_info_121", "provide_local_info_response_121"},
      {"provide_local_info_151", "provide_local_info_response_151"},
      {"timer_mgmt_111", "timer_mgmt_response_111"},
      {"get_channel_status_111", "get_channel_status_response_111"},
      {"close_channel_111", "close_channel_response_121"},
      {"send_data_111", "send_data_response_151"},
  };
  const auto commands = vectors_by_name("uicc-ofono_proactive.json");
  const auto responses = vectors_by_name("uicc-ofono_terminal_response.json");
  if (!commands || !responses) return;
  for (const auto& [command, response] : kPairs) {
    INFO(command);
    const auto d0 = commands->find(std::string("ofono.") + command);
    if (d0 == commands->end()) {
      FAIL_CHECK("no such vector");
      continue;
    }
    Phone phone;
    phone.card.say(d0->second);
    phone.terminal.start();
    phone.run_until([&] { return phone.card.responses.size() == 1; });
    CHECK(to_hex(phone.card.responses[0]) ==
          to_hex(responses->at(std::string("ofono.") + response)));
  }
}

TEST_CASE("local information is that of the vectors") {
  const auto responses = vectors_by_name("uicc-ofono_terminal_response.json");
  if (!responses) return;
  const std::pair<uint8_t, const char*> kKinds[] = {{0x00, "111b"}, {0x01, "121"}, {0x02, "1121"},
                                                    {0x04, "151"},  {0x05, "161"}, {0x08, "191"},
                                                    {0x0A, "1111"}};
  for (const auto& [qualifier, name] : kKinds) {
    std::array<uint8_t, kMaxCommandApdu> buffer{};
    TerminalResponse response(buffer, {1, 0x26, qualifier});
    provide_local_information(qualifier, response);
    Octets expected = responses->at(std::string("ofono.provide_local_info_response_") + name);
    if (qualifier == 0) expected[14] = 0x00, expected[15] = 0xF1, expected[16] = 0x10;
    CHECK(to_hex(body_of(response.finish(), 0x14)) == to_hex(expected));
  }
  std::array<uint8_t, kMaxCommandApdu> buffer{};
  TerminalResponse response(buffer, {1, 0x26, 0x13});
  provide_local_information(0x13, response);
  CHECK(to_hex(body_of(response.finish(), 0x14)) == "810301261382028281830130");
}

TEST_CASE("date and time have seven octets of swapped BCD") {
  std::array<uint8_t, kMaxCommandApdu> buffer{};
  TerminalResponse response(buffer, {1, 0x26, 0x03});
  provide_local_information(0x03, response);
  const Octets time = object_of(body_of(response.finish(), 0x14), 0x26);
  REQUIRE(time.size() == 7);
  for (size_t n = 0; n < 6; ++n) CHECK(((time[n] & 0x0F) <= 9 && (time[n] >> 4) <= 9));
}

TEST_CASE("a response holds 237 octets of channel data and is then full") {
  std::array<uint8_t, kMaxCommandApdu> buffer{};
  TerminalResponse response(buffer, {1, 0x42, 0x00});
  response.result(0x00);
  response.object(0x36, Octets(kMaxReceived, 0xAA));
  response.object(0x37, uint8_t{0xFF});
  const Octets body = body_of(response.finish(), 0x14);
  CHECK(body.size() == 255);
  CHECK(object_of(body, 0x36).size() == 237);
}

TEST_CASE("envelopes agree with the vectors") {
  const auto ofono = vectors_by_name("uicc-ofono_envelope.json");
  const auto scenario = vectors_by_name("uicc-derived_uicc_server_scenario.json");
  if (!ofono || !scenario) return;
  std::array<uint8_t, kMaxEventApdu> buffer{};
  const auto same = [&](Bytes apdu, const Octets& expected) {
    CHECK(to_hex(body_of(apdu, 0xC2)) == to_hex(expected));
  };
  same(encode_data_available(buffer, {0x81, 0x00}, 47), scenario->at("derived.uicc_server.05"));
  for (const size_t available : {255, 256, 1400}) {
    same(encode_data_available(buffer, {0x81, 0x00}, available),
         ofono->at("ofono.event_download_data_available_111"));
  }
  same(encode_channel_status(buffer, {0x81, 0x00}), scenario->at("derived.uicc_server.04"));
  same(encode_channel_status(buffer, {0x41, 0x00}), scenario->at("derived.uicc_server.12"));
  same(encode_channel_status(buffer, {0x01, 0x00}), scenario->at("derived.uicc_server.18"));
  same(encode_channel_status(buffer, {0x01, 0x05}), scenario->at("derived.uicc_server.19"));
  same(encode_channel_status(buffer, {0x01, 0x05}),
       ofono->at("ofono.event_download_channel_status_131"));
  same(encode_timer_expiration(buffer, 1, to_timer_value(std::chrono::seconds(10))),
       ofono->at("ofono.timer_expiration_211"));
  same(encode_menu_selection(buffer, 0x12), ofono->at("ofono.menu_selection_112"));
}

TEST_CASE("timer values are hours, minutes and seconds") {
  using std::chrono::seconds;
  CHECK(parse_timer_value("001000"_x) == seconds(60));
  CHECK(parse_timer_value("329595"_x) == seconds(23 * 3600 + 59 * 60 + 59));
  CHECK_FALSE(parse_timer_value("420000"_x));  // 24 hours
  CHECK_FALSE(parse_timer_value("000600"_x));  // 60 minutes
  CHECK_FALSE(parse_timer_value("0000A0"_x));
  CHECK_FALSE(parse_timer_value("0000"_x));
  CHECK(to_timer_value(seconds(86399)) == TimerValue{0x32, 0x95, 0x95});
}
