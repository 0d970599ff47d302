// The card's random stream as mbedTLS wants it.
#pragma once

#include "card/base/random.h"

namespace scwsim::http {

/// For every `f_rng` of mbedTLS, with a RandomStream as its context. Never fails.
inline int fill_random(void* stream, unsigned char* out, size_t size) {
  static_cast<RandomStream*>(stream)->fill({out, size});
  return 0;
}

}  // namespace scwsim::http
