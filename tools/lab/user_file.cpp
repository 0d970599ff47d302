#include "tools/lab/user_file.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace scwsim::lab {

std::optional<std::vector<uint8_t>> read_octets(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    errno = EISDIR;
    return std::nullopt;
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::vector<uint8_t>(std::istreambuf_iterator<char>(file), {});
}

std::string unreadable(const std::string& path, std::string_view purpose) {
  const int reason = errno != 0 ? errno : EIO;
  return path + ": cannot read the " + std::string(purpose) + ": " +
         std::generic_category().message(reason);
}

}  // namespace scwsim::lab
