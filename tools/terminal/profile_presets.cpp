#include "tools/terminal/profile_presets.h"

#include <algorithm>
#include <array>

#include "card/base/hex.h"

namespace scwsim::terminal {

namespace {

constexpr size_t kMostOctets = 255;

// Octet 12: the BIP commands; 13: channels and bearers; 17: transport levels.
// No published profile announces UICC server mode (octet 17, mask 04).
constexpr std::array kPresets = {
    ProfilePreset{"server-mode", "B31FE8C2118C00878400001FE260000047C0",
                  "an NB-IoT modem that also knows UICC server mode"},
    ProfilePreset{"full", "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
                  "everything there is, more than this terminal has"},
    ProfilePreset{"no-server-mode", "B31FE8C2118C00878400001FE260000043C0",
                  "the same modem as published: BIP as a client only"},
    ProfilePreset{"no-bip", "B31FE8C2110000878400000000000000000000",
                  "a modem without the bearer independent protocol"},
    ProfilePreset{"one-channel", "B31FE8C2118C00878400001F2260000047C0",
                  "UICC server mode with a single channel"},
    ProfilePreset{"none", "01", "profile download and nothing else"},
};

}  // namespace

std::span<const ProfilePreset> profile_presets() { return kPresets; }

std::optional<std::vector<uint8_t>> preset_terminal_profile(std::string_view name) {
  const auto* preset = std::ranges::find(kPresets, name, &ProfilePreset::name);
  if (preset == kPresets.end()) return std::nullopt;
  return from_hex(preset->hex);
}

std::variant<std::vector<uint8_t>, std::string> parse_terminal_profile(std::string_view text) {
  std::optional<std::vector<uint8_t>> octets = from_hex(text);
  if (!octets) return "not a list of hexadecimal octets";
  if (octets->empty() || octets->size() > kMostOctets) {
    return "a terminal profile has 1 to 255 octets, this one has " + std::to_string(octets->size());
  }
  return std::move(*octets);
}

}  // namespace scwsim::terminal
