// A whole card for tests, spoken to in hexadecimal digits.
#pragma once

#include <string>

#include "card/base/hex.h"
#include "card/uicc/parts.h"
#include "card/uicc/uicc.h"
#include "tools/lab/profile_file.h"

namespace scwsim::tests {

/// The image of the default profile, read from the source tree once.
inline std::shared_ptr<const CardImage> default_card_image() {
  static const auto image = personalise(
      lab::load_profile(SCWSIM_SOURCE_DIR "/card/profile/default/profile.json"), Seed{});
  return image;
}

class CardUnderTest {
 public:
  explicit CardUnderTest(store::Sink* sink = nullptr) : card(default_card_image(), Seed{}, sink) {
    card.power_on();
  }

  /// One command APDU, its response APDU; blanks are ignored.
  std::string apdu(std::string_view digits) { return to_hex(card.transmit(*from_hex(digits))); }

  /// The status word only.
  std::string status(std::string_view digits) {
    const std::string response = apdu(digits);
    return response.size() < 4 ? response : response.substr(response.size() - 4);
  }

  Uicc card;
};

/// The AID of the default profile's USIM.
inline constexpr std::string_view kUsimAid = "A0000000871002FF49FFFF8907090000";

/// SELECT of that USIM, without response data.
inline std::string select_usim() { return "00A4040C10" + std::string(kUsimAid); }

}  // namespace scwsim::tests
