// The header fields of a request, as views of the buffer that it was read into:
// four small numbers a field, nothing copied. Names that the server itself acts
// on are known by number; all others are found by name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "card/base/bytes.h"
#include "http/policy.h"

namespace scwsim::http {

enum class FieldName : uint8_t {
  kHost,
  kConnection,
  kContentLength,
  kTransferEncoding,
  kExpect,
  kIfMatch,
  kIfNoneMatch,
  kContentType,
  kAuthorization,
  kOther,
};

/// The names, in the order of FieldName.
inline constexpr std::array<std::string_view, 9> kFieldNames = {
    "Host",     "Connection",    "Content-Length", "Transfer-Encoding", "Expect",
    "If-Match", "If-None-Match", "Content-Type",   "Authorization"};

/// The number of a name, whatever its case.
FieldName field_name_of(std::string_view name);

class Fields {
 public:
  /// Where one field line stands in the text: offsets and sizes in octets.
  struct Place {
    uint16_t name;
    uint16_t name_size;
    uint16_t value;
    uint16_t value_size;
    FieldName id;
  };

  /// No fields, of a message that stands in `text`. The text must outlive this.
  explicit Fields(Bytes text) : text_(text) {}

  /// Adds a field. False when there is no place for it.
  bool add(const Place& place) {
    if (count_ == places_.size()) return false;
    places_[count_++] = place;
    return true;
  }

  void clear() { count_ = 0; }

  [[nodiscard]] size_t count() const { return count_; }
  [[nodiscard]] std::string_view name(size_t index) const {
    return view(places_[index].name, places_[index].name_size);
  }
  [[nodiscard]] std::string_view value(size_t index) const {
    return view(places_[index].value, places_[index].value_size);
  }

  /// The index of the first field of that name at or after index `from`.
  [[nodiscard]] std::optional<size_t> index_of(FieldName id, size_t from = 0) const;

  /// The value of the first field of that name, trimmed; nothing when there is none.
  [[nodiscard]] std::optional<std::string_view> find(FieldName id) const;

  /// The same, by a name in any case.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view field_name) const;

 private:
  [[nodiscard]] std::string_view view(size_t offset, size_t size) const {
    return as_text(text_.subspan(offset, size));
  }

  Bytes text_;
  std::array<Place, kMaxFields> places_;  // only the first count_ hold anything
  size_t count_ = 0;
};

}  // namespace scwsim::http
