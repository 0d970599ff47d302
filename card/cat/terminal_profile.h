// TERMINAL PROFILE (TS 102 223 §5.2): what a terminal says that it can do. Octets
// that it did not send count as 00.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "card/base/bytes.h"

namespace scwsim::cat {

/// Abilities that somebody asks for or shows. The order is that of kAbilities.
enum class Ability : uint8_t {
  kProfileDownload,
  kMenuSelection,
  kTimerExpiration,
  kMoreTime,
  kPollInterval,
  kPollingOff,
  kRefresh,
  kSetUpMenu,
  kProvideLocalInformation,
  kSetUpEventList,
  kEventDataAvailable,
  kEventChannelStatus,
  kTimerStartStop,
  kTimerGetValue,
  kLaunchBrowser,
  kOpenChannel,
  kCloseChannel,
  kReceiveData,
  kSendData,
  kGetChannelStatus,
  kTcpClientRemote,
  kUdpClientRemote,
  kTcpServer,
  kCount
};

/// One bit of the profile.
struct AbilityBit {
  Ability ability;
  uint8_t octet;  ///< counted from 1, as in the standard
  uint8_t mask;
  std::string_view name;
};

/// All abilities known here, in the order of Ability.
std::span<const AbilityBit> abilities();

/// The longest profile that is kept; what follows has no meaning today.
inline constexpr size_t kMaxTerminalProfile = 64;

class TerminalProfile {
 public:
  TerminalProfile() = default;

  /// Keeps the octets of a TERMINAL PROFILE command.
  explicit TerminalProfile(Bytes octets);

  /// Whether the terminal announced `ability`.
  [[nodiscard]] bool has(Ability ability) const;

  /// Whether the terminal can report `event` (TS 102 223 §8.25). Of the events,
  /// those that somebody on the card listens to are known here.
  [[nodiscard]] bool reports(uint8_t event) const;

  /// Number of BIP channels the terminal supports, 0..7 (octet 13, b8..b6).
  [[nodiscard]] uint8_t channels() const { return static_cast<uint8_t>(octet(13) >> 5); }

  /// Whether UICC server mode can be used at all: OPEN and CLOSE CHANNEL,
  /// RECEIVE and SEND DATA, at least one channel, TCP in server mode, SET UP
  /// EVENT LIST and both channel events.
  [[nodiscard]] bool supports_server_mode() const;

  /// The octets as they came.
  [[nodiscard]] Bytes octets() const { return Bytes(octets_).first(size_); }

 private:
  [[nodiscard]] uint8_t octet(size_t number) const {
    return number <= size_ ? octets_[number - 1] : uint8_t{0};
  }

  std::array<uint8_t, kMaxTerminalProfile> octets_{};
  size_t size_ = 0;
};

}  // namespace scwsim::cat
