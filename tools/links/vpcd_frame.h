// The framing of the raw card link, that of the virtual PC/SC reader vpcd: two
// octets of length, big endian, then so many octets. From the terminal, one octet
// is a control; everything else is a command APDU. From the card: an ATR that was
// asked for, or a response APDU.
#pragma once

#include <cstdint>
#include <vector>

#include "card/base/bytes.h"

namespace scwsim::links {

/// Controls, as a frame's only octet. Only kSendAtr is answered.
enum class Control : uint8_t { kPowerOff = 0x00, kPowerOn = 0x01, kReset = 0x02, kSendAtr = 0x04 };

inline constexpr size_t kFrameHeader = 2;
inline constexpr size_t kMostFramePayload = 0xFFFF;

/// Appends a frame around `payload`, of at most kMostFramePayload octets.
void append_frame(std::vector<uint8_t>& out, Bytes payload);

/// Appends a control.
void append_control(std::vector<uint8_t>& out, Control control);

/// Takes frames out of a stream, whatever its segmentation.
class FrameReader {
 public:
  /// Where received octets go: room for at least one, valid until the next call.
  [[nodiscard]] std::span<uint8_t> room();
  /// `n` octets were put there.
  void commit(size_t n) { filled_ += n; }

  /// Whether a whole frame is there; `payload` is valid until room() or the next
  /// call of next().
  bool next(Bytes& payload);

  /// Whether a frame has begun and is not whole yet.
  [[nodiscard]] bool in_frame() const { return filled_ > begin_; }

  /// Forgets everything: the stream begins anew.
  void clear() { begin_ = filled_ = 0; }

 private:
  std::vector<uint8_t> octets_ = std::vector<uint8_t>(kFrameHeader + kMostFramePayload);
  size_t begin_ = 0;   // of the frame that is looked at next
  size_t filled_ = 0;  // end of what was received
};

}  // namespace scwsim::links
