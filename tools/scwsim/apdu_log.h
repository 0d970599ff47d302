// What goes over the card's interface, for people: a line for each proactive
// command and each envelope, and each APDU for those who want it all.
#pragma once

#include <optional>
#include <string_view>

#include "tools/links/tap_link.h"

namespace scwsim::cli {

/// The name of the proactive command that this exchange fetched; none when it was
/// no FETCH, or no such command came.
std::optional<std::string_view> fetched_command(Bytes command, Bytes response);

/// Writes to the log: proactive commands and envelopes at level debug, APDUs at
/// level trace.
class ApduLog final : public links::ApduObserver {
 public:
  void on_atr(Time time, Bytes atr) override;
  void on_exchange(Time time, Bytes command, Bytes response) override;
};

}  // namespace scwsim::cli
