#include "http/wire/fields.h"

#include "http/wire/characters.h"

namespace scwsim::http {

FieldName field_name_of(std::string_view name) {
  for (size_t i = 0; i < kFieldNames.size(); ++i) {
    if (equal_ignoring_case(kFieldNames[i], name)) return static_cast<FieldName>(i);
  }
  return FieldName::kOther;
}

std::optional<size_t> Fields::index_of(FieldName id, size_t from) const {
  for (size_t i = from; i < count_; ++i) {
    if (places_[i].id == id) return i;
  }
  return std::nullopt;
}

std::optional<std::string_view> Fields::find(FieldName id) const {
  const auto index = index_of(id);
  if (!index) return std::nullopt;
  return value(*index);
}

std::optional<std::string_view> Fields::find(std::string_view field_name) const {
  for (size_t i = 0; i < count_; ++i) {
    if (equal_ignoring_case(name(i), field_name)) return value(i);
  }
  return std::nullopt;
}

}  // namespace scwsim::http
