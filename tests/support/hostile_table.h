// The table of hostile requests (tests/hostile), and a judge for whatever speaks
// HTTP at the end of a stream of octets: a socket, or TLS over one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace scwsim::tests {

/// What may come of a row under one policy, and nothing else.
struct HostileOutcome {
  enum class After : uint8_t { kOpen, kClosed, kWaits };
  std::vector<int> statuses;  ///< of all responses, in order
  std::vector<bool> heads;    ///< which of them have no content because HEAD was asked
  After after = After::kClosed;
};

struct HostileRow {
  std::string name;  ///< "FILE: NAME"
  std::string rule;
  std::string octets;
  /// By the field of http.policy that differs from the default, as "NAME=VALUE"; ""
  /// stands for the default policy, which every row has.
  std::map<std::string, HostileOutcome> outcomes;
  bool clear_only = false;
};

/// All rows of all files. Throws std::runtime_error, with file and line, for a row
/// that cannot be read.
const std::vector<HostileRow>& hostile_rows();

/// The policies that any row names, "" first.
std::vector<std::string> hostile_policies();

/// A card profile whose site is that of the table, and whose policy that one.
std::string hostile_profile(const std::string& policy);

/// What stands at /large there, for those who break off in the middle.
std::string hostile_large_page();

/// A request that is answered with 200 wherever a connection is still open, and ends
/// it.
extern const std::string kHostileProbe;

/// What is wrong with `output`, all that the server said to a row, the probe behind
/// it included where the row leaves the connection open; "" when nothing is.
std::string complaint_about(const HostileOutcome& outcome, std::string_view output);

/// One end of a connection with the server.
class OctetStream {
 public:
  virtual ~OctetStream() = default;
  /// False when the server does not take any more; that is no fault by itself.
  virtual bool send(std::string_view octets) = 0;
  /// Says that nothing more is sent.
  virtual void finish_sending() = 0;
  /// All that the server says until it ends the connection.
  virtual std::string read_all() = 0;
};

/// Opens a connection with the server.
using Dial = std::function<std::unique_ptr<OctetStream>()>;

/// Connections to a port of 127.0.0.1, in clear.
Dial dial_port(uint16_t port);

/// Sends a row in pieces of `piece` octets and judges what comes back: complaint_about.
std::string try_hostile_row(const HostileRow& row, const HostileOutcome& outcome, const Dial& dial,
                            size_t piece);

}  // namespace scwsim::tests
