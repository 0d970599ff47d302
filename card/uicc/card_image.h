// A personalised card before its first power-up: what all cards of one profile
// share.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "card/profile/profile.h"
#include "card/store/image.h"

namespace scwsim {

struct CardImage {
  store::Image memory;
  std::vector<uint8_t> atr;
  std::vector<uint8_t> iccid;  ///< as in EF.ICCID
  std::string iccid_digits;
  std::string profile_name;
  profile::CatSettings cat;
  profile::BipSettings bip;
  profile::HttpSettings http;
};

/// Lays `profile` out in memory. Throws profile::ProfileError when it does not
/// fit a card.
std::shared_ptr<const CardImage> personalise(const profile::Profile& profile);

}  // namespace scwsim
