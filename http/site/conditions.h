// Entity tags and conditional requests (RFC 9110 §8.8, §13): If-Match and
// If-None-Match with `*`, lists and repetition; dates where the resource has one.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "http/wire/request.h"

namespace scwsim::http {

/// A strong entity tag of the card's own making: hexadecimal digits in quotes
/// (RFC 9110 §8.8.3).
class EntityTag {
 public:
  static constexpr size_t kMostSize = 19;

  /// For content that a card leaves the factory with: eight digits.
  explicit EntityTag(uint32_t fingerprint);
  /// For content given later: the number of that change, never used twice, and a
  /// fingerprint, which tells apart cards that one browser sees at one address.
  EntityTag(uint32_t serial, uint32_t fingerprint);

  [[nodiscard]] std::string_view text() const { return {text_.data(), size_}; }

 private:
  void put(char c) { text_[size_++] = c; }
  void put_digits(uint32_t value);

  std::array<char, kMostSize> text_{};
  size_t size_ = 0;
};

/// Whether `text` is an entity tag, strong or weak, and nothing else.
bool is_entity_tag(std::string_view text);

/// Whether `request` has conditions that mean something for a resource, which may
/// have a date of its last change or not.
bool has_conditions(const Request& request, bool dated);

/// What conditions are compared with.
struct Validators {
  std::string_view entity_tag;
  uint64_t last_modified = 0;  ///< as parse_http_date() has it; 0: none
};

enum class Condition : uint8_t {
  kHolds,        ///< go on with the method
  kNotModified,  ///< 304; only for GET and HEAD
  kFailed,       ///< 412
};

/// What the conditions of `request` come to, in the order of RFC 9110 §13.2.2, for
/// a resource with those validators; null where there is none (yet).
Condition evaluate_conditions(const Request& request, const Validators* current);

}  // namespace scwsim::http
