#include "tools/terminal/envelope.h"

#include <algorithm>

#include "card/base/tlv.h"
#include "tools/terminal/objects.h"

namespace scwsim::terminal {

namespace {

// An envelope of less than 128 octets: both lengths are single octets, filled in
// when the end is known.
class Envelope {
 public:
  Envelope(std::span<uint8_t> apdu, uint8_t ber_tag) : writer_(apdu) {
    writer_.bytes(std::array<uint8_t, 7>{0x80, 0xC2, 0x00, 0x00, 0x00, ber_tag, 0x00});
  }

  Envelope& object(uint8_t tag, Bytes value) {
    write_tlv(writer_, tag | tag::kComprehension, value);
    return *this;
  }

  Envelope& object(uint8_t tag, uint8_t value) { return object(tag, std::array{value}); }

  Envelope& from(uint8_t device) {
    return object(tag::kDeviceIdentities, std::array{device, cat::device::kUicc});
  }

  Bytes finish() {
    writer_.patch_u8(4, static_cast<uint8_t>(writer_.size() - 5));
    writer_.patch_u8(6, static_cast<uint8_t>(writer_.size() - 7));
    return writer_.written();
  }

 private:
  ByteWriter writer_;
};

}  // namespace

Bytes encode_data_available(std::span<uint8_t> apdu, ChannelStatus status, size_t available) {
  const auto length = static_cast<uint8_t>(std::min<size_t>(available, cat::kLengthOrMore));
  return Envelope(apdu, cat::ber::kEventDownload)
      .object(tag::kEventList, cat::event::kDataAvailable)
      .from(cat::device::kTerminal)
      .object(tag::kChannelStatus, status)
      .object(tag::kChannelDataLength, length)
      .finish();
}

Bytes encode_channel_status(std::span<uint8_t> apdu, ChannelStatus status) {
  return Envelope(apdu, cat::ber::kEventDownload)
      .object(tag::kEventList, cat::event::kChannelStatus)
      .from(cat::device::kTerminal)
      .object(tag::kChannelStatus, status)
      .finish();
}

Bytes encode_timer_expiration(std::span<uint8_t> apdu, uint8_t timer,
                              std::array<uint8_t, 3> value) {
  return Envelope(apdu, cat::ber::kTimerExpiration)
      .from(cat::device::kTerminal)
      .object(tag::kTimerIdentifier, timer)
      .object(tag::kTimerValue, value)
      .finish();
}

Bytes encode_menu_selection(std::span<uint8_t> apdu, uint8_t item) {
  return Envelope(apdu, cat::ber::kMenuSelection)
      .from(cat::device::kKeypad)
      .object(tag::kItemIdentifier, item)
      .finish();
}

}  // namespace scwsim::terminal
