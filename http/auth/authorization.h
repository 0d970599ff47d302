// The Authorization field (RFC 9110 §11.6.2): Basic (RFC 7617) and Digest (RFC
// 7616 §3.4) taken apart. What the values are worth is not decided here.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "card/base/bytes.h"
#include "http/wire/status.h"

namespace scwsim::http {

struct BasicCredentials {
  std::string_view user;
  std::string_view password;
};

/// Values without their quotes and escapes.
struct DigestCredentials {
  std::string_view user;
  std::string_view realm;
  std::string_view nonce;
  std::string_view uri;
  std::string_view response;
  std::string_view algorithm;     ///< empty: not given, which means MD5
  std::string_view qop;           ///< empty: not given, as in RFC 2069
  std::string_view nonce_count;   ///< with a qop: eight hexadecimal digits
  std::string_view client_nonce;  ///< with a qop
  bool user_is_hashed = false;
};

/// A scheme that is not known here.
struct OtherCredentials {};

using Authorization = std::variant<OtherCredentials, BasicCredentials, DigestCredentials>;

/// Takes the field's `value` apart. What cannot be a view of it stands in `room`,
/// which needs as many octets as `value` has. Unknown parameters are passed over.
/// Nothing, with `refusal` set, for what breaks the grammar, repeats a parameter,
/// lacks one, or gives one that must not stand without another.
std::optional<Authorization> parse_authorization(std::string_view value, std::span<uint8_t> room,
                                                 Refusal& refusal);

}  // namespace scwsim::http
