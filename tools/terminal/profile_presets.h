// TERMINAL PROFILEs to play a terminal with: named ones, and those written in
// hexadecimal digits (TS 102 223 §5.2).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "card/base/bytes.h"

namespace scwsim::terminal {

struct ProfilePreset {
  std::string_view name;
  std::string_view hex;
  std::string_view description;
};

/// All presets; the first is the default.
std::span<const ProfilePreset> profile_presets();

/// The octets of the preset of that name; none when there is no such preset.
std::optional<std::vector<uint8_t>> preset_terminal_profile(std::string_view name);

/// The octets that `text` says in hexadecimal digits, with blanks and line ends
/// as you like, 1 to 255 of them. A string in place of them says what is wrong.
std::variant<std::vector<uint8_t>, std::string> parse_terminal_profile(std::string_view text);

}  // namespace scwsim::terminal
