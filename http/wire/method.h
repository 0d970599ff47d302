// Request methods (RFC 9110 §9) and sets of them.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace scwsim::http {

enum class Method : uint8_t {
  kGet,
  kHead,
  kPost,
  kPut,
  kDelete,
  kOptions,
  kTrace,
  kConnect,
  kOther,  ///< a well-formed token that names none of these
};

/// The names, in the order of Method.
inline constexpr std::array<std::string_view, 8> kMethodNames = {
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT"};

/// The method of that name; names are case-sensitive (RFC 9110 §9.1).
constexpr Method method_of(std::string_view name) {
  for (size_t i = 0; i < kMethodNames.size(); ++i) {
    if (kMethodNames[i] == name) return static_cast<Method>(i);
  }
  return Method::kOther;
}

/// A set of methods: what a resource allows.
class Methods {
 public:
  constexpr Methods(std::initializer_list<Method> methods) {
    for (const Method m : methods) bits_ = static_cast<uint16_t>(bits_ | bit(m));
  }
  [[nodiscard]] constexpr bool has(Method method) const { return (bits_ & bit(method)) != 0; }

 private:
  static constexpr uint16_t bit(Method m) {
    return static_cast<uint16_t>(1U << static_cast<unsigned>(m));
  }
  uint16_t bits_ = 0;
};

}  // namespace scwsim::http
