// What a decoder of outside bytes returns: a value, or the fault and where.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace scwsim {

/// What is wrong with a piece of input.
enum class FaultCode : uint8_t {
  kTruncated,  ///< it ends inside an object
  kTrailing,   ///< octets follow where nothing may
  kBadTag,     ///< a tag that must not stand here, or is no tag at all
  kBadLength,  ///< a length field that cannot be, or a value of the wrong size
  kBadValue,   ///< a value outside its range
  kMissing,    ///< a mandatory object is absent
};

/// The fault's name, for messages and logs.
constexpr std::string_view to_string(FaultCode code) {
  switch (code) {
    case FaultCode::kTruncated: return "truncated";
    case FaultCode::kTrailing: return "trailing octets";
    case FaultCode::kBadTag: return "bad tag";
    case FaultCode::kBadLength: return "bad length";
    case FaultCode::kBadValue: return "bad value";
    case FaultCode::kMissing: return "mandatory object missing";
  }
  return "unknown fault";
}

/// A fault and the offset of the octet at which it was seen.
struct Fault {
  FaultCode code;
  size_t offset = 0;
  bool operator==(const Fault&) const = default;
};

/// A value, or the fault that stood in its way.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Fault fault) : fault_(fault) {}         // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return value_.has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  /// The fault; meaningful only when there is no value.
  [[nodiscard]] Fault fault() const { return fault_; }

 private:
  std::optional<T> value_;
  Fault fault_{};
};

}  // namespace scwsim
