#include "card/profile/json_value.h"

#include <algorithm>

#include "card/base/hex.h"
#include "card/profile/profile.h"

namespace scwsim::profile {

namespace {

std::string range_text(size_t least, size_t most, std::string_view unit) {
  std::string text = std::to_string(least);
  if (most != least) text += " to " + std::to_string(most);
  return text + " " + std::string(unit);
}

std::string one_line(const nlohmann::json& json) { return json.dump(-1, ' ', true); }

// A member's name in a path: one line whatever it holds, with the two characters
// that RFC 6901 escapes.
std::string path_element(const std::string& name) {
  std::string element;
  for (const char c : one_line(name)) {
    if (c == '~' || c == '/') {
      element += c == '~' ? "~0" : "~1";
    } else {
      element += c;
    }
  }
  return element.substr(1, element.size() - 2);  // without its quotation marks
}

// Where the octet at `offset` stands, for people.
std::string line_and_column(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = std::ranges::count(before, '\n') + 1;
  const size_t start = before.rfind('\n');
  const size_t column = before.size() - (start == std::string_view::npos ? 0 : start + 1);
  return "line " + std::to_string(line) + ", column " + std::to_string(std::max<size_t>(column, 1));
}

}  // namespace

nlohmann::json parse_json(std::string_view text) {
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw ProfileError(line_and_column(text, error.byte), "not valid JSON");
  } catch (const nlohmann::json::out_of_range&) {  // 1e999: JSON, but nothing can hold it
    throw ProfileError("/", "a number in it is too large");
  }
}

std::string JsonValue::shown() const {
  constexpr size_t kMost = 80;
  const std::string text = one_line(json_);
  return text.size() <= kMost ? text : text.substr(0, kMost) + "...";
}

void JsonValue::fail(const std::string& reason) const {
  throw ProfileError(path_.empty() ? "/" : path_, reason);
}

void JsonValue::require_object(std::initializer_list<std::string_view> names) const {
  if (!json_.is_object()) fail("expected an object, found " + std::string(json_.type_name()));
  for (const auto& [name, value] : json_.items()) {
    if (std::ranges::find(names, name) == names.end()) {
      std::string known;
      for (const std::string_view n : names) known += (known.empty() ? "" : ", ") + std::string(n);
      JsonValue(value, path_ + "/" + path_element(name))
          .fail("unknown field; known here: " + known);
    }
  }
}

bool JsonValue::has(std::string_view name) const { return json_.contains(name); }

JsonValue JsonValue::at(std::string_view name) const {
  const auto found = json_.find(name);
  if (found == json_.end()) fail("mandatory field \"" + std::string(name) + "\" is missing");
  return {*found, path_ + "/" + std::string(name)};
}

std::string JsonValue::text() const {
  if (!json_.is_string()) fail("expected a text, found " + std::string(json_.type_name()));
  return json_.get<std::string>();
}

bool JsonValue::boolean() const {
  if (!json_.is_boolean()) fail("expected true or false, found " + std::string(json_.type_name()));
  return json_.get<bool>();
}

uint32_t JsonValue::number(uint32_t least, uint32_t most) const {
  if (!json_.is_number_integer()) {
    fail("expected a whole number, found " + std::string(json_.type_name()));
  }
  const bool fits =
      json_.is_number_unsigned() && json_.get<uint64_t>() >= least && json_.get<uint64_t>() <= most;
  if (!fits) {
    fail("expected a number from " + std::to_string(least) + " to " + std::to_string(most) +
         ", found " + shown());
  }
  return json_.get<uint32_t>();
}

std::string JsonValue::digits(size_t least, size_t most) const {
  std::string value = text();
  const bool all_digits = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  if (!all_digits || value.size() < least || value.size() > most) {
    fail("expected " + range_text(least, most, "decimal digits") + ", found " + shown());
  }
  return value;
}

std::vector<uint8_t> JsonValue::octets(size_t least, size_t most) const {
  const std::string value = text();
  const auto bytes = from_hex(value);
  if (!bytes) fail("expected hexadecimal digits, two an octet, found " + shown());
  if (bytes->size() < least || bytes->size() > most) {
    fail("expected " + range_text(least, most, "octets") + " as hexadecimal digits, found " +
         std::to_string(bytes->size()));
  }
  return *bytes;
}

uint16_t JsonValue::fid() const { return ByteReader(octets(2, 2)).u16(); }

std::vector<JsonValue> JsonValue::elements() const {
  if (!json_.is_array()) fail("expected an array, found " + std::string(json_.type_name()));
  std::vector<JsonValue> values;
  values.reserve(json_.size());
  for (size_t i = 0; i < json_.size(); ++i) {
    values.emplace_back(json_[i], path_ + "/" + std::to_string(i));
  }
  return values;
}

}  // namespace scwsim::profile
