// The target of a request line (RFC 9112 §3.2): origin form, absolute form, and
// the asterisk of OPTIONS. Decoding happens in place; a path never gets longer.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "card/base/bytes.h"
#include "http/policy.h"
#include "http/wire/method.h"
#include "http/wire/status.h"

namespace scwsim::http {

struct Target {
  std::string_view path;   ///< decoded, without dot segments; "*" for the asterisk form
  std::string_view query;  ///< as it came, without the question mark
  bool https = false;      ///< it was an absolute URI of that scheme
};

/// Decodes `text`, which is changed: %xx becomes its octet (RFC 3986 §2.1), `.`
/// and `..` segments are resolved (§5.2.4), encoded ones too; an encoded slash is a
/// slash. The authority of an absolute URI is checked and dropped: the server does
/// not tell hosts apart, so Host need not agree with it (RFC 9112 §3.2.2). Not for
/// CONNECT, which has a form of its own. Nothing, with `refusal` set, for a target that is no URI,
/// climbs above the root, or hides a control character.
std::optional<Target> decode_target(std::span<uint8_t> text, Method method, const Policy& policy,
                                    Refusal& refusal);

/// Whether `text` is a host with an optional port (RFC 3986 §3.2.2, §3.2.3), or
/// nothing at all: what a Host field may hold (RFC 9112 §3.2). Narrower than the
/// grammar: no comma, no encoded control character, no IPvFuture, no port that TCP
/// does not have.
bool is_authority(std::string_view text);

/// Whether a decoded path is one that decode_target() can give: the form in which
/// resources are stored and handlers mounted.
bool is_plain_path(std::string_view path);

}  // namespace scwsim::http
