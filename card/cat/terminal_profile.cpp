#include "card/cat/terminal_profile.h"

#include <algorithm>

#include "card/cat/values.h"

namespace scwsim::cat {

namespace {

constexpr std::array kAbilities = {
    AbilityBit{Ability::kProfileDownload, 1, 0x01, "profile download"},
    AbilityBit{Ability::kMenuSelection, 1, 0x08, "menu selection"},
    AbilityBit{Ability::kTimerExpiration, 1, 0x20, "timer expiration"},
    AbilityBit{Ability::kMoreTime, 3, 0x08, "MORE TIME"},
    AbilityBit{Ability::kPollInterval, 3, 0x20, "POLL INTERVAL"},
    AbilityBit{Ability::kPollingOff, 3, 0x40, "POLLING OFF"},
    AbilityBit{Ability::kRefresh, 3, 0x80, "REFRESH"},
    AbilityBit{Ability::kSetUpMenu, 4, 0x20, "SET UP MENU"},
    AbilityBit{Ability::kProvideLocalInformation, 4, 0x40, "PROVIDE LOCAL INFORMATION"},
    AbilityBit{Ability::kSetUpEventList, 5, 0x01, "SET UP EVENT LIST"},
    AbilityBit{Ability::kEventDataAvailable, 6, 0x04, "event: data available"},
    AbilityBit{Ability::kEventChannelStatus, 6, 0x08, "event: channel status"},
    AbilityBit{Ability::kTimerStartStop, 8, 0x01, "TIMER MANAGEMENT (start, stop)"},
    AbilityBit{Ability::kTimerGetValue, 8, 0x02, "TIMER MANAGEMENT (get value)"},
    AbilityBit{Ability::kLaunchBrowser, 9, 0x40, "LAUNCH BROWSER"},
    AbilityBit{Ability::kOpenChannel, 12, 0x01, "OPEN CHANNEL"},
    AbilityBit{Ability::kCloseChannel, 12, 0x02, "CLOSE CHANNEL"},
    AbilityBit{Ability::kReceiveData, 12, 0x04, "RECEIVE DATA"},
    AbilityBit{Ability::kSendData, 12, 0x08, "SEND DATA"},
    AbilityBit{Ability::kGetChannelStatus, 12, 0x10, "GET CHANNEL STATUS"},
    AbilityBit{Ability::kTcpClientRemote, 17, 0x01, "TCP client, remote"},
    AbilityBit{Ability::kUdpClientRemote, 17, 0x02, "UDP client, remote"},
    AbilityBit{Ability::kTcpServer, 17, 0x04, "TCP, UICC in server mode"},
};

constexpr bool in_order() {
  for (size_t i = 0; i < kAbilities.size(); ++i) {
    if (static_cast<size_t>(kAbilities[i].ability) != i) return false;
  }
  return kAbilities.size() == static_cast<size_t>(Ability::kCount);
}
static_assert(in_order(), "kAbilities has a row for each Ability, in its order");

constexpr std::array kServerModeNeeds = {
    Ability::kSetUpEventList, Ability::kEventDataAvailable, Ability::kEventChannelStatus,
    Ability::kOpenChannel,    Ability::kCloseChannel,       Ability::kReceiveData,
    Ability::kSendData,       Ability::kTcpServer,
};

}  // namespace

std::span<const AbilityBit> abilities() { return kAbilities; }

TerminalProfile::TerminalProfile(Bytes octets)
    : size_(std::min(octets.size(), kMaxTerminalProfile)) {
  std::ranges::copy(octets.first(size_), octets_.begin());
}

bool TerminalProfile::has(Ability ability) const {
  const AbilityBit& bit = kAbilities[static_cast<size_t>(ability)];
  return (octet(bit.octet) & bit.mask) != 0;
}

bool TerminalProfile::reports(uint8_t event) const {
  switch (event) {
    case event::kDataAvailable: return has(Ability::kEventDataAvailable);
    case event::kChannelStatus: return has(Ability::kEventChannelStatus);
    default: return false;
  }
}

bool TerminalProfile::supports_server_mode() const {
  return channels() > 0 &&
         std::ranges::all_of(kServerModeNeeds, [this](Ability a) { return has(a); });
}

}  // namespace scwsim::cat
