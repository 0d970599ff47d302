// The file that tells other programs where everything listens.
#pragma once

#include <string>
#include <vector>

namespace scwsim::lab {

struct ReadyCard {
  std::string iccid;
  std::string http;   ///< HOST:PORT of its web server; empty when it does not listen
  std::string https;  ///< the same, over TLS
  std::string link;   ///< HOST:PORT of its raw link; empty when there is none
};

/// Writes the file for these cards: JSON, mode 0600, complete from the first
/// moment it can be seen. Throws std::runtime_error with path and reason.
void write_ready_file(const std::string& path, const std::vector<ReadyCard>& cards);

/// Takes away a ready file, so that nobody finds what is not there: an earlier
/// run's, or one's own at the end. Throws std::runtime_error, with path and
/// reason, when `path` is something else than a file or cannot be a ready file's.
void remove_ready_file(const std::string& path);

}  // namespace scwsim::lab
