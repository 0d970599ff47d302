// Octets as hexadecimal digits and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "card/base/bytes.h"

namespace scwsim {

/// Upper-case digits, two an octet, no separators.
std::string to_hex(Bytes bytes);

/// The octets of `digits`: two digits an octet, either case, blanks ignored.
/// Nothing when another character or an odd number of digits stands in it.
std::optional<std::vector<uint8_t>> from_hex(std::string_view digits);

}  // namespace scwsim
