// Which octets may stand where in an HTTP message (RFC 9110 §5.6, RFC 9112 §3,
// RFC 3986 §2), and the few text operations that its grammar needs. ASCII only:
// HTTP knows no locale.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace scwsim::http {

/// Sets of octets; each is one bit of the table behind is().
enum class Octets : uint8_t {
  kToken = 0x01,      ///< tchar: field names
  kLine = 0x02,       ///< anything within a line: HTAB, SP, VCHAR, obs-text
  kTarget = 0x04,     ///< a path and its query, percent sign included (RFC 3986 §3.3, §3.4)
  kRawTarget = 0x08,  ///< what Policy::accept_unescaped_target adds to it
  kAuthority = 0x10,  ///< a registered name or IPv4 address (RFC 3986 §3.2.2), but no comma
  kDigit = 0x20,      ///< 0..9
  kHexDigit = 0x40,   ///< 0..9, A..F, a..f
};

namespace detail {

constexpr bool contains(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

constexpr std::array<uint8_t, 256> make_octet_table() {
  std::array<uint8_t, 256> table{};
  for (unsigned value = 0; value < table.size(); ++value) {
    const auto c = static_cast<char>(value);
    const bool alpha = (value >= 'A' && value <= 'Z') || (value >= 'a' && value <= 'z');
    const bool digit = value >= '0' && value <= '9';
    const bool alphanumeric = alpha || digit;
    const bool unreserved = alphanumeric || (value != 0 && contains("-._~", c));
    const bool sub_delim = value != 0 && contains("!$&'()*+,;=", c);
    const bool visible = value > 0x20 && value != 0x7F;  // obs-text included
    unsigned sets = 0;
    const auto put = [&sets](Octets set, bool member) {
      if (member) sets |= static_cast<unsigned>(set);
    };
    const bool token = alphanumeric || (value != 0 && contains("!#$%&'*+-.^_`|~", c));
    put(Octets::kToken, token);
    put(Octets::kLine, visible || c == ' ' || c == '\t');
    put(Octets::kTarget, unreserved || sub_delim || (value != 0 && contains(":@/?%", c)));
    put(Octets::kRawTarget, value >= 0x80 || (value != 0 && contains("\"<>[\\]^`{|}", c)));
    // "a,b" is what a proxy makes of two Host fields, not the name of a host.
    put(Octets::kAuthority, unreserved || (sub_delim && c != ',') || c == '%');
    put(Octets::kDigit, digit);
    put(Octets::kHexDigit,
        digit || (value >= 'A' && value <= 'F') || (value >= 'a' && value <= 'f'));
    table[value] = static_cast<uint8_t>(sets);
  }
  return table;
}

inline constexpr std::array<uint8_t, 256> kOctetTable = make_octet_table();

}  // namespace detail

/// Whether `octet` belongs to `set`.
constexpr bool is(uint8_t octet, Octets set) {
  return (detail::kOctetTable[octet] & static_cast<uint8_t>(set)) != 0;
}
constexpr bool is(char octet, Octets set) { return is(static_cast<uint8_t>(octet), set); }

/// Whether `text` has at least one octet and all belong to `set`.
constexpr bool all_are(std::string_view text, Octets set) {
  for (const char c : text) {
    if (!is(c, set)) return false;
  }
  return !text.empty();
}

/// The value of a hexadecimal digit, 0..15; the caller has made sure it is one.
constexpr unsigned hex_value(char digit) {
  if (digit <= '9') return static_cast<unsigned>(digit - '0');
  return static_cast<unsigned>((digit | 0x20) - 'a' + 10);
}

constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// Whether both are the same, upper and lower case of ASCII letters aside.
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

/// `text` without blanks (SP, HTAB) at either end: OWS of RFC 9110 §5.6.3.
constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Takes the next element of a comma-separated list (RFC 9110 §5.6.1) off `list`,
/// trimmed. Not for lists whose elements hold quoted commas.
constexpr std::string_view take_element(std::string_view& list) {
  const size_t comma = list.find(',');
  const std::string_view element = trim(list.substr(0, comma));
  list = comma == std::string_view::npos ? std::string_view{} : list.substr(comma + 1);
  return element;
}

}  // namespace scwsim::http
