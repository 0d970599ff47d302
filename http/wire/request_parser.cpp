#include "http/wire/request_parser.h"

#include "http/wire/characters.h"
#include "http/wire/field_rules.h"
#include "http/wire/request_target.h"

namespace scwsim::http {

Decode RequestParser::parse(size_t filled) {
  while (next_ < filled) {
    const uint8_t octet = buffer_[next_];
    if (is(octet, Octets::kLine)) {
      if (const auto refused = over_limit()) return *refused;
      ++next_;
      continue;
    }
    size_t line_end_size = 1;
    if (octet == '\r') {
      if (next_ + 1 == filled) return Decode::kMore;  // its LF is yet to come
      if (buffer_[next_ + 1] != '\n') return refuse(Status::kBadRequest, "a CR stands alone");
      line_end_size = 2;
    } else if (octet != '\n') {
      return refuse(Status::kBadRequest, "the head holds a control character");
    } else if (!policy_.accept_bare_lf) {
      return refuse(Status::kBadRequest, "a LF stands alone");
    }
    const size_t end = next_;
    next_ += line_end_size;
    if (next_ > policy_.limits.head) {
      return refuse(Status::kHeaderFieldsTooLarge, "the fields are too long together");
    }
    const Decode progress = line_is_complete(end);
    if (progress != Decode::kMore) return progress;
    line_ = next_;
  }
  return Decode::kMore;
}

// Whether the octet at next_ makes line or head too long.
std::optional<Decode> RequestParser::over_limit() {
  if (part_ == Part::kRequestLine && next_ - line_ >= policy_.limits.request_line) {
    // RFC 9112 §3 tells the two apart.
    if (as_text(buffer_.subspan(line_, next_ - line_)).find(' ') == std::string_view::npos) {
      return refuse(Status::kNotImplemented, "the method is longer than any known here");
    }
    return refuse(Status::kUriTooLong, "the request line is too long");
  }
  if (next_ >= policy_.limits.head) {
    return refuse(Status::kHeaderFieldsTooLarge, "the fields are too long together");
  }
  return std::nullopt;
}

Decode RequestParser::line_is_complete(size_t end) {
  const size_t size = end - line_;
  if (part_ == Part::kFields) return size == 0 ? end_of_head() : field_line(line_, size);
  if (size > 0) return request_line(buffer_.subspan(line_, size));
  // RFC 9112 §2.2: some clients send an empty line after a body.
  if (++empty_lines_ <= policy_.limits.empty_lines) return Decode::kMore;
  return refuse(Status::kBadRequest, "too many empty lines before the request");
}

// method SP request-target SP HTTP-version, single spaces only (RFC 9112 §3).
Decode RequestParser::request_line(std::span<uint8_t> line) {
  const std::string_view text = as_text(line);
  const size_t method_size = text.find(' ');
  const size_t target_end = text.rfind(' ');
  if (method_size == std::string_view::npos || target_end <= method_size + 1) {
    return refuse(Status::kBadRequest, "the request line is not method, target and version");
  }
  const std::string_view method = text.substr(0, method_size);
  if (!all_are(method, Octets::kToken)) {
    return refuse(Status::kBadRequest, "the method is not a token");
  }
  const std::string_view version = text.substr(target_end + 1);
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is(version[5], Octets::kDigit) ||
      version[6] != '.' || !is(version[7], Octets::kDigit)) {
    return refuse(Status::kBadRequest, "the version is not that of HTTP");
  }
  if (version[5] != '1') {
    return refuse(Status::kVersionNotSupported, "this server speaks HTTP/1.1 and HTTP/1.0");
  }
  request_.method = method_of(method);
  request_.minor = version[7] == '0' ? 0 : 1;  // RFC 9110 §2.5: a later minor is served as ours

  if (request_.method == Method::kConnect) {
    // What follows would be the tunnel's, and no request (RFC 9110 §9.3.6).
    return refuse(Status::kNotImplemented, "this server is no proxy and opens no tunnel");
  }

  const auto target = decode_target(line.subspan(method_size + 1, target_end - method_size - 1),
                                    request_.method, policy_, refusal_);
  if (!target) return Decode::kError;
  if (target->https && !request_.peer.secure) {  // RFC 9110 §7.4
    return refuse(Status::kMisdirectedRequest, "what https names is not told in clear");
  }
  request_.path = target->path;
  request_.query = target->query;
  part_ = Part::kFields;
  return Decode::kMore;
}

// field-name ":" OWS field-value OWS (RFC 9112 §5).
Decode RequestParser::field_line(size_t begin, size_t size) {
  const std::string_view line = as_text(buffer_.subspan(begin, size));
  if (line.front() == ' ' || line.front() == '\t') {
    return refuse(Status::kBadRequest, "a field line is folded");  // §5.2, also §2.2
  }
  const size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  if (colon == std::string_view::npos || !all_are(name, Octets::kToken)) {
    return refuse(Status::kBadRequest, "a field name is not a token before a colon");  // §5.1
  }
  const std::string_view value = trim(line.substr(colon + 1));
  const size_t leading = line.find_first_not_of(" \t", colon + 1);
  const size_t value_at = value.empty() ? begin + size : begin + leading;
  const Fields::Place place{.name = static_cast<uint16_t>(begin),
                            .name_size = static_cast<uint16_t>(name.size()),
                            .value = static_cast<uint16_t>(value_at),
                            .value_size = static_cast<uint16_t>(value.size()),
                            .id = field_name_of(name)};
  if (request_.fields.count() >= policy_.limits.fields || !request_.fields.add(place)) {
    return refuse(Status::kHeaderFieldsTooLarge, "there are too many fields");
  }
  return Decode::kMore;
}

Decode RequestParser::end_of_head() {
  if (const auto refusal = apply_field_rules(request_, policy_)) {
    return refuse(refusal->status, refusal->reason);
  }
  return Decode::kDone;
}

Decode RequestParser::refuse(Status status, std::string_view reason) {
  refusal_ = {status, reason};
  return Decode::kError;
}

void RequestParser::reset() {
  request_.method = Method::kOther;
  request_.minor = 1;
  request_.path = request_.query = {};
  request_.fields.clear();
  request_.framing = BodyFraming::kNone;
  request_.content_length = 0;
  request_.expects_continue = request_.expectation_unknown = false;
  request_.keep_alive = true;
  part_ = Part::kRequestLine;
  next_ = line_ = empty_lines_ = 0;
}

}  // namespace scwsim::http
