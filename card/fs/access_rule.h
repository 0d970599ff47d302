// Access rules in expanded format (TS 102 221 §9.2.4, ISO/IEC 7816-4 §5.4.3.2): a
// record of an EF.ARR, as pairs of access modes and security conditions. What no
// pair covers is never allowed.
#pragma once

#include <cstdint>

#include "card/base/bytes.h"

namespace scwsim::fs {

/// Access modes of an EF (b1.. of the access mode byte).
enum class AccessMode : uint8_t {
  kRead = 0x01,
  kUpdate = 0x02,
  kDeactivate = 0x08,
  kActivate = 0x10,
};

/// Tells whether the terminal has shown a PIN or key, or need not show it.
class SecurityState {
 public:
  virtual ~SecurityState() = default;
  /// Whether the condition "PIN `reference`" holds: verified, or disabled.
  [[nodiscard]] virtual bool satisfied(uint8_t reference) const = 0;
};

/// Whether `record` allows `mode` in the state `security`. A malformed record
/// allows nothing from its fault on.
bool allows(Bytes record, AccessMode mode, const SecurityState& security);

}  // namespace scwsim::fs
