// Turns pages into the octets of responses (RFC 9112 §6.3, §7.1): the head, then
// the content by known length, chunked, or until the connection closes. Chunks
// have a size of their own, so the octets are the same however they are drawn.
#pragma once

#include <array>

#include "http/handler.h"

namespace scwsim::http {

class ResponseSender {
 public:
  /// Queues `100 Continue` (RFC 9110 §15.2.1). At most once before start().
  void send_continue();

  /// Queues the answer of `page` to `request`; the page must live until idle().
  /// `keep_alive` is whether the connection may persist; see closes(). False, and
  /// nothing queued, when the page gave no proper head.
  [[nodiscard]] bool start(Page& page, const Request& request, bool keep_alive);

  /// Whether transmit() has at least one octet to give.
  [[nodiscard]] bool has_output() const;

  /// Fills `out` as far as it goes with what is queued. Returns how many octets.
  size_t transmit(std::span<uint8_t> out);

  /// Gives up what has not gone out yet; the connection must close.
  void break_off();

  /// Whether the connection must close after the response: it was asked for, or
  /// the end of the content cannot be told otherwise, or the page broke off.
  [[nodiscard]] bool closes() const { return closes_; }

  /// The status that start() sent.
  [[nodiscard]] Status status() const { return status_; }

 private:
  enum class Content : uint8_t {
    kNone,        // nothing, or nothing any more
    kLength,      // as many octets as Content-Length said
    kChunked,     //
    kUntilClose,  // HTTP/1.0 and a length that nobody knows
  };

  static constexpr size_t kContinueRoom = 32;
  static constexpr size_t kHeadRoom = 640;
  static constexpr size_t kChunk = 512;

  size_t give_content(std::span<uint8_t> out);
  void stage_chunk();
  size_t read_fully(std::span<uint8_t> out);

  std::array<uint8_t, kContinueRoom + kHeadRoom> staged_;  // heads, or one chunk
  size_t begin_ = 0;                                       // what of it is still to go out
  size_t end_ = 0;
  Page* page_ = nullptr;
  Content content_ = Content::kNone;
  uint64_t left_ = 0;  // of Content::kLength
  Status status_ = Status::kOk;
  bool closes_ = false;
};

}  // namespace scwsim::http
