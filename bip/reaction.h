// What the card does about each result that a terminal may give to a BIP command
// (TS 102 223 §8.12, and §6.4.27 to §6.4.31 for who may give which).
#pragma once

#include <span>
#include <string_view>

#include "card/cat/terminal_response.h"
#include "card/cat/values.h"

namespace scwsim::bip {

enum class Reaction : uint8_t {
  kDone,            ///< performed: go on
  kRetryLater,      ///< the same again at the next opportunity, with back-off
  kRetrySmaller,    ///< the same in smaller pieces: the size given, or the short form
  kConnectionLost,  ///< the connection is over; ask what became of the channel
  kChannelLost,     ///< the channel is gone; open another one later
  kGiveUp,          ///< not before the next TERMINAL PROFILE
};

/// A row: for this command, result and cause. kAny stands for every value.
struct ReactionRow {
  cat::CommandType command;
  uint16_t result;
  uint16_t cause;
  Reaction reaction;
};
inline constexpr uint16_t kAny = 0x100;

/// The table; the first row that fits counts.
std::span<const ReactionRow> reaction_rows();

/// The reaction to `response`. Results that no row names: 0X performed, 2X retry
/// later, all others as the command's last row says.
Reaction reaction_to(const cat::TerminalResponse& response);

/// The reaction's name, for traces and tests.
std::string_view to_string(Reaction reaction);

}  // namespace scwsim::bip
