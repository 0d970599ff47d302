// A personalised card before its first power-up: what all cards of one profile
// share.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "card/base/random.h"
#include "card/profile/profile.h"
#include "card/store/image.h"
#include "http/tls/tls_server.h"

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
  uint16_t https_port = 0;
  uint8_t https_connections = 0;
  http::TlsSettings tls;
  std::vector<uint8_t> certificate;  ///< the first of HTTPS, DER; empty without HTTPS
  /// Cipher suites that the profile names and the TLS library at hand lacks.
  std::vector<std::string> unknown_suites;
};

/// Lays `profile` out in memory; `seed` makes the keys that the profile does not
/// bring. Throws profile::ProfileError when it does not fit a card.
std::shared_ptr<const CardImage> personalise(const profile::Profile& profile, const Seed& seed);

}  // namespace scwsim
