// The body of a request: by Content-Length or chunked (RFC 9112 §6, §7.1), taken
// apart as it arrives. Content is handed on as views of the input; chunk
// extensions and trailers are checked, bounded and dropped.
#pragma once

#include <cstdint>

#include "card/base/bytes.h"
#include "http/policy.h"
#include "http/wire/request.h"
#include "http/wire/status.h"

namespace scwsim::http {

class BodyDecoder {
 public:
  explicit BodyDecoder(const Limits& limits) : limits_(limits) {}

  /// Makes ready for the body of `request`, which has one (Request::has_body()).
  void start(const Request& request);

  /// Reads on in `in` until a piece of content has been found (`fragment`, else
  /// empty), the body is complete, or `in` is used up. kMore says nothing about
  /// which: call again while `in` has octets left. After kDone `in` stands at what
  /// follows the body; after kError the framing is lost.
  Decode next(ByteReader& in, Bytes& fragment);

  /// Why the body is refused; after kError.
  [[nodiscard]] Refusal refusal() const { return refusal_; }

 private:
  enum class State : uint8_t {
    kLength,        // content by Content-Length
    kSize,          // chunk-size
    kExtension,     // after blanks behind the size or an extension: another one
    kName,          // before the name of an extension
    kNameRest,      // within it
    kNameEnd,       // after blanks behind it
    kValue,         // before its value
    kValueRest,     // within one that is a token
    kQuoted,        // within one that is a quoted string
    kQuotedPair,    // after a backslash there
    kValueEnd,      // after the size or a quoted string
    kSizeLf,        // after the CR that ends the chunk-size line
    kData,          // chunk-data
    kDataCr,        // after chunk-data
    kDataLf,        //
    kTrailerLine,   // at the start of a trailer line, or of the last, empty one
    kTrailerName,   //
    kTrailerValue,  //
    kTrailerLf,     // after the CR of a trailer line
    kLastLf,        // after the CR of the empty line that ends the body
  };

  struct Step;

  Bytes take_content(ByteReader& in);
  Decode frame(uint8_t octet);
  Decode size_octet(uint8_t octet);
  Decode extension_octet(uint8_t octet);
  Decode end_of_size_line();
  Decode trailer_octet(uint8_t octet);
  Decode expect(uint8_t octet, uint8_t wanted, State then);
  Decode bad_line_end();
  Decode refuse(Status status, std::string_view reason);

  const Limits& limits_;
  Refusal refusal_;
  State state_ = State::kLength;
  uint64_t left_ = 0;     // content octets until the length, or the chunk, is full
  uint64_t most_ = 0;     // content octets that there may be
  uint64_t content_ = 0;  // content octets of all chunks announced so far
  size_t line_ = 0;       // octets of the chunk-size line
  size_t digits_ = 0;     // of chunk-size
  size_t trailer_ = 0;    // octets of all trailer lines
};

}  // namespace scwsim::http
