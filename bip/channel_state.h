// The states of a BIP channel in UICC server mode, as the card sees them, and
// what may happen in each (TS 102 223 §8.56, §7.5.11). Data only: the rows say
// what the next state is and what is to be done on the way.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace scwsim::bip {

enum class ChannelState : uint8_t {
  kOff,          ///< no use of it: server mode not possible, or given up
  kToOpen,       ///< OPEN CHANNEL is to be sent
  kOpening,      ///< OPEN CHANNEL is outstanding
  kWaiting,      ///< for a later attempt to open
  kListen,       ///< the terminal listens on the port
  kEstablished,  ///< a TCP connection is up
  kDraining,     ///< the peer has closed; received octets may still be fetched
  kClosing,      ///< CLOSE CHANNEL (to LISTEN) is outstanding
  kUncertain,    ///< GET CHANNEL STATUS is to tell
  kReleasing,    ///< CLOSE CHANNEL (to CLOSED) is to free the identifier
};
inline constexpr size_t kChannelStates = 10;

enum class ChannelEvent : uint8_t {
  kUsable,            ///< the terminal supports server mode and reports events
  kUnusable,          ///< a new session, or reset
  kOpenSent,          ///< OPEN CHANNEL was handed to the toolkit
  kOpenedListening,   ///< it succeeded
  kOpenFailed,        ///< it failed, and may be tried again later
  kOpenRefused,       ///< it failed for good
  kRetryDue,          ///< time for another attempt
  kPeerConnected,     ///< channel status: established
  kStillConnected,    ///< GET CHANNEL STATUS says so of a connection given up
  kPeerClosed,        ///< channel status: listen, nothing left to fetch
  kPeerClosedUnread,  ///< channel status: listen, octets left to fetch
  kDrained,           ///< the last of them was fetched
  kCloseSent,         ///< CLOSE CHANNEL to LISTEN was handed to the toolkit
  kCloseDone,         ///< it succeeded
  kConnectionLost,    ///< a command failed: the connection is over
  kTerminalClosed,    ///< channel status: closed, or link dropped
  kChannelGone,       ///< the terminal does not know the channel any more
};
inline constexpr size_t kChannelEvents = 17;

/// What to do on the way from one state to the next.
enum class ChannelAction : uint8_t {
  kNone,
  kAccept,       ///< hand the new connection to the acceptor
  kReplace,      ///< end the old connection, hand over the new one
  kEndFinished,  ///< end the connection: its handler was done
  kEndClosed,    ///< end the connection: the peer closed it
  kEndDropped,   ///< end the connection: the link dropped
};

struct ChannelRow {
  ChannelState from;
  ChannelEvent event;
  ChannelState to;
  ChannelAction action;
};

/// All rows. A pair of state and event without a row is ignored.
std::span<const ChannelRow> channel_rows();

/// The row for an event in a state, if there is one.
std::optional<ChannelRow> channel_row(ChannelState state, ChannelEvent event);

std::string_view to_string(ChannelState state);

}  // namespace scwsim::bip
