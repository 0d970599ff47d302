// How the reference terminal behaves where terminals differ, or misbehave. The
// defaults are those of a good terminal; everything else is there for tests of
// cards that must live with the others.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "card/cat/values.h"
#include "tools/terminal/objects.h"

namespace scwsim::terminal {

/// When a connection of an application is put on a channel.
enum class Attach : uint8_t {
  kFirstByte,  ///< with its first octet: browsers open connections they never use
  kAccept      ///< as soon as it is accepted
};

/// An answer given to a type of command in place of carrying it out.
struct CannedResult {
  static constexpr unsigned kAlways = std::numeric_limits<unsigned>::max();

  cat::CommandType type{};
  uint8_t result = cat::result::kPerformed;  ///< general result
  std::optional<uint8_t> additional{};       ///< additional information, e.g. the cause after 3A
  unsigned times = kAlways;                  ///< how often; then the command is carried out
};

struct Policy {
  /// When a waiting connection gets a channel.
  Attach attach = Attach::kFirstByte;
  /// Channels of the terminal, 1..7 (TS 102 223 §5.2, octet 13, speaks of them
  /// to the card; the two need not agree).
  uint8_t channels = cat::kMaxChannels;
  /// Most octets that a RECEIVE DATA gives, 1..237, however many were asked for.
  uint8_t most_received = kMaxReceived;
  /// The largest Rx and Tx buffers of a channel, octets. A card that asks for
  /// more gets these, with result 07; or, with `refuse_large_buffers`, 3A 04.
  uint16_t largest_buffer = 0xFFFF;
  bool refuse_large_buffers = false;
  /// Tells Data available before the Channel status that announces the
  /// connection. The connection is not announced before it has sent something.
  bool data_before_status = false;
  /// Commands that go to the card between a thing happening and its event.
  unsigned event_delay = 0;
  /// Drops the link of a connection when so many octets were relayed, both
  /// directions together: status 0X 05, then 3A 02. 0: never.
  uint64_t drop_after = 0;
  /// Leaves objects with this tag out of every TERMINAL RESPONSE.
  std::optional<uint8_t> omitted_object{};
  /// So many first TERMINAL RESPONSEs bear a wrong command number.
  unsigned wrong_numbers = 0;
  /// Answers that replace the terminal's own; the first row of a type counts.
  std::vector<CannedResult> canned{};
  /// Proactive polling before the card has a word in it (TS 102 223 §6.4.6).
  std::chrono::milliseconds poll_interval{30'000};
};

}  // namespace scwsim::terminal
