#include "tools/terminal/user_input.h"

#include <algorithm>
#include <array>

#include "tools/terminal/objects.h"

namespace scwsim::terminal {

namespace result = cat::result;

namespace {

// Data coding schemes of a text string (TS 102 223 §8.15).
constexpr uint8_t kPackedGsm = 0x00;
constexpr uint8_t kGsm8Bit = 0x04;
constexpr uint8_t kUcs2 = 0x08;

// Command qualifiers of GET INKEY and GET INPUT (TS 102 223 §8.6).
constexpr uint8_t kWantsUcs2 = 0x03;
constexpr uint8_t kYesOrNo = 0x04;
constexpr uint8_t kPacked = 0x08;

constexpr size_t kMostText = 238;  // what a TERMINAL RESPONSE has room for, behind the DCS

uint8_t digit(size_t n) { return static_cast<uint8_t>('1' + n % 9); }

// Septets into octets, the first in the lowest bits (TS 23.038 §6.1.2.1).
void write_packed(ByteWriter& writer, size_t digits) {
  unsigned bits = 0;
  unsigned held = 0;
  for (size_t n = 0; n < digits; ++n) {
    bits |= static_cast<unsigned>(digit(n)) << held;
    held += 7;
    if (held >= 8) {
      writer.u8(static_cast<uint8_t>(bits));
      bits >>= 8;
      held -= 8;
    }
  }
  if (held > 0) writer.u8(static_cast<uint8_t>(bits));
}

}  // namespace

void answer_get_inkey(const ProactiveCommand& command, TerminalResponse& response) {
  const uint8_t qualifier = command.details.qualifier;
  response.result(result::kPerformed);
  if ((qualifier & kYesOrNo) != 0) {
    response.object(tag::kTextString, std::array<uint8_t, 2>{kGsm8Bit, 0x01});
  } else if ((qualifier & kWantsUcs2) == kWantsUcs2) {
    response.object(tag::kTextString, std::array<uint8_t, 3>{kUcs2, 0x00, digit(0)});
  } else {
    response.object(tag::kTextString, std::array<uint8_t, 2>{kGsm8Bit, digit(0)});
  }
}

void answer_get_input(const ProactiveCommand& command, TerminalResponse& response) {
  const std::optional<ComprehensionTlv> length = command.objects.find(tag::kResponseLength);
  if (!length) return response.result(result::kValuesMissing);
  if (length->value.size() != 2) return response.result(result::kDataNotUnderstood);

  const uint8_t qualifier = command.details.qualifier;
  const bool ucs2 = (qualifier & kWantsUcs2) == kWantsUcs2;
  const size_t minimum = std::min<size_t>(ByteReader(length->value).u8(), kMostText);
  std::array<uint8_t, 1 + kMostText> text{};
  ByteWriter writer(text);
  if (ucs2) {
    writer.u8(kUcs2);
    for (size_t n = 0; n < std::min(minimum, kMostText / 2); ++n) writer.u16(digit(n));
  } else if ((qualifier & kPacked) != 0) {
    writer.u8(kPackedGsm);
    write_packed(writer, minimum);
  } else {
    writer.u8(kGsm8Bit);
    for (size_t n = 0; n < minimum; ++n) writer.u8(digit(n));
  }
  response.result(result::kPerformed);
  response.object(tag::kTextString, writer.written());
}

void answer_select_item(const ProactiveCommand& command, TerminalResponse& response) {
  const std::optional<ComprehensionTlv> item = command.objects.find(tag::kItem);
  if (!item) return response.result(result::kValuesMissing);
  if (item->value.empty()) return response.result(result::kDataNotUnderstood);
  response.result(result::kPerformed);
  response.object(tag::kItemIdentifier, item->value[0]);
}

}  // namespace scwsim::terminal
