// A card for tests of terminals: a small file system, a TERMINAL PROFILE, and
// proactive commands that the test puts into its mouth. It keeps what the
// terminal says. No part of scwsim's own card is in it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "card/base/bytes.h"
#include "card/base/tlv.h"
#include "tests/support/hex_literal.h"

namespace scwsim::tests {

using Octets = std::vector<uint8_t>;

/// A proactive command (D0) of `type`, addressed to `device`, with `objects`
/// behind command details and device identities.
inline Octets proactive(uint8_t type, uint8_t qualifier, uint8_t device,
                        const Octets& objects = {}) {
  Octets body = {0x81, 0x03, 0x01, type, qualifier, 0x82, 0x02, 0x81, device};
  body.insert(body.end(), objects.begin(), objects.end());
  Octets d0(300);
  ByteWriter writer(d0);
  write_tlv(writer, 0xD0, body);
  d0.resize(writer.size());
  return d0;
}

/// One COMPREHENSION-TLV, or any other TLV with a tag of one octet.
inline Octets tlv(uint8_t tag, Bytes value) {
  Octets object(value.size() + 4);
  ByteWriter writer(object);
  write_tlv(writer, tag, value);
  object.resize(writer.size());
  return object;
}

class ScriptedCard {
 public:
  // ---- what the test sets ----

  /// Content of transparent files and, for those in `records`, of their records.
  std::map<uint16_t, Octets> files = {{0x2FE2, "98103254769810325476"_x},
                                      {0x6F07, "082901010000000010"_x},
                                      {0x6FAD, "00000002"_x},
                                      {0x6F38, Octets(17, 0xFF)}};
  std::map<uint16_t, std::vector<Octets>> records = {
      {0x2F00, {"6118 4F10A0000000871002FFFFFFFF8907090000 50045553494D"_x}}};
  /// What the card answers to a command, if not what it would.
  std::function<std::optional<Octets>(Bytes command)> override_response;
  /// Called after the card has noted a body; may call say().
  std::function<void(const Octets& body)> on_terminal_response;
  std::function<void(const Octets& body)> on_envelope;
  std::function<void()> on_status;
  /// The card answers SELECT with 61 XX and lets the data be fetched.
  bool like_t0 = true;

  /// Queues a proactive command; announced once there is a TERMINAL PROFILE.
  void say(Octets d0) { to_say_.push_back(std::move(d0)); }

  // ---- what the test looks at ----

  std::vector<Octets> commands;   ///< every command APDU
  std::vector<Octets> responses;  ///< bodies of TERMINAL RESPONSE
  std::vector<Octets> envelopes;  ///< bodies of ENVELOPE
  Octets profile;
  unsigned statuses = 0;
  unsigned power_ons = 0;
  unsigned resets = 0;
  unsigned power_offs = 0;
  bool mute = false;

  // ---- what a link calls ----

  Bytes power_on() {
    ++power_ons;
    return atr();
  }
  Bytes reset() {
    ++resets;
    to_say_.clear();
    return atr();
  }
  void power_off() { ++power_offs; }

  Bytes transmit(Bytes command) {
    commands.emplace_back(command.begin(), command.end());
    if (mute) return {};
    std::optional<Octets> scripted;
    if (override_response) scripted = override_response(command);
    answer_ = scripted ? *scripted : run(command);
    const size_t n = answer_.size();
    if (!scripted && n >= 2 && answer_[n - 2] == 0x90 && !to_say_.empty() && !outstanding_ &&
        !profile.empty()) {
      answer_[n - 2] = 0x91;
      answer_[n - 1] = static_cast<uint8_t>(to_say_.front().size());
    }
    return answer_;
  }

 private:
  Bytes atr() {
    answer_ = "3B9F96801F878031E073FE211B674A4C753034054BA9"_x;
    outstanding_ = false;
    profile.clear();
    waiting_.clear();
    return mute ? Bytes{} : Bytes(answer_);
  }

  static Octets sw(uint16_t status) {
    return {static_cast<uint8_t>(status >> 8), static_cast<uint8_t>(status)};
  }

  static Octets with_status(Octets data) {
    data.push_back(0x90);
    data.push_back(0x00);
    return data;
  }

  Octets run(Bytes command) {
    ByteReader reader(command);
    reader.u8();
    const uint8_t ins = reader.u8();
    const uint8_t p1 = reader.u8();
    reader.u8();
    const uint8_t p3 = reader.u8();
    const Bytes rest = reader.take_rest();
    const Octets data(rest.begin(), rest.end());
    switch (ins) {
      case 0xA4: return select(p1, data);
      case 0xC0: return with_status(std::exchange(waiting_, {}));
      case 0xB0: return read(p3);
      case 0xB2: return read_record(p1, p3);
      case 0x10: profile = data; return sw(0x9000);
      case 0x12: return fetch(p3);
      case 0x14:
        outstanding_ = false;
        responses.push_back(data);
        if (on_terminal_response) on_terminal_response(responses.back());
        return sw(0x9000);
      case 0xC2:
        envelopes.push_back(data);
        if (on_envelope) on_envelope(envelopes.back());
        return sw(0x9000);
      case 0xF2:
        ++statuses;
        if (on_status) on_status();
        return sw(0x9000);
      default: return sw(0x6D00);
    }
  }

  Octets select(uint8_t p1, const Octets& data) {
    if (p1 == 0x04) return selected("620482027821"_x);
    const auto file = static_cast<uint16_t>(data.at(0) << 8 | data.at(1));
    if (file == 0x3F00) return selected("6208820278218302 3F00"_x);
    if (const auto it = files.find(file); it != files.end()) {
      current_ = file;
      const auto size = static_cast<uint8_t>(it->second.size());
      return selected({0x62, 0x08, 0x82, 0x02, 0x41, 0x21, 0x80, 0x02, 0x00, size});
    }
    if (const auto it = records.find(file); it != records.end()) {
      current_ = file;
      const auto length = static_cast<uint8_t>(it->second.front().size());
      return selected({0x62, 0x07, 0x82, 0x05, 0x42, 0x21, 0x00, length,
                       static_cast<uint8_t>(it->second.size())});
    }
    return sw(0x6A82);
  }

  Octets selected(Octets fcp) {
    if (!like_t0) return with_status(std::move(fcp));
    waiting_ = std::move(fcp);
    return {0x61, static_cast<uint8_t>(waiting_.size())};
  }

  Octets read(uint8_t le) {
    const Octets& content = files.at(current_);
    if (le != content.size()) return {0x6C, static_cast<uint8_t>(content.size())};
    return with_status(content);
  }

  Octets read_record(uint8_t number, uint8_t le) {
    const std::vector<Octets>& content = records.at(current_);
    if (number == 0 || number > content.size()) return sw(0x6A83);
    const Octets& record = content[number - 1U];
    if (le != record.size()) return {0x6C, static_cast<uint8_t>(record.size())};
    return with_status(record);
  }

  Octets fetch(uint8_t le) {
    if (to_say_.empty()) return sw(0x6985);
    if (le != static_cast<uint8_t>(to_say_.front().size())) {
      return {0x6C, static_cast<uint8_t>(to_say_.front().size())};
    }
    Octets d0 = std::move(to_say_.front());
    to_say_.pop_front();
    outstanding_ = true;  // the next one is announced after its TERMINAL RESPONSE
    return with_status(std::move(d0));
  }

  std::deque<Octets> to_say_;
  Octets answer_;
  Octets waiting_;
  uint16_t current_ = 0;
  bool outstanding_ = false;
};

}  // namespace scwsim::tests
