#include "tools/lab/profile_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "card/profile/default_assets.h"

namespace scwsim::lab {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBuiltIn = "built-in profile";

std::optional<std::vector<uint8_t>> read_file(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {});
}

std::optional<std::vector<uint8_t>> read_asset(std::string_view path) {
  const auto octets = profile::default_asset(path);
  if (!octets) return std::nullopt;
  return std::vector<uint8_t>(octets->begin(), octets->end());
}

}  // namespace

profile::Profile load_profile(const std::string& path) {
  const bool built_in = path.empty();
  const auto text = built_in ? read_asset("profile.json") : read_file(path);
  if (!text) {
    throw std::runtime_error(path + ": cannot read the profile: " +
                             std::generic_category().message(errno != 0 ? errno : EISDIR));
  }
  const profile::FileSource files = [&](std::string_view name) {
    return built_in ? read_asset(name) : read_file(fs::path(path).parent_path() / name);
  };
  try {
    return profile::load(as_text(*text), files);
  } catch (const profile::ProfileError& error) {
    throw std::runtime_error((built_in ? std::string(kBuiltIn) : path) + ": " + error.what());
  }
}

}  // namespace scwsim::lab
