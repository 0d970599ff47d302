#include "http/wire/response_head.h"

#include <array>
#include <charconv>

#include "http/wire/characters.h"

namespace scwsim::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

}  // namespace

void ResponseHead::start(Status status) {
  spoilt_ |= started_;
  started_ = true;
  status_ = status;
  text(line_of(status));
  text(kLineEnd);
}

void ResponseHead::field(std::string_view name, std::string_view value) {
  if (!all_are(name, Octets::kToken) || (!value.empty() && !all_are(value, Octets::kLine))) {
    spoilt_ = true;
  }
  has_cache_control_ |= equal_ignoring_case(name, "Cache-Control");
  text(name);
  text(": ");
  text(value);
  text(kLineEnd);
}

void ResponseHead::field(std::string_view name, uint64_t value) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  field(name, std::string_view(digits.begin(), end));
}

void ResponseHead::allow(Methods methods) {
  text("Allow: ");
  std::string_view separator;
  for (size_t i = 0; i < kMethodNames.size(); ++i) {
    if (!methods.has(static_cast<Method>(i))) continue;
    text(separator);
    text(kMethodNames[i]);
    separator = ", ";
  }
  text(kLineEnd);
}

std::span<uint8_t> ResponseHead::ready_lines(size_t size) {
  has_cache_control_ = true;
  return writer_.append(size);
}

void ResponseHead::finish() { text(kLineEnd); }

}  // namespace scwsim::http
