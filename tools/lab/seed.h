// Where a card's randomness comes from.
#pragma once

#include <string_view>

#include "card/base/random.h"

namespace scwsim::lab {

/// The seed for a text: the same text, the same card.
Seed seed_from_text(std::string_view text);

/// A seed from the operating system. Throws std::runtime_error when it has none.
Seed seed_from_system();

}  // namespace scwsim::lab
