// What a card notes for those who run it, and what a real one would keep to
// itself: a connection refused, a session that broke off. Nothing that the card
// does depends on it.
#pragma once

#include <string_view>

namespace scwsim {

class Journal {
 public:
  virtual ~Journal() = default;
  /// One line, in ASCII, without line end. Called within an APDU exchange: must not
  /// call the card.
  virtual void note(std::string_view line) = 0;
};

}  // namespace scwsim
