#include "http/site/conditions.h"

#include <algorithm>
#include <optional>

#include "http/site/http_date.h"
#include "http/wire/characters.h"

namespace scwsim::http {
namespace {

constexpr std::string_view kIfModifiedSince = "If-Modified-Since";
constexpr std::string_view kIfUnmodifiedSince = "If-Unmodified-Since";

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

std::string_view opaque_part(std::string_view tag) {
  return tag.starts_with("W/") ? tag.substr(2) : tag;
}

bool matches(std::string_view tag, std::string_view current, Comparison comparison) {
  if (comparison == Comparison::kWeak) return opaque_part(tag) == opaque_part(current);
  return tag == current && !current.starts_with("W/");
}

bool list_matches(std::string_view list, std::string_view current, Comparison comparison) {
  if (list == "*") return true;
  for (auto tag = take_tag(list); !tag.empty(); tag = take_tag(list)) {
    if (matches(tag, current, comparison)) return true;
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

// The date in the first field of that name. Nothing, and the condition is void, when
// there is none or it is no date.
std::optional<uint64_t> date_of(const Fields& fields, std::string_view name) {
  const auto value = fields.find(name);
  return value ? parse_http_date(*value) : std::nullopt;
}

}  // namespace

EntityTag::EntityTag(uint32_t fingerprint) {
  put('"');
  put_digits(fingerprint);
  put('"');
}

EntityTag::EntityTag(uint32_t serial, uint32_t fingerprint) {
  put('"');
  put_digits(serial);
  put('-');
  put_digits(fingerprint);
  put('"');
}

void EntityTag::put_digits(uint32_t value) {
  for (unsigned shift = 32; shift > 0; shift -= 4) {
    put("0123456789abcdef"[value >> (shift - 4) & 0x0F]);
  }
}

bool is_entity_tag(std::string_view text) {
  const std::string_view tag = opaque_part(text);
  if (tag.size() < 2 || tag.front() != '"' || tag.back() != '"') return false;
  const std::string_view inside = tag.substr(1, tag.size() - 2);
  return std::ranges::all_of(
      inside, [](char c) { return is(c, Octets::kLine) && c != '"' && c != ' ' && c != '\t'; });
}

bool has_conditions(const Request& request, bool dated) {
  const Fields& fields = request.fields;
  return fields.index_of(FieldName::kIfMatch) || fields.index_of(FieldName::kIfNoneMatch) ||
         (dated && (fields.find(kIfModifiedSince) || fields.find(kIfUnmodifiedSince)));
}

Condition evaluate_conditions(const Request& request, const Validators* current) {
  const Fields& fields = request.fields;
  const bool reads = request.method == Method::kGet || request.method == Method::kHead;
  const auto tag_matches = [&](FieldName name, Comparison comparison) {
    return current != nullptr && field_matches(fields, name, current->entity_tag, comparison);
  };
  const uint64_t modified = current != nullptr ? current->last_modified : 0;
  // Without a date of the resource those with dates are void (§13.1.3, §13.1.4).
  const auto modified_after = [&](std::string_view name, bool otherwise) {
    const auto date = modified != 0 ? date_of(fields, name) : std::nullopt;
    return date ? modified > *date : otherwise;
  };

  if (fields.index_of(FieldName::kIfMatch)) {
    if (!tag_matches(FieldName::kIfMatch, Comparison::kStrong)) return Condition::kFailed;
  } else if (modified_after(kIfUnmodifiedSince, false)) {
    return Condition::kFailed;
  }
  if (fields.index_of(FieldName::kIfNoneMatch)) {
    if (!tag_matches(FieldName::kIfNoneMatch, Comparison::kWeak)) return Condition::kHolds;
    return reads ? Condition::kNotModified : Condition::kFailed;
  }
  if (reads && !modified_after(kIfModifiedSince, true)) return Condition::kNotModified;
  return Condition::kHolds;
}

}  // namespace scwsim::http
