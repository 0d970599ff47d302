#include "tools/terminal/terminal_response.h"

#include <array>

#include "tools/terminal/objects.h"

namespace scwsim::terminal {

namespace {

constexpr std::array<uint8_t, 5> kHeader = {0x80, 0x14, 0x00, 0x00, 0x00};
constexpr size_t kLcOffset = 4;
constexpr std::array<uint8_t, 2> kTerminalToUicc = {cat::device::kTerminal, cat::device::kUicc};

}  // namespace

TerminalResponse::TerminalResponse(std::span<uint8_t> apdu, const CommandDetails& details,
                                   std::optional<uint8_t> omitted)
    : writer_(apdu), omitted_(omitted) {
  writer_.bytes(kHeader);
  if (omitted_ != tag::kCommandDetails) {
    const uint8_t flag = details.comprehension_required ? tag::kComprehension : uint8_t{0};
    write_tlv(writer_, tag::kCommandDetails | flag,
              std::array{details.number, details.type, details.qualifier});
  }
  object(tag::kDeviceIdentities, kTerminalToUicc);
}

void TerminalResponse::result(uint8_t general, std::optional<uint8_t> additional) {
  has_result_ = true;
  const std::array<uint8_t, 2> value = {general, additional.value_or(0)};
  object(tag::kResult, Bytes(value).first(additional ? 2 : 1));
}

void TerminalResponse::object(uint8_t tag, Bytes value) {
  if (omitted_ != tag) write_tlv(writer_, tag | tag::kComprehension, value);
}

void TerminalResponse::object(uint8_t tag, uint8_t value) { object(tag, std::array{value}); }

void TerminalResponse::object_u16(uint8_t tag, uint16_t value) {
  object(tag, std::array{static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)});
}

Bytes TerminalResponse::finish() {
  writer_.patch_u8(kLcOffset, static_cast<uint8_t>(writer_.size() - kHeader.size()));
  return writer_.written();
}

}  // namespace scwsim::terminal
