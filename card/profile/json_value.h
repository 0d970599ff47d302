// A JSON value that knows where it stands, for reading a profile with errors
// that name the place. Every getter throws ProfileError.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace scwsim::profile {

/// The JSON in `text`. Throws ProfileError, with line and column, when it is none.
nlohmann::json parse_json(std::string_view text);

class JsonValue {
 public:
  JsonValue(const nlohmann::json& json, std::string path) : json_(json), path_(std::move(path)) {}

  /// Refuses a value that is no object, or has a member not in `names`.
  void require_object(std::initializer_list<std::string_view> names) const;

  [[nodiscard]] bool has(std::string_view name) const;
  /// A mandatory member.
  [[nodiscard]] JsonValue at(std::string_view name) const;

  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool boolean() const;
  /// A whole number within the range, both ends included.
  [[nodiscard]] uint32_t number(uint32_t least, uint32_t most) const;
  /// A text of `least` to `most` decimal digits.
  [[nodiscard]] std::string digits(size_t least, size_t most) const;
  /// A text of hexadecimal digits that says `least` to `most` octets.
  [[nodiscard]] std::vector<uint8_t> octets(size_t least, size_t most) const;
  /// A text of four hexadecimal digits: a file identifier.
  [[nodiscard]] uint16_t fid() const;
  /// The elements of an array.
  [[nodiscard]] std::vector<JsonValue> elements() const;

  /// The value as JSON on one line, in ASCII: for messages about it.
  [[nodiscard]] std::string shown() const;

  [[noreturn]] void fail(const std::string& reason) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  const nlohmann::json& json_;
  std::string path_;
};

}  // namespace scwsim::profile
