// Numbers of the toolkit that only the terminal's end speaks of (TS 102 223 §8,
// TS 101 220 §7.2); what both ends need is in card/cat/values.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "card/cat/values.h"

namespace scwsim::terminal {

namespace tag {
using namespace cat::tag;
inline constexpr uint8_t kItem = 0x0F;
inline constexpr uint8_t kItemIdentifier = 0x10;
inline constexpr uint8_t kResponseLength = 0x11;
inline constexpr uint8_t kLocationInformation = 0x13;
inline constexpr uint8_t kImei = 0x14;
inline constexpr uint8_t kNetworkMeasurementResults = 0x16;
inline constexpr uint8_t kTimingAdvance = 0x2E;
inline constexpr uint8_t kAccessTechnology = 0x3F;
inline constexpr uint8_t kImeisv = 0x62;
inline constexpr uint8_t kBatteryState = 0x63;
inline constexpr uint8_t kSearchMode = 0x65;
}  // namespace tag

/// General result 24: contradiction with the current state of a timer
/// (TS 102 223 §8.12).
inline constexpr uint8_t kTimerContradiction = 0x24;

/// Additional information after result 20 (TS 102 223 §8.12.2).
inline constexpr uint8_t kNoService = 0x04;

/// The longest command APDU of short length: header, Lc, data, Le.
inline constexpr size_t kMaxCommandApdu = 5 + 255 + 1;

/// The most octets that a TERMINAL RESPONSE to RECEIVE DATA has room for.
inline constexpr uint8_t kMaxReceived = 0xED;

}  // namespace scwsim::terminal
