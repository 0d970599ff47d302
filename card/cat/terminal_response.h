// Reading TERMINAL RESPONSE (TS 102 223 §6.8): command details and result in
// whatever order and with whatever flags a terminal sends them.
#pragma once

#include "card/base/tlv.h"
#include "card/cat/values.h"

namespace scwsim::cat {

struct TerminalResponse {
  uint8_t number = 0;
  CommandType type{};
  uint8_t qualifier = 0;
  uint8_t general_result = 0;
  Bytes additional;  ///< additional information on result; some terminals omit it
  TlvList objects;   ///< all objects, for those that belong to one command only

  /// Performed, perhaps partially or with modification (0X; §8.12).
  [[nodiscard]] bool performed() const { return general_result < 0x10; }
  /// A later repetition may help (2X).
  [[nodiscard]] bool temporary() const { return (general_result & 0xF0) == 0x20; }
  /// First octet of additional information, 00 when there is none.
  [[nodiscard]] uint8_t cause() const {
    return additional.empty() ? uint8_t{0} : additional.front();
  }

  /// Decodes the data of the command. Faults: malformed objects (their fault),
  /// kMissing without command details or result, kBadLength when these have the
  /// wrong size. Views `data`.
  static Result<TerminalResponse> parse(Bytes data);
};

}  // namespace scwsim::cat
