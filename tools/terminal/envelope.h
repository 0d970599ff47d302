// ENVELOPE commands of the terminal, as whole command APDUs without Le (TS 102
// 221 §11.2.2, TS 102 223 §7): what has happened that the card may want to know.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "card/base/bytes.h"

namespace scwsim::terminal {

/// Octets that any of these envelopes fits into.
inline constexpr size_t kMaxEventApdu = 32;

/// Channel status (TS 102 223 §8.56): state and identifier, then more about it.
using ChannelStatus = std::array<uint8_t, 2>;

/// Event download: data available (TS 102 223 §7.5.10). `available` octets wait
/// in the Rx buffer; more than 254 are told as FF.
Bytes encode_data_available(std::span<uint8_t> apdu, ChannelStatus status, size_t available);

/// Event download: channel status (TS 102 223 §7.5.11).
Bytes encode_channel_status(std::span<uint8_t> apdu, ChannelStatus status);

/// Timer expiration (TS 102 223 §7.4.1). `value`: hours, minutes, seconds since
/// the timer was started, in swapped BCD.
Bytes encode_timer_expiration(std::span<uint8_t> apdu, uint8_t timer, std::array<uint8_t, 3> value);

/// Menu selection (TS 102 223 §7.2).
Bytes encode_menu_selection(std::span<uint8_t> apdu, uint8_t item);

}  // namespace scwsim::terminal
