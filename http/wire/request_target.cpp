#include "http/wire/request_target.h"

#include <algorithm>

#include "http/wire/characters.h"

namespace scwsim::http {
namespace {

struct Scheme {
  std::string_view start;
  bool https;
};
constexpr Scheme kSchemes[] = {{"http://", false}, {"https://", true}};

constexpr uint32_t kMostPort = 0xFFFF;

bool is_control(unsigned octet) { return octet < 0x20 || octet == 0x7F; }

/// Replaces %xx by octets. The new length, or nothing when an escape is broken or
/// stands for a control character.
std::optional<size_t> decode_escapes(std::span<uint8_t> path) {
  size_t to = 0;
  for (size_t from = 0; from < path.size(); ++from) {
    uint8_t octet = path[from];
    if (octet == '%') {
      const std::string_view digits =
          as_text(path.subspan(from + 1, std::min<size_t>(2, path.size() - from - 1)));
      if (digits.size() < 2 || !all_are(digits, Octets::kHexDigit)) return std::nullopt;
      octet = static_cast<uint8_t>(hex_value(digits[0]) << 4 | hex_value(digits[1]));
      if (is_control(octet)) return std::nullopt;
      from += 2;
    }
    path[to++] = octet;
  }
  return to;
}

/// Resolves `.` and `..` in an absolute path. The new length, or nothing when the
/// path climbs above the root.
std::optional<size_t> remove_dot_segments(std::span<uint8_t> path) {
  size_t to = 0;
  for (size_t from = 0; from < path.size();) {
    // A segment with the slash before it.
    const std::string_view rest = as_text(path.subspan(from));
    const size_t size = std::min(rest.find('/', 1), rest.size());
    const std::string_view segment = rest.substr(1, size - 1);
    const bool last = from + size == path.size();
    from += size;
    if (segment == "." || segment == "..") {
      if (segment == "..") {
        const size_t slash = as_text(path.first(to)).rfind('/');
        if (slash == std::string_view::npos) return std::nullopt;
        to = slash;
      }
      if (last) path[to++] = '/';  // "/a/." names the directory "/a/"
      continue;
    }
    std::ranges::copy(path.subspan(from - size, size),
                      path.begin() + static_cast<std::ptrdiff_t>(to));
    to += size;
  }
  return to;
}

bool has_target_octets(std::string_view text, const Policy& policy) {
  return std::ranges::all_of(text, [&](char c) {
    return is(c, Octets::kTarget) || (policy.accept_unescaped_target && is(c, Octets::kRawTarget));
  });
}

/// Whether every % of a query starts an escape; the query itself stays as it is.
bool has_whole_escapes(std::string_view query) {
  for (size_t at = query.find('%'); at != std::string_view::npos; at = query.find('%', at + 1)) {
    if (at + 2 >= query.size() || !all_are(query.substr(at + 1, 2), Octets::kHexDigit)) {
      return false;
    }
  }
  return true;
}

/// Whether an escape stands for a control character; all are whole.
bool has_control_escape(std::string_view text) {
  for (size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
    if (is_control(hex_value(text[at + 1]) << 4 | hex_value(text[at + 2]))) return true;
  }
  return false;
}

/// The number in `digits` when it is one up to `most`.
bool is_number_up_to(std::string_view digits, uint32_t most) {
  uint32_t number = 0;
  for (const char c : digits) {
    if (!is(c, Octets::kDigit)) return false;
    number = number * 10 + static_cast<uint32_t>(c - '0');
    if (number > most) return false;
  }
  return !digits.empty();
}

/// IPv4address (RFC 3986 §3.2.2): four numbers, no leading zeros.
bool is_ipv4(std::string_view text) {
  for (size_t numbers = 1;; ++numbers) {
    const size_t size = std::min(text.find('.'), text.size());
    const std::string_view digits = text.substr(0, size);
    if (!is_number_up_to(digits, 255) || (size > 1 && digits[0] == '0')) return false;
    if (size == text.size()) return numbers == 4;
    text.remove_prefix(size + 1);
  }
}

/// IPv6address (RFC 3986 §3.2.2): eight groups, or fewer and one "::"; the last
/// two may be written as an IPv4 address.
bool is_ipv6(std::string_view text) {
  constexpr size_t kGroups = 8;
  size_t groups = 0;
  bool gap = false;
  while (!text.empty()) {
    if (text.starts_with("::")) {
      if (gap) return false;
      gap = true;
      text.remove_prefix(2);
      if (text.empty()) break;
    } else if (groups > 0) {
      text.remove_prefix(1);  // the colon at which the group ended
    }
    const size_t size = std::min(text.find(':'), text.size());
    const std::string_view group = text.substr(0, size);
    if (size == text.size() && is_ipv4(group)) {
      groups += 2;
    } else if (size <= 4 && all_are(group, Octets::kHexDigit)) {
      groups += 1;
    } else {
      return false;
    }
    text.remove_prefix(size);
  }
  return gap ? groups < kGroups : groups == kGroups;
}

/// Length of scheme and authority of an absolute URI; 0 when it is none.
size_t authority_end(std::string_view text, bool& https) {
  for (const Scheme& scheme : kSchemes) {
    if (!equal_ignoring_case(text.substr(0, scheme.start.size()), scheme.start)) continue;
    https = scheme.https;
    const size_t begin = scheme.start.size();
    const size_t end = std::min(text.find_first_of("/?", begin), text.size());
    // A http URI without host is invalid (RFC 9110 §4.2.1).
    return begin == end || !is_authority(text.substr(begin, end - begin)) ? 0 : end;
  }
  return 0;
}

}  // namespace

std::optional<Target> decode_target(std::span<uint8_t> text, Method method, const Policy& policy,
                                    Refusal& refusal) {
  const auto refuse = [&refusal](std::string_view reason) {
    refusal = {Status::kBadRequest, reason};
    return std::nullopt;
  };
  if (as_text(text) == "*") {
    if (method == Method::kOptions) return Target{.path = as_text(text), .query = {}};
    return refuse("the target * is for OPTIONS only");
  }
  bool https = false;
  if (text.front() != '/') {
    const size_t end = authority_end(as_text(text), https);
    if (end == 0) return refuse("the target is neither a path nor an http URI");
    if (end == text.size() || text[end] == '?') {
      // Without a path: the root, or the server as a whole (RFC 9112 §3.2.4). There
      // is room for it where the authority stood.
      const bool whole_server = method == Method::kOptions && end == text.size();
      text[end - 1] = whole_server ? '*' : '/';
      text = text.subspan(end - 1);
      if (whole_server) return Target{.path = as_text(text), .query = {}, .https = https};
    } else {
      text = text.subspan(end);
    }
  }
  if (!has_target_octets(as_text(text), policy)) {
    return refuse("the target holds a character that must be percent-encoded");
  }
  const size_t path_size = std::min(as_text(text).find('?'), text.size());
  const std::string_view query =
      path_size < text.size() ? as_text(text.subspan(path_size + 1)) : std::string_view{};
  if (!has_whole_escapes(query)) return refuse("the query holds a broken percent-escape");

  const std::span<uint8_t> path = text.first(path_size);
  const auto decoded = decode_escapes(path);
  if (!decoded) return refuse("the path holds a broken or forbidden percent-escape");
  const auto resolved = remove_dot_segments(path.first(*decoded));
  if (!resolved) return refuse("the path climbs above the root");
  return Target{.path = as_text(path.first(*resolved)), .query = query, .https = https};
}

bool is_authority(std::string_view text) {
  if (text.empty()) return true;
  size_t host_end = 0;
  if (text.starts_with('[')) {
    host_end = text.find(']');
    if (host_end == std::string_view::npos || !is_ipv6(text.substr(1, host_end - 1))) return false;
    ++host_end;
  } else {
    host_end = std::min(text.find(':'), text.size());
    const std::string_view host = text.substr(0, host_end);
    if (!all_are(host, Octets::kAuthority)) return false;
    if (!has_whole_escapes(host) || has_control_escape(host)) return false;
  }
  const std::string_view port = text.substr(host_end);
  return port.empty() || port == ":" ||
         (port[0] == ':' && is_number_up_to(port.substr(1), kMostPort));
}

bool is_plain_path(std::string_view path) {
  if (!path.starts_with('/')) return false;
  for (const char c : path) {
    if (is_control(static_cast<uint8_t>(c))) return false;
  }
  for (std::string_view rest = path; !rest.empty();) {
    const size_t size = std::min(rest.find('/', 1), rest.size());
    const std::string_view segment = rest.substr(1, size - 1);
    if (segment == "." || segment == "..") return false;
    rest.remove_prefix(size);
  }
  return true;
}

}  // namespace scwsim::http
