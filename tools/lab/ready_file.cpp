#include "tools/lab/ready_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

namespace scwsim::lab {

namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  throw std::runtime_error(
      path + ": cannot write the ready file: " + std::generic_category().message(error));
}

// What listens for that card, by its key.
nlohmann::json addresses_of(const ReadyCard& card) {
  nlohmann::json json = nlohmann::json::object();
  if (!card.http.empty()) json["http"] = card.http;
  if (!card.https.empty()) json["https"] = card.https;
  if (!card.link.empty()) json["link"] = card.link;
  return json;
}

}  // namespace

void write_ready_file(const std::string& path, const std::vector<ReadyCard>& cards) {
  nlohmann::json json = cards.empty() ? nlohmann::json::object() : addresses_of(cards.front());
  json["cards"] = nlohmann::json::array();
  for (const ReadyCard& card : cards) {
    nlohmann::json row = addresses_of(card);
    row["iccid"] = card.iccid;
    json["cards"].push_back(std::move(row));
  }
  const std::string text = json.dump(2) + "\n";

  std::string temporary = path + ".XXXXXX";
  const int file = mkstemp(temporary.data());  // creates it with mode 0600
  if (file < 0) fail(path, errno);
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = written ? 0 : errno;
  close(file);
  if (!written || rename(temporary.c_str(), path.c_str()) != 0) {
    const int reason = written ? errno : error;
    unlink(temporary.c_str());
    fail(path, reason);
  }
}

void remove_ready_file(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) {
    // It need not be there, but its folder must.
    const std::string folder = std::filesystem::path(path).parent_path().string();
    if (errno != ENOENT || access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) {
      fail(path, errno);
    }
    return;
  }
  if (!S_ISREG(status.st_mode)) {
    throw std::runtime_error(path + ": cannot write the ready file: not a regular file");
  }
  if (unlink(path.c_str()) != 0) fail(path, errno);
}

}  // namespace scwsim::lab
