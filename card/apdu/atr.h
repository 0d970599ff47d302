// The answer to reset (ISO/IEC 7816-3 §8.2, TS 102 221 §6.3).
#pragma once

#include <string_view>

#include "card/base/bytes.h"

namespace scwsim::apdu {

/// What is wrong with `atr`, in words; empty when it is well formed: TS, T0, the
/// interface characters that T0 and each TD announce, the historical characters,
/// and TCK, exactly when a protocol other than T=0 is named, with the sum zero.
std::string_view fault_of_atr(Bytes atr);

}  // namespace scwsim::apdu
