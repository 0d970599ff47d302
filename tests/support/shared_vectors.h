// The project's test vectors (shared/vectors), in the folder that SCWSIM_SHARED
// names or beside the source tree. They are not part of it: where they are
// missing, a test that wants them says so and does nothing; with SCWSIM_CI=1 it
// fails.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace scwsim::tests {

/// Whether a test that must be left out counts as a failure.
inline bool in_ci() {
  const char* value = std::getenv("SCWSIM_CI");
  return value != nullptr && std::string(value) == "1";
}

/// Leaves a test out for want of `what`; in CI, fails it.
inline void leave_out(const std::string& what) {
  if (in_ci()) FAIL("missing: " << what);
  WARN("left out, missing: " << what);
}

/// The file `name` of the vectors, or nothing after leave_out().
inline std::optional<nlohmann::json> shared_vectors(const std::string& name) {
  const char* folder = std::getenv("SCWSIM_SHARED");
  const std::filesystem::path root =
      folder != nullptr ? std::filesystem::path(folder)
                        : std::filesystem::path(SCWSIM_SOURCE_DIR).parent_path() / "shared";
  const std::filesystem::path path = root / "vectors" / name;
  std::ifstream file(path);
  if (!file) {
    leave_out(path.string());
    return std::nullopt;
  }
  return nlohmann::json::parse(file);
}

}  // namespace scwsim::tests
