// The trace of a card: every APDU exchange that a tap hears, as a packet of a
// pcapng file. Writes only; it holds what went over the card's interface, and so
// possibly secrets, which is why the file belongs to its owner alone.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tools/links/tap_link.h"
#include "tools/trace/pcapng_writer.h"

namespace scwsim::trace {

class ApduTrace final : public links::ApduObserver {
 public:
  /// Starts the file. Returns what is wrong, with path and reason.
  std::optional<std::string> open(const std::string& path) { return file_.open(path); }

  /// One packet. Where its T=0 form differs from the APDUs as they were, those
  /// stand in the packet's comment.
  void on_exchange(Time time, Bytes command, Bytes response) override;
  void on_atr(Time time, Bytes atr) override;

  /// Hears of the first write that fails, with path and reason; the trace ends
  /// there.
  void set_on_error(std::function<void(const std::string&)> on_error) {
    on_error_ = std::move(on_error);
  }

 private:
  void write(Time time, std::string_view comment);

  PcapngWriter file_;
  std::function<void(const std::string&)> on_error_;
  std::vector<uint8_t> exchange_;
  std::vector<uint8_t> packet_;
};

}  // namespace scwsim::trace
