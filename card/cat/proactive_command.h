// Writing one proactive command (TS 102 223 §6.6): the BER-TLV D0 with command
// details, device identities and whatever objects follow, ready for FETCH.
#pragma once

#include <array>

#include "card/base/bytes.h"
#include "card/base/tlv.h"
#include "card/cat/values.h"

namespace scwsim::cat {

class ProactiveCommand {
 public:
  ProactiveCommand() = default;
  ProactiveCommand(const ProactiveCommand&) = delete;  // the body points into its own octets
  ProactiveCommand& operator=(const ProactiveCommand&) = delete;

  /// Starts a command for `destination` (device identity, §8.7). The command
  /// number is always 01: only one command is outstanding at a time.
  void begin(CommandType type, uint8_t qualifier, uint8_t destination) {
    type_ = type;
    qualifier_ = qualifier;
    body_ = ByteWriter(std::span(octets_).subspan(kHeader));
    const std::array<uint8_t, 3> details{kNumber, static_cast<uint8_t>(type), qualifier};
    const std::array<uint8_t, 2> devices{device::kUicc, destination};
    object(tag::kCommandDetails | tag::kComprehension, details);
    object(tag::kDeviceIdentities | tag::kComprehension, devices);
  }

  /// Appends an object; `full_tag` includes the comprehension flag.
  void object(uint8_t full_tag, Bytes value) { write_tlv(body_, full_tag, value); }

  /// Appends an object of one octet, or of two, big endian.
  void object_u8(uint8_t full_tag, uint8_t value) { object(full_tag, std::array{value}); }
  void object_u16(uint8_t full_tag, uint16_t value) {
    object(full_tag, std::array{static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)});
  }

  /// Puts tag and length in front and gives the whole command; empty when the
  /// objects did not fit into what one FETCH can carry.
  Bytes finish() {
    const size_t length = body_.size();
    if (!body_.ok() || length > 0xFF) return {};
    const size_t start = kHeader - 1 - length_size(length);
    ByteWriter header(std::span<uint8_t>(octets_).subspan(start));
    header.u8(ber::kProactiveCommand);
    write_length(header, length);
    return Bytes(octets_).subspan(start, header.size() + length);
  }

  [[nodiscard]] CommandType type() const { return type_; }
  [[nodiscard]] uint8_t qualifier() const { return qualifier_; }

  /// The command number that every command of this card carries.
  static constexpr uint8_t kNumber = 0x01;

  /// Octets of channel data that fit into one SEND DATA without alpha
  /// identifier: 256 less D0 81 LL, details, devices, and 36 81 LL.
  static constexpr size_t kMaxChannelData = kMaxProactiveCommand - 3 - 5 - 4 - 3;

 private:
  static constexpr size_t kHeader = 3;  // D0 81 LL; the body stays where it is

  std::array<uint8_t, kMaxProactiveCommand> octets_{};
  ByteWriter body_{std::span<uint8_t>()};
  CommandType type_{};
  uint8_t qualifier_ = 0;
};

}  // namespace scwsim::cat
