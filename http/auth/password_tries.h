// Wrong passwords in a row, counted for each user. Whoever reaches the limit is
// refused until the next power-up, with the right password, too, and is told no
// more than that a password was wrong.
//
// The price: whoever may open a connection can shut a user out. On a card that is
// an application of the same device, and a power-up mends it; passwords that can
// be guessed for as long as the phone is on would be worse. It is the same bargain
// as with a PIN, but volatile: nothing wears out, nothing needs an unblocking key.
#pragma once

#include <array>
#include <cstdint>

#include "http/auth/layout.h"

namespace scwsim::http {

class PasswordTries {
 public:
  /// At most `limit` wrong ones in a row; 0: any number.
  explicit PasswordTries(uint8_t limit) : limit_(limit) {}

  /// Gives all users all their tries: at power-up.
  void restart() { wrong_ = {}; }

  /// Whether `user` is refused by now.
  [[nodiscard]] bool exhausted(size_t user) const { return limit_ > 0 && wrong_[user] >= limit_; }

  void count_wrong(size_t user) {
    if (wrong_[user] < UINT8_MAX) ++wrong_[user];
  }
  void count_right(size_t user) { wrong_[user] = 0; }

 private:
  uint8_t limit_;
  std::array<uint8_t, kMostUsers> wrong_{};
};

}  // namespace scwsim::http
