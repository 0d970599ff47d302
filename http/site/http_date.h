// Dates of HTTP (RFC 9110 §5.6.7): only ever compared with each other, so no
// clock is needed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace scwsim::http {

/// A date as a number that is greater the later it is, equal for equal dates, and
/// never 0. Takes the three forms that recipients must know: IMF-fixdate, that of
/// RFC 850 (years 70 to 99 are of the last century, others of this), and that of
/// asctime. Nothing for any other text, and for a day that there is not. The name
/// of the day is not compared with the date.
std::optional<uint64_t> parse_http_date(std::string_view text);

}  // namespace scwsim::http
