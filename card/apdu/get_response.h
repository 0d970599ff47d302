// The answer of a case 4 command that waits for GET RESPONSE (TS 102 221
// §7.3.1.1.4), and GET RESPONSE, which fetches it whole or in parts.
#pragma once

#include <array>

#include "card/apdu/command.h"
#include "card/apdu/response.h"

namespace scwsim::apdu {

class WaitingResponse {
 public:
  static constexpr uint8_t kIns = 0xC0;

  /// Keeps `data` for GET RESPONSE on `channel`. Gives the status word 61 XX.
  uint16_t keep(Bytes data, uint8_t channel) {
    size_ = std::min(data.size(), octets_.size());
    taken_ = 0;
    channel_ = channel;
    std::ranges::copy(data.first(size_), octets_.begin());
    return status();
  }

  /// Every command but GET RESPONSE drops what waits.
  void drop() { size_ = taken_ = 0; }

  /// GET RESPONSE: 6985 when nothing waits, 6CXX when more is asked for than
  /// waits. Ends with 61 XX when more is left, with 9000 otherwise.
  void get(const Command& command, Response& response) {
    const size_t left = size_ - taken_;
    if (command.p1 != 0 || command.p2 != 0) return response.end(sw::kWrongP1P2);
    if (left == 0 || command.channel() != channel_) {
      return response.end(sw::kConditionsNotSatisfied);
    }
    if (command.le > left) {
      return response.end(static_cast<uint16_t>(sw::kWrongLe | (left & 0xFF)));
    }
    response.data().bytes(Bytes(octets_).subspan(taken_, command.le));
    taken_ += command.le;
    response.end(taken_ == size_ ? sw::kOk : status());
  }

 private:
  [[nodiscard]] uint16_t status() const {
    return static_cast<uint16_t>(sw::kDataAvailable | ((size_ - taken_) & 0xFF));
  }

  std::array<uint8_t, kMaxShortLe> octets_{};
  size_t size_ = 0;
  size_t taken_ = 0;
  uint8_t channel_ = 0;
};

}  // namespace scwsim::apdu
