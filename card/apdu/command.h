// Command APDUs (TS 102 221 §10.1.1): the four cases in short and extended
// length, and what their class byte says (§10.1.2).
#pragma once

#include <cstdint>

#include "card/base/bytes.h"
#include "card/base/result.h"

namespace scwsim::apdu {

/// Whose instruction set the class byte calls on.
enum class Class : uint8_t {
  kInterindustry,  ///< 0X, 4X, 6X
  kToolkit,        ///< 8X, CX, EX: TS 102 221's own
  kUnknown
};

/// Most octets a command asks for when Le is 00 and short, and extended.
inline constexpr size_t kMaxShortLe = 256;
inline constexpr size_t kMaxExtendedLe = 65536;

struct Command {
  uint8_t cla = 0;
  uint8_t ins = 0;
  uint8_t p1 = 0;
  uint8_t p2 = 0;
  Bytes data;     ///< empty in cases 1 and 2
  size_t le = 0;  ///< octets wanted: 1..65536; 0 when the command names none
  bool extended = false;

  [[nodiscard]] Class command_class() const;
  /// Logical channel, 0..19.
  [[nodiscard]] uint8_t channel() const;
  /// Whether the class byte asks for secure messaging.
  [[nodiscard]] bool secure_messaging() const;

  /// Reads a command APDU. Faults: kTruncated (shorter than four octets, or its
  /// data cut short), kTrailing (octets after Le), kBadLength (an extended Lc of
  /// zero). Views `bytes`.
  static Result<Command> parse(Bytes bytes);
};

}  // namespace scwsim::apdu
