// Hands what a card notes (card/base/journal.h) to a function.
#pragma once

#include <functional>
#include <string>

#include "card/base/journal.h"

namespace scwsim::lab {

class CardNotes final : public Journal {
 public:
  using Hear = std::function<void(std::string_view line)>;

  /// `hear` may be empty: then nobody does.
  explicit CardNotes(Hear hear) : hear_(std::move(hear)) {}

  void note(std::string_view line) override {
    if (hear_) hear_(line);
  }

 private:
  Hear hear_;
};

}  // namespace scwsim::lab
