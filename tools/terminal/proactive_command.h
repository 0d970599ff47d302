// A proactive command as a terminal reads it (TS 102 223 §6.6, §9): the D0
// object that FETCH gave, checked once. What its objects mean is the business of
// the one who carries it out.
#pragma once

#include "card/base/tlv.h"
#include "card/cat/values.h"

namespace scwsim::terminal {

/// Command details (TS 102 223 §8.6), to be echoed as they came.
struct CommandDetails {
  uint8_t number = 0;
  uint8_t type = 0;
  uint8_t qualifier = 0;
  bool comprehension_required = true;
};

struct ProactiveCommand {
  /// All zero when none could be read (TS 102 223 §6.8).
  CommandDetails details;
  uint8_t source = 0;
  uint8_t destination = 0;
  /// Every object, the two above included. Views the octets decoded.
  TlvList objects;
  /// The general result that the command earns before anybody looks at what it
  /// asks for: 00 when it is well formed, else 32 (data not understood) or 36
  /// (required values are missing).
  uint8_t fault = cat::result::kPerformed;

  [[nodiscard]] cat::CommandType type() const {
    return static_cast<cat::CommandType>(details.type);
  }

  /// The channel 1..7 that the command is addressed to; 0 when it is none.
  [[nodiscard]] uint8_t channel() const;

  /// Reads the answer to a FETCH. Never fails: what is wrong stands in `fault`,
  /// and as much as could be read beside it.
  static ProactiveCommand decode(Bytes d0);
};

}  // namespace scwsim::terminal
