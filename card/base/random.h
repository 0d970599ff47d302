// The card's random numbers: a stream that is as good as the seed, and the same
// for the same seed, ICCID and boot.
#pragma once

#include <array>
#include <cstdint>

#include "card/base/bytes.h"

namespace scwsim {

/// Octets of a seed.
inline constexpr size_t kSeedSize = 32;
using Seed = std::array<uint8_t, kSeedSize>;

class RandomStream {
 public:
  /// The stream for a card in its `boot`-th life since personalisation.
  RandomStream(const Seed& seed, Bytes iccid, uint32_t boot);

  /// Fills `out` with the next octets of the stream.
  void fill(std::span<uint8_t> out);

 private:
  // Block n is SHA-256(key, n).
  std::array<uint8_t, 32> key_{};
  std::array<uint8_t, 32> block_{};
  uint32_t next_block_ = 0;
  size_t used_ = sizeof(block_);
};

}  // namespace scwsim
