// The head of a response (RFC 9112 §4, §5), written into a buffer of fixed size.
// Framing and Connection are added by whoever sends it. No Date: a card has no
// clock (RFC 9110 §6.6.1).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "card/base/bytes.h"
#include "http/wire/method.h"
#include "http/wire/status.h"

namespace scwsim::http {

class ResponseHead {
 public:
  explicit ResponseHead(std::span<uint8_t> room) : writer_(room) {}

  /// The status line. First, and once.
  void start(Status status);

  /// One field. A value with control characters spoils the head: nothing that a
  /// page is told can make it send two responses.
  void field(std::string_view name, std::string_view value);

  /// A field with a decimal number.
  void field(std::string_view name, uint64_t value);

  /// The Allow field (RFC 9110 §10.2.1).
  void allow(Methods methods);

  /// Room for `size` octets of field lines that were made beforehand, Cache-Control
  /// among them; the caller fills it. Empty when they do not fit.
  std::span<uint8_t> ready_lines(size_t size);

  /// Makes the head unfit to be sent: the page cannot answer after all.
  void spoil() { spoilt_ = true; }

  /// The length of the content in octets. Not called: unknown until it ends.
  void length(uint64_t octets) { length_ = octets; }

  /// Ends the head.
  void finish();

  [[nodiscard]] Status status() const { return status_; }
  [[nodiscard]] std::optional<uint64_t> length() const { return length_; }
  [[nodiscard]] bool has_cache_control() const { return has_cache_control_; }
  /// Octets written.
  [[nodiscard]] size_t size() const { return writer_.size(); }
  /// Whether it was started, all fitted, and nothing was spoilt.
  [[nodiscard]] bool ok() const { return started_ && !spoilt_ && writer_.ok(); }

 private:
  void text(std::string_view text) { writer_.bytes(as_bytes(text)); }

  ByteWriter writer_;
  Status status_ = Status::kInternalServerError;
  std::optional<uint64_t> length_;
  bool started_ = false;
  bool spoilt_ = false;
  bool has_cache_control_ = false;
};

}  // namespace scwsim::http
