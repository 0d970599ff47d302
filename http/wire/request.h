// A request whose head has been read and checked (RFC 9112 §3, §5, §6). Its texts
// are views of the connection's buffer, valid until the request is answered.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/wire/fields.h"
#include "http/wire/method.h"

namespace scwsim::http {

/// How the end of a request's body is known (RFC 9112 §6.3).
enum class BodyFraming : uint8_t { kNone, kLength, kChunked };

/// Who is at the other end, as far as the way by which a request came can tell.
struct Peer {
  /// The card's own administration agent. Never anybody who came in through a
  /// terminal: what he claims to be is a matter of credentials, not of this.
  bool administrator = false;
  /// What is said cannot be read on the way (RFC 2818).
  bool secure = false;
};

struct Request {
  explicit Request(Bytes text) : fields(text) {}

  Peer peer;
  Method method = Method::kOther;
  /// HTTP/1.`minor`: 0, or 1 for anything later.
  uint8_t minor = 1;
  /// Absolute path, percent-decoded and without dot segments; "*" for `OPTIONS *`.
  std::string_view path;
  /// What follows the question mark, as it came; empty without one.
  std::string_view query;
  Fields fields;

  BodyFraming framing = BodyFraming::kNone;
  uint64_t content_length = 0;    ///< with BodyFraming::kLength
  bool expects_continue = false;  ///< waits for 100 before it sends its body
  bool expectation_unknown = false;
  bool keep_alive = true;  ///< as the client wants it (RFC 9112 §9.3)

  /// Whether any octet of a body follows the head.
  [[nodiscard]] bool has_body() const {
    return framing == BodyFraming::kChunked ||
           (framing == BodyFraming::kLength && content_length > 0);
  }

  /// Whether the client understands chunked coding and interim responses.
  [[nodiscard]] bool is_http_1_1() const { return minor >= 1; }
};

}  // namespace scwsim::http
