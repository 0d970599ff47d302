// A pcapng file under construction (draft-ietf-opsawg-pcapng): one section, one
// interface of raw IPv4 packets, one enhanced packet block a packet, each of
// them written with a single system call so that a reader can follow the file.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "card/base/bytes.h"

namespace scwsim::trace {

class PcapngWriter {
 public:
  using Time = std::chrono::system_clock::time_point;

  PcapngWriter() = default;
  PcapngWriter(const PcapngWriter&) = delete;
  PcapngWriter& operator=(const PcapngWriter&) = delete;
  ~PcapngWriter();

  /// Creates `path` with mode 0600, or empties a regular file that is there and
  /// takes the rights of others away before anything is written. Returns what is
  /// wrong, with path and reason; nothing when all is well.
  std::optional<std::string> open(const std::string& path);

  /// Appends a packet. `comment` goes with it when it is not empty. After a
  /// failed write nothing more is written and error() tells why.
  void write(Time time, Bytes packet, std::string_view comment = {});

  /// The first write that failed, with path and reason.
  [[nodiscard]] const std::optional<std::string>& error() const { return error_; }

 private:
  void put(Bytes block);

  int file_ = -1;
  std::string path_;
  std::optional<std::string> error_;
};

}  // namespace scwsim::trace
