#include "tools/lab/seed.h"

#include <mbedtls/sha256.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace scwsim::lab {

Seed seed_from_text(std::string_view text) {
  Seed seed{};
  const Bytes octets = as_bytes(text);
  (void)mbedtls_sha256_ret(octets.data(), octets.size(), seed.data(), 0);
  return seed;
}

Seed seed_from_system() {
  Seed seed{};
  if (getentropy(seed.data(), seed.size()) != 0) {
    throw std::runtime_error("no randomness from the operating system: " +
                             std::generic_category().message(errno));
  }
  return seed;
}

}  // namespace scwsim::lab
