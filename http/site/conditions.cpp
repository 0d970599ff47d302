#include "http/site/conditions.h"

#include <algorithm>

#include "http/wire/characters.h"

namespace scwsim::http {
namespace {

enum class Comparison : uint8_t { kStrong, kWeak };  // RFC 9110 §8.8.3.2

/// Takes the next entity tag off `list`, with its W/ if it has one. Empty at the
/// end, and from the first thing on that is no entity tag.
std::string_view take_tag(std::string_view& list) {
  while (!list.empty() && (list.front() == ',' || list.front() == ' ' || list.front() == '\t')) {
    list.remove_prefix(1);
  }
  const size_t open = list.starts_with("W/") ? 2 : 0;
  size_t close = std::string_view::npos;
  if (list.substr(open).starts_with('"')) close = list.find('"', open + 1);
  if (close == std::string_view::npos) return list = {};
  const std::string_view tag = list.substr(0, close + 1);
  list.remove_prefix(close + 1);
  return tag;
}

bool list_matches(std::string_view list, std::string_view current, Comparison comparison) {
  if (list == "*") return true;
  for (auto tag = take_tag(list); !tag.empty(); tag = take_tag(list)) {
    if (comparison == Comparison::kWeak && tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == current) return true;
  }
  return false;
}

/// Whether any field of that name matches; repeated fields are one list.
bool field_matches(const Fields& fields, FieldName name, std::string_view current,
                   Comparison comparison) {
  for (auto i = fields.index_of(name); i; i = fields.index_of(name, *i + 1)) {
    if (list_matches(fields.value(*i), current, comparison)) return true;
  }
  return false;
}

}  // namespace

EntityTag::EntityTag(uint32_t value) : text_{} {
  text_.front() = text_.back() = '"';
  for (size_t i = 0; i < 8; ++i) {
    text_[i + 1] = "0123456789abcdef"[value >> (28 - 4 * i) & 0x0F];
  }
}

Condition evaluate_conditions(const Request& request, const EntityTag& current) {
  const Fields& fields = request.fields;
  if (fields.index_of(FieldName::kIfMatch) &&
      !field_matches(fields, FieldName::kIfMatch, current.text(), Comparison::kStrong)) {
    return Condition::kFailed;
  }
  if (field_matches(fields, FieldName::kIfNoneMatch, current.text(), Comparison::kWeak)) {
    return Condition::kNotModified;
  }
  return Condition::kHolds;
}

}  // namespace scwsim::http
