// Conditional requests on a resource that has a strong entity tag and no date
// (RFC 9110 §13): If-Match and If-None-Match, with `*`, lists and repetition.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "http/wire/request.h"

namespace scwsim::http {

/// A strong entity tag: eight hexadecimal digits in quotes (RFC 9110 §8.8.3).
class EntityTag {
 public:
  static constexpr size_t kSize = 10;
  explicit EntityTag(uint32_t value);
  [[nodiscard]] std::string_view text() const { return {text_.data(), text_.size()}; }

 private:
  std::array<char, kSize> text_;
};

enum class Condition : uint8_t {
  kHolds,        ///< go on with the method
  kNotModified,  ///< 304
  kFailed,       ///< 412
};

/// What the conditions of a GET or HEAD come to, in the order of RFC 9110 §13.2.2.
Condition evaluate_conditions(const Request& request, const EntityTag& current);

}  // namespace scwsim::http
