#include "bip/channel_state.h"

#include <array>

namespace scwsim::bip {

namespace {

using S = ChannelState;
using E = ChannelEvent;
using A = ChannelAction;

constexpr std::array kRows = {
    ChannelRow{S::kOff, E::kUsable, S::kToOpen, A::kNone},

    ChannelRow{S::kToOpen, E::kOpenSent, S::kOpening, A::kNone},
    ChannelRow{S::kToOpen, E::kUnusable, S::kOff, A::kNone},

    ChannelRow{S::kOpening, E::kOpenedListening, S::kListen, A::kNone},
    // One terminal says ESTABLISHED in its response to OPEN CHANNEL.
    ChannelRow{S::kOpening, E::kPeerConnected, S::kEstablished, A::kAccept},
    ChannelRow{S::kOpening, E::kOpenFailed, S::kWaiting, A::kNone},
    ChannelRow{S::kOpening, E::kOpenRefused, S::kOff, A::kNone},
    ChannelRow{S::kOpening, E::kRetryDue, S::kToOpen, A::kNone},
    ChannelRow{S::kOpening, E::kUnusable, S::kOff, A::kNone},

    ChannelRow{S::kWaiting, E::kRetryDue, S::kToOpen, A::kNone},
    ChannelRow{S::kWaiting, E::kUnusable, S::kOff, A::kNone},

    ChannelRow{S::kListen, E::kPeerConnected, S::kEstablished, A::kAccept},
    ChannelRow{S::kListen, E::kTerminalClosed, S::kReleasing, A::kNone},
    ChannelRow{S::kListen, E::kUnusable, S::kOff, A::kNone},

    ChannelRow{S::kEstablished, E::kPeerClosed, S::kListen, A::kEndClosed},
    ChannelRow{S::kEstablished, E::kPeerClosedUnread, S::kDraining, A::kNone},
    ChannelRow{S::kEstablished, E::kCloseSent, S::kClosing, A::kNone},
    ChannelRow{S::kEstablished, E::kConnectionLost, S::kUncertain, A::kEndDropped},
    ChannelRow{S::kEstablished, E::kTerminalClosed, S::kReleasing, A::kEndDropped},
    ChannelRow{S::kEstablished, E::kChannelGone, S::kWaiting, A::kEndDropped},
    ChannelRow{S::kEstablished, E::kUnusable, S::kOff, A::kEndDropped},

    ChannelRow{S::kDraining, E::kDrained, S::kListen, A::kEndClosed},
    ChannelRow{S::kDraining, E::kPeerConnected, S::kEstablished, A::kReplace},
    ChannelRow{S::kDraining, E::kConnectionLost, S::kUncertain, A::kEndClosed},
    ChannelRow{S::kDraining, E::kTerminalClosed, S::kReleasing, A::kEndDropped},
    ChannelRow{S::kDraining, E::kChannelGone, S::kWaiting, A::kEndDropped},
    ChannelRow{S::kDraining, E::kUnusable, S::kOff, A::kEndDropped},

    ChannelRow{S::kClosing, E::kCloseDone, S::kListen, A::kEndFinished},
    ChannelRow{S::kClosing, E::kRetryDue, S::kEstablished, A::kNone},
    ChannelRow{S::kClosing, E::kConnectionLost, S::kUncertain, A::kEndFinished},
    ChannelRow{S::kClosing, E::kTerminalClosed, S::kReleasing, A::kEndFinished},
    ChannelRow{S::kClosing, E::kChannelGone, S::kWaiting, A::kEndFinished},
    ChannelRow{S::kClosing, E::kUnusable, S::kOff, A::kEndDropped},

    ChannelRow{S::kUncertain, E::kOpenedListening, S::kListen, A::kNone},
    ChannelRow{S::kUncertain, E::kPeerClosed, S::kListen, A::kNone},
    ChannelRow{S::kUncertain, E::kPeerConnected, S::kEstablished, A::kAccept},
    // What is left of a connection that was given up is closed, not answered.
    ChannelRow{S::kUncertain, E::kStillConnected, S::kEstablished, A::kNone},
    ChannelRow{S::kUncertain, E::kTerminalClosed, S::kReleasing, A::kNone},
    ChannelRow{S::kUncertain, E::kChannelGone, S::kWaiting, A::kNone},
    ChannelRow{S::kUncertain, E::kUnusable, S::kOff, A::kNone},

    ChannelRow{S::kReleasing, E::kChannelGone, S::kWaiting, A::kNone},
    ChannelRow{S::kReleasing, E::kUnusable, S::kOff, A::kNone},
};

// row_of[state][event]: index into kRows, or -1. Built once, at compile time.
constexpr auto kRowOf = [] {
  std::array<std::array<int, kChannelEvents>, kChannelStates> table{};
  for (auto& line : table) line.fill(-1);
  for (size_t i = 0; i < kRows.size(); ++i) {
    auto& cell = table[static_cast<size_t>(kRows[i].from)][static_cast<size_t>(kRows[i].event)];
    cell = cell == -1 ? static_cast<int>(i) : -2;
  }
  return table;
}();

constexpr bool no_pair_twice() {
  for (const auto& line : kRowOf) {
    for (const int cell : line) {
      if (cell == -2) return false;
    }
  }
  return true;
}
static_assert(no_pair_twice(), "a pair of state and event has at most one row");

}  // namespace

std::span<const ChannelRow> channel_rows() { return kRows; }

std::optional<ChannelRow> channel_row(ChannelState state, ChannelEvent event) {
  const int row = kRowOf[static_cast<size_t>(state)][static_cast<size_t>(event)];
  if (row < 0) return std::nullopt;
  return kRows[static_cast<size_t>(row)];
}

std::string_view to_string(ChannelState state) {
  constexpr std::array<std::string_view, kChannelStates> kNames = {
      "off",         "to open",  "opening", "waiting",   "listen",
      "established", "draining", "closing", "uncertain", "releasing"};
  return kNames[static_cast<size_t>(state)];
}

}  // namespace scwsim::bip
