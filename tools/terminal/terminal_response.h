// TERMINAL RESPONSE under construction, as a whole command APDU (TS 102 221
// §11.2.4, TS 102 223 §6.8): command details, device identities, result, then
// the rest in the order in which it is added. Every object carries the
// comprehension flag, command details that of the command.
#pragma once

#include <optional>

#include "tools/terminal/proactive_command.h"

namespace scwsim::terminal {

class TerminalResponse {
 public:
  /// Starts the response to `details` in `apdu` (kMaxCommandApdu octets).
  /// Objects with the tag `omitted` will be left out, result included: a way to
  /// be a bad terminal.
  TerminalResponse(std::span<uint8_t> apdu, const CommandDetails& details,
                   std::optional<uint8_t> omitted = std::nullopt);

  /// The general result, with additional information where the result needs it
  /// (TS 102 223 §8.12). Once, before any other object.
  void result(uint8_t general, std::optional<uint8_t> additional = std::nullopt);

  /// An object: `tag` without flag.
  void object(uint8_t tag, Bytes value);
  /// An object of one octet.
  void object(uint8_t tag, uint8_t value);
  /// An object of one number of two octets.
  void object_u16(uint8_t tag, uint16_t value);

  /// Whether result() was called.
  [[nodiscard]] bool has_result() const { return has_result_; }

  /// The APDU. Valid as long as the buffer.
  Bytes finish();

 private:
  ByteWriter writer_;
  std::optional<uint8_t> omitted_;
  bool has_result_ = false;
};

}  // namespace scwsim::terminal
