// Who may see what of the web server (scws.md §4.7, §7.3): asks applications of
// the device for the credentials that a path's protection set wants, by Basic (RFC
// 7617) and Digest (RFC 7616, RFC 2069), and judges them.
//
// A user whom the set does not allow, one who does not exist, a wrong password and
// too many of them all get the same 401: nobody learns which it was. A set that is
// only for HTTPS is refused with 403 on a connection in clear; there is no redirect
// because the card does not know the port that clients see.
//
// No Authentication-Info is sent: nonces are good for many requests, and where the
// count runs out `stale` costs one round trip.
#pragma once

#include "http/auth/authorization.h"
#include "http/auth/nonces.h"
#include "http/auth/password_tries.h"
#include "http/auth/protection.h"
#include "http/handler.h"
#include "http/policy.h"

namespace scwsim::http {

class Guard {
 public:
  /// Protects by the sets and users in `store`, with nonces under a key out of
  /// `random`; both must outlive it. `password_tries`: see PasswordTries. It must
  /// be restarted before it is used.
  Guard(const store::Store& store, RandomStream& random, uint8_t password_tries)
      : protection_(store), random_(random), tries_(password_tries) {}

  /// Power-up: new key, all nonces forgotten, all tries given back.
  void restart();

  /// The protection set of a path; nothing for one that is open to everybody.
  [[nodiscard]] std::optional<SetRow> set_of(std::string_view path) const {
    return protection_.set_of(path);
  }

  /// The answer to a request for something in `set` that must not be granted: 401,
  /// 403, or 400 where Authorization is broken. Null when it may pass.
  Page* refuse(const Request& request, const SetRow& set, const Policy& policy, PageSlot& slot);

 private:
  enum class Verdict : uint8_t {
    kPass,
    kWrong,   // credentials that prove nothing
    kStale,   // right ones, with a nonce that cannot be used
    kBroken,  // none at all: see refusal_
  };

  /// Whose secret is to be proved.
  struct Account {
    std::optional<size_t> user;  // nothing: nobody can
    Hash secret;
  };

  Verdict judge(const Request& request, const SetRow& set, const Policy& policy);
  Verdict judge_basic(const BasicCredentials& credentials, const SetRow& set);
  Verdict judge_digest(const DigestCredentials& credentials, const Request& request,
                       const SetRow& set, const Policy& policy);
  Verdict use_nonce(const DigestCredentials& credentials, size_t user);
  [[nodiscard]] Account account(const SetRow& set, std::string_view user,
                                Algorithm algorithm) const;
  void count_wrong(const Account& account);

  Protection protection_;
  RandomStream& random_;
  Nonces nonces_;
  PasswordTries tries_;
  Refusal refusal_;  // of the last Authorization that was broken
};

}  // namespace scwsim::http
