// The head of a request: request line and fields (RFC 9112 §3, §5), read octet by
// octet in the buffer where the connection gathers what arrives. An octet is
// judged as soon as it is there and looked at once, so the answer is the same
// however the request is cut. Nothing is copied or allocated. Bodies are the
// business of BodyDecoder.
#pragma once

#include <optional>
#include <span>

#include "http/policy.h"
#include "http/wire/request.h"
#include "http/wire/status.h"

namespace scwsim::http {

class RequestParser {
 public:
  /// Reads requests at the start of `buffer`, which must have room for a head of
  /// the policy's size. Both must outlive the parser. `peer` is whose they are.
  RequestParser(std::span<uint8_t> buffer, const Policy& policy, Peer peer = {})
      : buffer_(buffer), policy_(policy), request_(buffer) {
    request_.peer = peer;
  }

  /// Looks at the octets up to `filled` that it has not seen yet. Paths are
  /// decoded in place; what follows the head stays untouched. After kDone or
  /// kError, reset() comes first.
  Decode parse(size_t filled);

  /// The request; whole after kDone. After kError its method is right if the
  /// request line was.
  [[nodiscard]] const Request& request() const { return request_; }

  /// Octets that the head takes in the buffer; after kDone.
  [[nodiscard]] size_t head_size() const { return next_; }

  /// Why the request is refused; after kError. Framing is lost.
  [[nodiscard]] Refusal refusal() const { return refusal_; }

  /// Whether anything but empty lines has been seen of a request.
  [[nodiscard]] bool begun() const { return part_ == Part::kFields || next_ > line_; }

  /// Makes ready for the next request, again at the start of the buffer.
  void reset();

 private:
  enum class Part : uint8_t { kRequestLine, kFields };

  Decode refuse(Status status, std::string_view reason);
  std::optional<Decode> over_limit();
  Decode line_is_complete(size_t end);
  Decode request_line(std::span<uint8_t> line);
  Decode field_line(size_t begin, size_t size);
  Decode end_of_head();

  std::span<uint8_t> buffer_;
  const Policy& policy_;
  Request request_;
  Refusal refusal_;
  Part part_ = Part::kRequestLine;
  size_t next_ = 0;         // the next octet to look at
  size_t line_ = 0;         // where the current line starts
  size_t empty_lines_ = 0;  // before the request line
};

}  // namespace scwsim::http
