// TERMINAL PROFILEs to play a terminal with: named ones, and files of
// hexadecimal digits (TS 102 223 §5.2).
#pragma once

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

/// The octets of the preset of that name, or else those that the file of that
/// name holds: hexadecimal digits, with blanks and line ends as you like, at most
/// 255 octets. A string in place of the octets says what is wrong.
std::variant<std::vector<uint8_t>, std::string> load_terminal_profile(const std::string& name);

}  // namespace scwsim::terminal
