#include "http/wire/body_decoder.h"

#include <algorithm>

#include "http/wire/characters.h"
#include "http/wire/field_rules.h"

namespace scwsim::http {

// More digits than any chunk that fits the limits; leading zeros count.
constexpr size_t kMaxSizeDigits = 8;

void BodyDecoder::start(const Request& request) {
  const bool chunked = request.framing == BodyFraming::kChunked;
  state_ = chunked ? State::kSize : State::kLength;
  left_ = chunked ? 0 : request.content_length;
  most_ = largest_body(request, limits_);
  content_ = 0;
  line_ = digits_ = trailer_ = 0;
}

Decode BodyDecoder::next(ByteReader& in, Bytes& fragment) {
  fragment = {};
  while (in.left() > 0) {
    if (state_ == State::kLength) {
      fragment = take_content(in);
      return left_ == 0 ? Decode::kDone : Decode::kMore;
    }
    if (state_ == State::kData) {
      fragment = take_content(in);
      if (left_ == 0) state_ = State::kDataCr;
      return Decode::kMore;
    }
    const Decode progress = frame(in.u8());
    if (progress != Decode::kMore) return progress;
  }
  return Decode::kMore;
}

Bytes BodyDecoder::take_content(ByteReader& in) {
  const Bytes content = in.take(static_cast<size_t>(std::min<uint64_t>(left_, in.left())));
  left_ -= content.size();
  return content;
}

Decode BodyDecoder::frame(uint8_t octet) {
  switch (state_) {
    case State::kSize:
    case State::kExtension:
    case State::kName:
    case State::kNameRest:
    case State::kNameEnd:
    case State::kValue:
    case State::kValueRest:
    case State::kQuoted:
    case State::kQuotedPair:
    case State::kValueEnd: return size_octet(octet);
    case State::kSizeLf: return octet == '\n' ? end_of_size_line() : bad_line_end();
    case State::kDataCr: return expect(octet, '\r', State::kDataLf);
    case State::kDataLf: return expect(octet, '\n', State::kSize);
    case State::kTrailerLf: return expect(octet, '\n', State::kTrailerLine);
    case State::kLastLf: return octet == '\n' ? Decode::kDone : bad_line_end();
    case State::kTrailerLine:
    case State::kTrailerName:
    case State::kTrailerValue: return trailer_octet(octet);
    case State::kLength:
    case State::kData: break;  // content, not framing
  }
  return Decode::kMore;
}

// chunk-size [ chunk-ext ] CR.
Decode BodyDecoder::size_octet(uint8_t octet) {
  if (++line_ > limits_.chunk_line) {
    return refuse(Status::kBadRequest, "a chunk size line is too long");
  }
  if (state_ != State::kSize) return extension_octet(octet);
  if (is(octet, Octets::kHexDigit)) {
    if (++digits_ > kMaxSizeDigits) return refuse(Status::kBadRequest, "a chunk size is too long");
    left_ = left_ << 4 | hex_value(static_cast<char>(octet));
    return Decode::kMore;
  }
  if (digits_ == 0) return refuse(Status::kBadRequest, "a chunk has no size");
  state_ = State::kValueEnd;
  return extension_octet(octet);
}

// What may follow what on the line of a chunk's size, behind the size itself; the
// first row that fits: *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
// CR (RFC 9112 §7.1.1). What extensions say is dropped; that they are well formed is
// what everybody in front of us takes for granted, too.
struct BodyDecoder::Step {
  std::string_view octets;
  State from;
  State to;
  Octets set = {};  ///< any of these as well
};

Decode BodyDecoder::extension_octet(uint8_t octet) {
  static constexpr std::string_view kBlank = " \t";
  static constexpr Step kSteps[] = {
      {"\r", State::kValueEnd, State::kSizeLf},
      {";", State::kValueEnd, State::kName},
      {kBlank, State::kValueEnd, State::kExtension},
      {kBlank, State::kExtension, State::kExtension},
      {";", State::kExtension, State::kName},
      {kBlank, State::kName, State::kName},
      {{}, State::kName, State::kNameRest, Octets::kToken},
      {{}, State::kNameRest, State::kNameRest, Octets::kToken},
      {"\r", State::kNameRest, State::kSizeLf},
      {";", State::kNameRest, State::kName},
      {"=", State::kNameRest, State::kValue},
      {kBlank, State::kNameRest, State::kNameEnd},
      {kBlank, State::kNameEnd, State::kNameEnd},
      {";", State::kNameEnd, State::kName},
      {"=", State::kNameEnd, State::kValue},
      {kBlank, State::kValue, State::kValue},
      {"\"", State::kValue, State::kQuoted},
      {{}, State::kValue, State::kValueRest, Octets::kToken},
      {{}, State::kValueRest, State::kValueRest, Octets::kToken},
      {"\r", State::kValueRest, State::kSizeLf},
      {";", State::kValueRest, State::kName},
      {kBlank, State::kValueRest, State::kExtension},
      {"\"", State::kQuoted, State::kValueEnd},
      {"\\", State::kQuoted, State::kQuotedPair},
      {{}, State::kQuoted, State::kQuoted, Octets::kLine},
      {{}, State::kQuotedPair, State::kQuoted, Octets::kLine},
  };
  const char c = static_cast<char>(octet);
  for (const Step& step : kSteps) {
    if (step.from != state_) continue;
    if (!is(octet, step.set) && step.octets.find(c) == std::string_view::npos) continue;
    state_ = step.to;
    return Decode::kMore;
  }
  return refuse(Status::kBadRequest, "a chunk size or its extension is malformed");
}

Decode BodyDecoder::end_of_size_line() {
  line_ = digits_ = 0;
  if (left_ == 0) {
    state_ = State::kTrailerLine;
    return Decode::kMore;
  }
  content_ += left_;
  if (content_ > most_) {
    return refuse(Status::kContentTooLarge, "the body is larger than this server takes");
  }
  state_ = State::kData;
  return Decode::kMore;
}

// *( field-line CRLF ) CRLF: dropped, as RFC 9112 §7.1.2 allows, but not unread.
Decode BodyDecoder::trailer_octet(uint8_t octet) {
  if (++trailer_ > limits_.trailer) {
    return refuse(Status::kHeaderFieldsTooLarge, "the trailer is too long");
  }
  if (octet == '\r' && state_ != State::kTrailerName) {
    state_ = state_ == State::kTrailerLine ? State::kLastLf : State::kTrailerLf;
    return Decode::kMore;
  }
  if (state_ == State::kTrailerValue) {
    if (is(octet, Octets::kLine)) return Decode::kMore;
    return refuse(Status::kBadRequest, "a trailer holds a control character");
  }
  if (octet == ':' && state_ == State::kTrailerName) {
    state_ = State::kTrailerValue;
    return Decode::kMore;
  }
  if (!is(octet, Octets::kToken)) {
    return refuse(Status::kBadRequest, "a trailer name is not a token before a colon");
  }
  state_ = State::kTrailerName;
  return Decode::kMore;
}

Decode BodyDecoder::expect(uint8_t octet, uint8_t wanted, State then) {
  if (octet != wanted) return bad_line_end();
  state_ = then;
  return Decode::kMore;
}

Decode BodyDecoder::bad_line_end() {
  return refuse(Status::kBadRequest, "chunked framing lacks a CR LF");
}

Decode BodyDecoder::refuse(Status status, std::string_view reason) {
  refusal_ = {status, reason};
  return Decode::kError;
}

}  // namespace scwsim::http
