// Plays the terminal to a Toolkit alone: FETCH, TERMINAL RESPONSE, ENVELOPE and
// STATUS, in octets as the standards write them. What it checks, it checks with
// Catch2.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "card/base/hex.h"
#include "card/cat/toolkit.h"
#include "tests/support/hex_literal.h"

namespace scwsim::tests {

/// A TERMINAL PROFILE with all that server mode needs, for `channels` channels.
inline std::vector<uint8_t> server_mode_profile(unsigned channels = 7) {
  std::vector<uint8_t> profile(17, 0);
  profile[0] = 0x21;   // profile download, timer expiration
  profile[2] = 0x20;   // POLL INTERVAL
  profile[4] = 0x01;   // SET UP EVENT LIST
  profile[5] = 0x0C;   // both channel events
  profile[11] = 0x1F;  // the five BIP commands
  profile[12] = static_cast<uint8_t>(channels << 5);
  profile[16] = 0x04;  // TCP, UICC in server mode
  return profile;
}

class ToolkitDriver {
 public:
  explicit ToolkitDriver(cat::Toolkit& toolkit) : toolkit_(toolkit) {}

  uint16_t terminal_profile(Bytes profile) {
    return send(&cat::Toolkit::terminal_profile, profile);
  }

  /// FETCHes what is pending, as hexadecimal digits; "" when nothing is.
  std::string fetch() {
    const size_t pending = toolkit_.pending();
    if (pending == 0) return "";
    apdu::Command command;
    command.le = pending;
    apdu::Response response(buffer_);
    toolkit_.fetch(command, response);
    CHECK(response.status() == 0x9000);
    const Bytes octets = response.data().written();
    fetched_.assign(octets.begin(), octets.end());
    return to_hex(octets);
  }

  /// TERMINAL RESPONSE to the command fetched last: its details, the devices,
  /// `result` (general result and what follows it) and further `objects`.
  uint16_t respond(std::string_view result = "00", std::string_view objects = "") {
    const size_t details = fetched_[1] == 0x81 ? 3 : 2;
    std::vector<uint8_t> data(fetched_.begin() + static_cast<std::ptrdiff_t>(details),
                              fetched_.begin() + static_cast<std::ptrdiff_t>(details) + 5);
    const auto octets = *from_hex(result);
    const auto rest = *from_hex(objects);
    for (const int b : {0x82, 0x02, 0x82, 0x81, 0x83}) data.push_back(static_cast<uint8_t>(b));
    data.push_back(static_cast<uint8_t>(octets.size()));
    data.insert(data.end(), octets.begin(), octets.end());
    data.insert(data.end(), rest.begin(), rest.end());
    return terminal_response(data);
  }

  uint16_t terminal_response(Bytes data) { return send(&cat::Toolkit::terminal_response, data); }
  uint16_t envelope(Bytes data) { return send(&cat::Toolkit::envelope, data); }
  uint16_t envelope(std::string_view digits) { return envelope(*from_hex(digits)); }

  /// Event: channel status.
  uint16_t channel_status(unsigned octet1, unsigned octet2 = 0) {
    const std::array<uint8_t, 2> status{static_cast<uint8_t>(octet1), static_cast<uint8_t>(octet2)};
    return envelope("D60B 99010A 82028281 B802" + to_hex(status));
  }

  /// Event: data available.
  uint16_t data_available(unsigned channel, unsigned length) {
    const std::array<uint8_t, 1> status{static_cast<uint8_t>(0x80 | channel)};
    const std::array<uint8_t, 1> octets{static_cast<uint8_t>(length)};
    return envelope("D60E 990109 82028281 B802" + to_hex(status) + "00 B701" + to_hex(octets));
  }

  void status() { toolkit_.poll(); }

 private:
  uint16_t send(void (cat::Toolkit::*run)(const apdu::Command&, apdu::Response&), Bytes data) {
    apdu::Command command;
    command.data = data;
    apdu::Response response(buffer_);
    (toolkit_.*run)(command, response);
    return response.status();
  }

  cat::Toolkit& toolkit_;
  std::array<uint8_t, 258> buffer_{};
  std::vector<uint8_t> fetched_;
};

}  // namespace scwsim::tests
