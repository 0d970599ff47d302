// The page for a status that needs no other content: errors, each with a short
// text that names the reason (RFC 9110 §15.5), and the answer to OPTIONS (§9.3.7).
#pragma once

#include <array>
#include <optional>

#include "http/handler.h"

namespace scwsim::http {

class StatusPage final : public Page {
 public:
  /// `reason` is a sentence without full stop that lives as long as the program;
  /// it must not hold markup. `allowed` goes into an Allow field.
  StatusPage(Status status, std::string_view reason, std::optional<Methods> allowed = std::nullopt);

  void respond(ResponseHead& head) override;
  size_t read(std::span<uint8_t> out) override;
  [[nodiscard]] bool done() const override { return given_ == size_; }

 private:
  static constexpr size_t kMostContent = 256;

  Status status_;
  std::optional<Methods> allowed_;
  std::array<uint8_t, kMostContent> content_;
  size_t size_ = 0;
  size_t given_ = 0;
};

/// The answer to a request whose method is not in `allowed`: 204 to OPTIONS, 405
/// to others, both with Allow. Null when the method is in it.
Page* answer_unless_allowed(const Request& request, Methods allowed, PageSlot& slot);

}  // namespace scwsim::http
