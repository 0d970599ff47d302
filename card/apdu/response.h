// The response APDU under construction: data and a status word, in a buffer of
// the card that holds one response of any length (TS 102 221 §10.1.3).
#pragma once

#include <cstdint>

#include "card/apdu/status.h"
#include "card/base/bytes.h"

namespace scwsim::apdu {

class Response {
 public:
  /// `buffer` takes the data and, behind them, the two octets of the status
  /// word.
  explicit Response(std::span<uint8_t> buffer)
      : buffer_(buffer), data_(buffer.first(buffer.size() - 2)) {}

  /// Where a handler writes its data.
  ByteWriter& data() { return data_; }

  /// Ends the command with `status`. A status word that is no success drops the
  /// data.
  void end(uint16_t status) {
    status_ = status;
    if (!sw::is_success(status)) data_.drop(data_.size());
  }

  [[nodiscard]] uint16_t status() const { return status_; }
  [[nodiscard]] size_t size() const { return data_.size(); }
  [[nodiscard]] bool fits() const { return data_.ok(); }

  /// The first `n` octets of data with `status` behind them.
  Bytes finish(size_t n, uint16_t status) {
    buffer_[n] = static_cast<uint8_t>(status >> 8);
    buffer_[n + 1] = static_cast<uint8_t>(status);
    return buffer_.first(n + 2);
  }

 private:
  std::span<uint8_t> buffer_;
  ByteWriter data_;
  uint16_t status_ = sw::kOk;
};

}  // namespace scwsim::apdu
