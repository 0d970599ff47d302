#include "bip/reaction.h"

#include <array>

namespace scwsim::bip {

namespace {

namespace result = cat::result;
namespace cause = cat::bip_cause;
using Command = cat::CommandType;

constexpr std::array kRows = {
    // A user who refuses once is not asked again; a port or channel that is taken
    // may become free; a terminal without the ability will not learn it.
    ReactionRow{Command::kOpenChannel, result::kUserRefused, kAny, Reaction::kGiveUp},
    ReactionRow{Command::kOpenChannel, result::kBipError, cause::kNoChannelAvailable,
                Reaction::kRetryLater},
    ReactionRow{Command::kOpenChannel, result::kBipError, cause::kPortNotAvailable,
                Reaction::kRetryLater},
    ReactionRow{Command::kOpenChannel, result::kBipError, cause::kBufferSizeNotAvailable,
                Reaction::kRetrySmaller},
    ReactionRow{Command::kOpenChannel, result::kBipError, cause::kTransportLevelNotAvailable,
                Reaction::kGiveUp},
    ReactionRow{Command::kOpenChannel, result::kBipError, kAny, Reaction::kRetryLater},
    ReactionRow{Command::kOpenChannel, kAny, kAny, Reaction::kGiveUp},

    ReactionRow{Command::kReceiveData, result::kBipError, cause::kChannelIdNotValid,
                Reaction::kChannelLost},
    ReactionRow{Command::kReceiveData, kAny, kAny, Reaction::kConnectionLost},

    // Some terminals cannot read the two-octet length of more than 127 octets of
    // channel data and answer 36 (or 32, 30).
    ReactionRow{Command::kSendData, result::kValuesMissing, kAny, Reaction::kRetrySmaller},
    ReactionRow{Command::kSendData, result::kDataNotUnderstood, kAny, Reaction::kRetrySmaller},
    ReactionRow{Command::kSendData, result::kBeyondCapabilities, kAny, Reaction::kRetrySmaller},
    ReactionRow{Command::kSendData, result::kBipError, cause::kBufferSizeNotAvailable,
                Reaction::kRetrySmaller},
    ReactionRow{Command::kSendData, result::kBipError, cause::kChannelIdNotValid,
                Reaction::kChannelLost},
    ReactionRow{Command::kSendData, kAny, kAny, Reaction::kConnectionLost},

    ReactionRow{Command::kCloseChannel, result::kBipError, cause::kChannelIdNotValid,
                Reaction::kChannelLost},
    ReactionRow{Command::kCloseChannel, kAny, kAny, Reaction::kConnectionLost},

    // A channel of which nothing can be learned is freed and opened anew.
    ReactionRow{Command::kGetChannelStatus, kAny, kAny, Reaction::kChannelLost},
};

}  // namespace

std::span<const ReactionRow> reaction_rows() { return kRows; }

Reaction reaction_to(const cat::TerminalResponse& response) {
  if (response.performed()) return Reaction::kDone;
  for (const ReactionRow& row : kRows) {
    const bool exact = row.result == response.general_result;
    if (row.command != response.type) continue;
    if (exact && (row.cause == kAny || row.cause == response.cause())) return row.reaction;
    if (row.result == kAny) return response.temporary() ? Reaction::kRetryLater : row.reaction;
  }
  return Reaction::kGiveUp;
}

std::string_view to_string(Reaction reaction) {
  constexpr std::array<std::string_view, 6> kNames = {
      "done", "retry later", "retry smaller", "connection lost", "channel lost", "give up"};
  return kNames[static_cast<size_t>(reaction)];
}

}  // namespace scwsim::bip
