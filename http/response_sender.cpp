#include "http/response_sender.h"

#include <algorithm>
#include <charconv>

namespace scwsim::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace

void ResponseSender::send_continue() {
  static_assert(kContinue.size() <= kContinueRoom);
  std::ranges::copy(as_bytes(kContinue), staged_.begin());
  begin_ = 0;
  end_ = kContinue.size();
}

bool ResponseSender::start(Page& page, const Request& request, bool keep_alive) {
  if (begin_ == end_) begin_ = end_ = 0;  // else `100 Continue` has not gone out yet
  ResponseHead head(std::span<uint8_t>(staged_).subspan(end_));
  page.respond(head);
  if (!head.has_cache_control()) head.field("Cache-Control", "no-store");

  Content content = Content::kNone;
  closes_ = !keep_alive;
  if (is_bodiless(head.status())) {
    // Neither length nor coding (RFC 9110 §8.6, RFC 9112 §6.1).
  } else if (head.length()) {
    content = Content::kLength;
    head.field("Content-Length", *head.length());
  } else if (request.is_http_1_1()) {
    content = Content::kChunked;
    head.field("Transfer-Encoding", "chunked");
  } else {
    content = Content::kUntilClose;
    closes_ = true;
  }
  if (closes_) {
    head.field("Connection", "close");
  } else if (!request.is_http_1_1()) {
    head.field("Connection", "keep-alive");
  }
  head.finish();
  if (!head.ok()) return false;

  end_ += head.size();
  page_ = &page;
  status_ = head.status();
  left_ = head.length().value_or(0);
  const bool headers_only =
      request.method == Method::kHead || (content == Content::kLength && left_ == 0);
  content_ = headers_only ? Content::kNone : content;
  return true;
}

bool ResponseSender::has_output() const {
  if (begin_ < end_) return true;
  if (content_ == Content::kUntilClose) return !page_->done();
  return content_ != Content::kNone;
}

size_t ResponseSender::transmit(std::span<uint8_t> out) {
  size_t given = 0;
  while (given < out.size() && has_output()) {
    const std::span<uint8_t> room = out.subspan(given);
    if (begin_ == end_) {
      given += give_content(room);
      continue;
    }
    const size_t n = std::min(room.size(), end_ - begin_);
    std::ranges::copy(Bytes(staged_).subspan(begin_, n), room.begin());
    begin_ += n;
    given += n;
  }
  return given;
}

// Octets of content straight into `out`; or none, and a chunk staged.
size_t ResponseSender::give_content(std::span<uint8_t> out) {
  if (content_ == Content::kChunked) {
    stage_chunk();
    return 0;
  }
  const bool counted = content_ == Content::kLength;
  const size_t wanted =
      counted ? static_cast<size_t>(std::min<uint64_t>(out.size(), left_)) : out.size();
  const size_t n = read_fully(out.first(wanted));
  left_ -= counted ? n : 0;
  const bool complete = counted ? left_ == 0 : page_->done();
  if (complete) {
    content_ = Content::kNone;
  } else if (n < wanted) {
    break_off();
  }
  return n;
}

// chunk-size CRLF chunk-data CRLF, and the last chunk with the content's end
// (RFC 9112 §7.1). The size is written right before the data.
void ResponseSender::stage_chunk() {
  constexpr size_t kSizeRoom = 8;
  static_assert(kSizeRoom + kChunk + kLineEnd.size() + kLastChunk.size() <=
                kContinueRoom + kHeadRoom);
  const size_t n = read_fully(std::span<uint8_t>(staged_).subspan(kSizeRoom, kChunk));
  const bool last = page_->done();
  if (n < kChunk && !last) {
    break_off();
    return;
  }
  std::array<char, kSizeRoom> digits{};
  const auto digits_end = std::to_chars(digits.begin(), digits.end(), n, 16).ptr;
  const std::string_view size(digits.begin(), digits_end);

  begin_ = end_ = kSizeRoom;
  if (n > 0) {
    begin_ = kSizeRoom - kLineEnd.size() - size.size();
    ByteWriter head(std::span<uint8_t>(staged_).subspan(begin_));
    head.bytes(as_bytes(size));
    head.bytes(as_bytes(kLineEnd));
    end_ = kSizeRoom + n;
  }
  ByteWriter tail(std::span<uint8_t>(staged_).subspan(end_));
  if (n > 0) tail.bytes(as_bytes(kLineEnd));
  if (last) {
    tail.bytes(as_bytes(kLastChunk));
    content_ = Content::kNone;
  }
  end_ += tail.size();
}

// A page may give its octets in parts; only nothing at all means that it is over.
size_t ResponseSender::read_fully(std::span<uint8_t> out) {
  size_t n = 0;
  while (n < out.size()) {
    const size_t got = page_->read(out.subspan(n));
    if (got == 0) break;
    n += got;
  }
  return n;
}

void ResponseSender::break_off() {
  begin_ = end_ = 0;
  content_ = Content::kNone;
  closes_ = true;
}

}  // namespace scwsim::http
