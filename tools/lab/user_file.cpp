#include "tools/lab/user_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace scwsim::lab {

namespace {

namespace fs = std::filesystem;

// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    const int reason = errno;
    if (number_ >= 0) ::close(number_);
    errno = reason;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

std::optional<std::vector<uint8_t>> read_all(int file, size_t most) {
  std::vector<uint8_t> octets;
  std::array<uint8_t, 65536> part;
  for (;;) {
    const ssize_t n = ::read(file, part.data(), part.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::nullopt;
    if (n == 0) return octets;
    octets.insert(octets.end(), part.begin(), part.begin() + n);
    if (octets.size() > most) {
      errno = EFBIG;
      return std::nullopt;
    }
  }
}

}  // namespace

std::optional<std::vector<uint8_t>> read_octets(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return std::nullopt;
  return read_all(file.number(), kMostOctets);
}

std::optional<std::vector<uint8_t>> read_octets_below(const std::string& folder,
                                                      std::string_view name) {
  std::error_code error;
  const fs::path root = fs::canonical(folder.empty() ? "." : folder, error);
  if (error || name.find('\0') != std::string_view::npos) return std::nullopt;
  const fs::path path = fs::canonical(root / name, error);
  if (error || !fs::is_regular_file(path, error)) return std::nullopt;
  const fs::path relative = path.lexically_relative(root);
  if (relative.empty() || *relative.begin() == "..") return std::nullopt;
  return read_octets(path.string());
}

std::string unreadable(const std::string& path, std::string_view purpose) {
  return path + ": cannot read the " + std::string(purpose) + ": " +
         std::generic_category().message(errno);
}

}  // namespace scwsim::lab
