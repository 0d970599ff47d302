// 401: what a client needs to prove who its user is (RFC 9110 §11.6.1), one field
// line for each way that the set offers, the strongest first.
#pragma once

#include "http/auth/nonces.h"
#include "http/auth/protection.h"
#include "http/handler.h"

namespace scwsim::http {

class ChallengePage final : public Page {
 public:
  /// Challenges for `set`, with a nonce for Digest. `stale`: the client's last
  /// nonce was refused, its password was right (RFC 7616 §3.3).
  ChallengePage(const SetRow& set, const Nonces::Text& nonce, bool stale)
      : set_(set), nonce_(nonce), stale_(stale) {}

  void respond(ResponseHead& head) override;
  size_t read(std::span<uint8_t> out) override;
  [[nodiscard]] bool done() const override;

 private:
  SetRow set_;
  Nonces::Text nonce_;
  bool stale_;
  size_t given_ = 0;
};

}  // namespace scwsim::http
