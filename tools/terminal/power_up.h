// What a phone does with a card after its reset: reads EF.ICCID and EF.PL, sends
// TERMINAL PROFILE, finds the USIM in EF.DIR, selects it, reads its files and
// says that the application is running (TS 102 221 §14, TS 31.102 §5.1.1). Files
// that are optional may be missing. Makes commands, reads responses; no I/O.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "card/base/bytes.h"

namespace scwsim::terminal {

/// What an FCP template says of an elementary file (TS 102 221 §11.1.1.4.3).
struct FileInfo {
  uint16_t size = 0;          ///< octets; 0 when the template does not tell
  uint8_t record_length = 0;  ///< 0 for files without records
  uint8_t record_count = 0;
};

/// Reads the answer to a SELECT. Nothing when it is no FCP template.
std::optional<FileInfo> parse_fcp(Bytes fcp);

/// The application identifier in a record of EF.DIR, if it is a USIM's
/// (TS 102 221 §13.1); empty otherwise.
Bytes usim_aid(Bytes record);

/// The digits of EF.ICCID (TS 102 221 §13.2).
std::string iccid_digits(Bytes content);

class PowerUp {
 public:
  /// `profile` is what TERMINAL PROFILE will say, 1 to 255 octets.
  explicit PowerUp(std::vector<uint8_t> profile);

  /// From the beginning, as after a reset.
  void begin();
  /// The card's files once more, as after a REFRESH; no TERMINAL PROFILE.
  void read_again();

  /// The next command APDU; empty when all is done. Valid until the next call.
  Bytes next_command();
  /// The complete answer to it.
  void on_response(Bytes data, uint16_t status);

  /// Whether next_command() has no more to give.
  [[nodiscard]] bool done() const { return step_ == kDone || failure_.has_value(); }
  /// Why the card is of no use, if it is not.
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }
  /// The card's number, once read.
  [[nodiscard]] const std::string& iccid() const { return iccid_; }
  /// Whether EF.DIR named a USIM.
  [[nodiscard]] bool has_usim() const { return !aid_.empty(); }

 private:
  enum class Action : uint8_t { kSelect, kRead, kReadRecords, kProfile, kSelectUsim, kStatus };
  struct Step {
    std::string_view name;
    Action action;
    uint16_t file;
    bool mandatory;
  };
  static constexpr size_t kDone = SIZE_MAX;
  static const Step kSteps[];
  static const size_t kStepCount;

  void start(bool with_profile);
  void advance();
  void select_file(ByteWriter& command, const Step& step) const;
  void read_file(ByteWriter& command, const Step& step) const;
  void on_selected(const Step& step, Bytes data);
  void on_read(const Step& step, Bytes data);
  [[nodiscard]] uint16_t end(const Step& step) const;

  std::vector<uint8_t> profile_;
  size_t step_ = kDone;
  bool with_profile_ = true;
  bool selected_ = false;  // the step's file is; now it is read
  FileInfo file_;
  uint16_t position_ = 0;  // octets or records read
  std::vector<uint8_t> aid_;
  std::string iccid_;
  std::optional<std::string> failure_;
  std::array<uint8_t, 5 + 255> command_{};
};

}  // namespace scwsim::terminal
