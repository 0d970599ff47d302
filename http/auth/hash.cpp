#include "http/auth/hash.h"

#include <mbedtls/md5.h>
#include <mbedtls/sha256.h>

#include <cassert>

namespace scwsim::http {
namespace {

// The library's functions fail only for a null context or a broken accelerator;
// there is neither here.

class Md5 {
 public:
  Md5() {
    mbedtls_md5_init(&context_);
    (void)mbedtls_md5_starts_ret(&context_);
  }
  Md5(const Md5&) = delete;
  Md5& operator=(const Md5&) = delete;
  ~Md5() { mbedtls_md5_free(&context_); }
  void add(Bytes part) { (void)mbedtls_md5_update_ret(&context_, part.data(), part.size()); }
  void finish(std::span<uint8_t> out) { (void)mbedtls_md5_finish_ret(&context_, out.data()); }

 private:
  mbedtls_md5_context context_{};
};

class Sha256 {
 public:
  Sha256() {
    mbedtls_sha256_init(&context_);
    (void)mbedtls_sha256_starts_ret(&context_, 0);
  }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256() { mbedtls_sha256_free(&context_); }
  void add(Bytes part) { (void)mbedtls_sha256_update_ret(&context_, part.data(), part.size()); }
  void finish(std::span<uint8_t> out) { (void)mbedtls_sha256_finish_ret(&context_, out.data()); }

 private:
  mbedtls_sha256_context context_{};
};

template <typename Function>
void run(std::initializer_list<Bytes> parts, Bytes separator, std::span<uint8_t> out) {
  Function function;
  bool first = true;
  for (const Bytes part : parts) {
    if (!first) function.add(separator);
    first = false;
    function.add(part);
  }
  function.finish(out);
}

}  // namespace

HexText::HexText(Bytes octets) {
  assert(octets.size() <= kMostHash);
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const uint8_t octet : octets) {
    digits_[size_++] = kDigits[octet >> 4];
    digits_[size_++] = kDigits[octet & 0x0F];
  }
}

Hash hash_of(Algorithm algorithm, std::initializer_list<Bytes> parts, Bytes separator) {
  Hash hash(algorithm);
  if (algorithm == Algorithm::kMd5) {
    run<Md5>(parts, separator, hash.room());
  } else {
    run<Sha256>(parts, separator, hash.room());
  }
  return hash;
}

Hash hmac_sha256(Bytes key, Bytes message) {
  constexpr size_t kBlock = 64;
  assert(key.size() <= kBlock);
  std::array<uint8_t, kBlock> inner{};
  std::array<uint8_t, kBlock> outer{};
  for (size_t i = 0; i < kBlock; ++i) {
    const uint8_t octet = i < key.size() ? key[i] : uint8_t{0};
    inner[i] = octet ^ 0x36;
    outer[i] = octet ^ 0x5C;
  }
  const Hash hash = hash_of(Algorithm::kSha256, {inner, message});
  return hash_of(Algorithm::kSha256, {outer, hash.bytes()});
}

bool equal_in_constant_time(Bytes a, Bytes b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace scwsim::http
