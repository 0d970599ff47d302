#include "card/base/random.h"

#include <mbedtls/sha256.h>

#include <algorithm>

namespace scwsim {

namespace {

std::array<uint8_t, 32> sha256(Bytes message) {
  std::array<uint8_t, 32> digest{};
  // Fails only for a null buffer or a broken accelerator; there is neither here.
  (void)mbedtls_sha256_ret(message.data(), message.size(), digest.data(), 0);
  return digest;
}

}  // namespace

RandomStream::RandomStream(const Seed& seed, Bytes iccid, uint32_t boot) {
  std::array<uint8_t, kSeedSize + 32 + 4> message{};
  ByteWriter writer(message);
  writer.bytes(seed);
  writer.bytes(iccid.first(std::min<size_t>(iccid.size(), 32)));
  writer.u32(boot);
  key_ = sha256(writer.written());
}

void RandomStream::fill(std::span<uint8_t> out) {
  while (!out.empty()) {
    if (used_ == block_.size()) {
      std::array<uint8_t, 36> message{};
      ByteWriter writer(message);
      writer.bytes(key_);
      writer.u32(next_block_++);
      block_ = sha256(writer.written());
      used_ = 0;
    }
    const size_t n = std::min(out.size(), block_.size() - used_);
    std::ranges::copy(Bytes(block_).subspan(used_, n), out.begin());
    used_ += n;
    out = out.subspan(n);
  }
}

}  // namespace scwsim
