// How strict the web server is and how much it takes. The defaults are the
// strict reading of RFC 9112; every leniency is a field here, and nothing else
// in http/ bends. One is on by default: accept_digest_without_qop, which OMA SCWS
// servers have. A card profile sets them by the same names (http.policy).
#pragma once

#include <cstddef>
#include <cstdint>

namespace scwsim::http {

/// The most octets that a request's line and fields may ever take: the buffer of
/// a connection holds them, and kReadAhead octets of what follows.
inline constexpr size_t kMaxHead = 3072;

/// Octets that a connection takes beyond a head of greatest size.
inline constexpr size_t kReadAhead = 512;

/// The most fields that a request may ever have.
inline constexpr size_t kMaxFields = 48;

/// Sizes in octets, beyond which a request is refused; a method that alone fills a
/// request line is refused with 501 (RFC 9112 §3).
struct Limits {
  size_t request_line = 1024;  ///< without its line end; beyond: 414
  size_t head = kMaxHead;      ///< request line and fields with line ends; beyond: 431
  size_t fields = kMaxFields;  ///< number of field lines; beyond: 431
  size_t empty_lines = 4;      ///< before the request line (RFC 9112 §2.2); beyond: 400
  uint64_t body = 65536;       ///< content after decoding; beyond: 413
  size_t chunk_line = 64;      ///< chunk size with its extensions; beyond: 400
  size_t trailer = 512;        ///< all trailer lines of a chunked body; beyond: 431

  /// Content of a PUT by the card's administrator; beyond: 413. No matter of policy:
  /// a server sets it to what its site takes, or to `body` if that is more.
  uint64_t resource = 65536;

  bool operator==(const Limits&) const = default;
};

struct Policy {
  Limits limits;

  /// Takes a LF without CR as the end of a line of the head (RFC 9112 §2.2 allows
  /// it). Strict: 400. Chunked framing stays strict in any case.
  bool accept_bare_lf = false;

  /// Takes octets in a request target that RFC 3986 wants percent-encoded:
  /// " < > [ \ ] ^ ` { | } and 80..FF. Some browsers send a few of them in a
  /// query. Strict: 400.
  bool accept_unescaped_target = false;

  /// Answers 411 to a POST or PUT with neither Content-Length nor
  /// Transfer-Encoding (RFC 9110 §15.5.12), which otherwise has an empty body.
  bool require_length = true;

  /// Takes a Digest response without qop, as clients of RFC 2069 give it (scws.md
  /// §4.7). Each uses up its nonce, so it cannot be replayed. Strict: 401.
  bool accept_digest_without_qop = true;

  /// Keeps connections open between requests. Otherwise each response says
  /// `Connection: close`, as OMA SCWS 1.1 has it for servers without this.
  bool persistent_connections = true;

  /// Requests on one connection after which it closes if no place is left on its
  /// port: others may be waiting for one.
  size_t requests_when_crowded = 64;

  /// Seconds that a request may take from its first octet to its last, and a response
  /// likewise, as far as the bearer tells of time; 0: any number. Who sends or takes
  /// an octet now and then is never idle, and would keep others out for ever.
  uint32_t request_s = 60;
  uint32_t response_s = 300;

  bool operator==(const Policy&) const = default;
};

}  // namespace scwsim::http
