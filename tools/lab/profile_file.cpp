#include "tools/lab/profile_file.h"

#include <filesystem>

#include "card/profile/default_assets.h"
#include "tools/lab/user_file.h"

namespace scwsim::lab {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBuiltIn = "built-in profile";

std::optional<std::vector<uint8_t>> read_asset(std::string_view path) {
  const auto octets = profile::default_asset(path);
  if (!octets) return std::nullopt;
  return std::vector<uint8_t>(octets->begin(), octets->end());
}

}  // namespace

profile::Profile load_profile(const std::string& path) {
  const bool built_in = path.empty();
  const auto text = built_in ? read_asset("profile.json") : read_octets(path);
  if (!text) throw std::runtime_error(unreadable(path, "profile"));
  const profile::FileSource files = [&](std::string_view name) {
    return built_in ? read_asset(name) : read_octets_below(fs::path(path).parent_path(), name);
  };
  try {
    return profile::load(as_text(*text), files);
  } catch (const profile::ProfileError& error) {
    throw std::runtime_error((built_in ? std::string(kBuiltIn) : path) + ": " + error.what());
  }
}

}  // namespace scwsim::lab
