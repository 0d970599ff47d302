#include "http/wire/field_rules.h"

#include <algorithm>
#include <array>
#include <limits>

#include "http/wire/characters.h"
#include "http/wire/request_target.h"

namespace scwsim::http {
namespace {

using Fault = std::optional<Refusal>;

Refusal bad(std::string_view reason) { return {Status::kBadRequest, reason}; }

/// What has been seen while the fields are walked in order.
struct Seen {
  bool host = false;
  bool content_length = false;
  bool transfer_encoding = false;
  bool chunked = false;  ///< the last transfer coding so far
  bool unknown_coding = false;
  bool close = false;
  bool keep_alive = false;
};

Fault host(Request&, Seen& seen, std::string_view value) {
  if (seen.host) return bad("Host is repeated");
  seen.host = true;
  if (!is_authority(value)) return bad("Host is not a host");
  return {};
}

// Options are tokens. One that names a field says that the field ends with this
// connection (RFC 9110 §7.6.1): said of a field that the message hangs on, it makes
// others read another message than we do.
Fault connection(Request&, Seen& seen, std::string_view value) {
  while (!value.empty()) {
    const std::string_view option = take_element(value);
    if (option.empty()) continue;  // RFC 9110 §5.6.1.2
    if (!all_are(option, Octets::kToken)) return bad("Connection holds what is no option");
    const FieldName field = field_name_of(option);
    if (field == FieldName::kHost || field == FieldName::kContentLength ||
        field == FieldName::kTransferEncoding) {
      return bad("Connection names a field that is not its to name");
    }
    seen.close |= equal_ignoring_case(option, "close");
    seen.keep_alive |= equal_ignoring_case(option, "keep-alive");
  }
  return {};
}

// RFC 9110 §8.6 would let repeated equal values pass; we refuse them, for a proxy
// in front of us may have taken either.
Fault content_length(Request& request, Seen& seen, std::string_view value) {
  if (seen.content_length) return bad("Content-Length is repeated");
  seen.content_length = true;
  if (!all_are(value, Octets::kDigit)) return bad("Content-Length is not a number");
  constexpr uint64_t kMost = std::numeric_limits<uint64_t>::max();
  uint64_t length = 0;
  for (const char digit : value) {
    const auto units = static_cast<uint64_t>(digit - '0');
    length = length > (kMost - units) / 10 ? kMost : length * 10 + units;
  }
  request.framing = BodyFraming::kLength;
  request.content_length = length;
  return {};
}

// The codings of all fields of that name, in their order; chunked only once, and
// last (RFC 9112 §6.1, §7.1).
Fault transfer_encoding(Request& request, Seen& seen, std::string_view value) {
  seen.transfer_encoding = true;
  if (value.empty() || value.ends_with(',')) return bad("Transfer-Encoding lacks a coding");
  while (!value.empty()) {
    const std::string_view coding = take_element(value);
    if (coding.empty()) return bad("Transfer-Encoding lacks a coding");
    if (seen.chunked) return bad("a transfer coding follows chunked");
    seen.chunked = equal_ignoring_case(coding, "chunked");
    seen.unknown_coding |= !seen.chunked;
  }
  request.framing = BodyFraming::kChunked;
  return {};
}

// An unknown expectation is answered with 417 once the request is complete.
Fault expect(Request& request, Seen&, std::string_view value) {
  if (equal_ignoring_case(value, "100-continue")) {
    request.expects_continue = true;
  } else {
    request.expectation_unknown = true;
  }
  return {};
}

struct Rule {
  FieldName field;
  Fault (*apply)(Request&, Seen&, std::string_view value);
};

constexpr Rule kRules[] = {
    {FieldName::kHost, host},
    {FieldName::kConnection, connection},
    {FieldName::kContentLength, content_length},
    {FieldName::kTransferEncoding, transfer_encoding},
    {FieldName::kExpect, expect},
};

}  // namespace

uint64_t largest_body(const Request& request, const Limits& limits) {
  const bool changes_site = request.peer.administrator && request.method == Method::kPut;
  return changes_site ? limits.resource : limits.body;
}

std::optional<Refusal> apply_field_rules(Request& request, const Policy& policy) {
  Seen seen;
  for (const Rule& rule : kRules) {
    for (auto i = request.fields.index_of(rule.field); i;
         i = request.fields.index_of(rule.field, *i + 1)) {
      if (const Fault fault = rule.apply(request, seen, request.fields.value(*i))) return fault;
    }
  }

  if (seen.content_length && seen.transfer_encoding) {
    return bad("both Content-Length and Transfer-Encoding are given");
  }
  if (seen.transfer_encoding && !seen.chunked) {
    return bad("chunked is not the last transfer coding");  // RFC 9112 §6.3
  }
  if (request.is_http_1_1() && !seen.host) return bad("Host is missing");
  if (!request.is_http_1_1()) {
    // HTTP/1.0 knows neither chunks (RFC 9112 §6.1) nor expectations (RFC 9110 §10.1.1).
    if (seen.transfer_encoding) return bad("HTTP/1.0 has no Transfer-Encoding");
    request.expects_continue = request.expectation_unknown = false;
  }
  if (seen.unknown_coding) {
    return Refusal{Status::kNotImplemented, "a transfer coding is not known here"};  // §6.1
  }
  if (request.framing == BodyFraming::kLength &&
      request.content_length > largest_body(request, policy.limits)) {
    return Refusal{Status::kContentTooLarge, "the body is larger than this server takes"};
  }
  const bool needs_length = request.method == Method::kPost || request.method == Method::kPut;
  if (policy.require_length && needs_length && request.framing == BodyFraming::kNone) {
    return Refusal{Status::kLengthRequired, "the request has no Content-Length"};
  }
  request.keep_alive = !seen.close && (request.is_http_1_1() || seen.keep_alive);
  return {};
}

}  // namespace scwsim::http
