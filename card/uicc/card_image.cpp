#include "card/uicc/card_image.h"

#include <array>

#include "card/uicc/card_status.h"
#include "http/site/layout.h"

namespace scwsim {

std::shared_ptr<const CardImage> personalise(const profile::Profile& profile) {
  auto card = std::make_shared<CardImage>();
  constexpr std::array<uint8_t, 4> kNoBootYet{};
  card->memory.append(store::Area::kCard, kNoBootYet);
  if (!fs::build_files(profile.mf, profile.pins, card->memory)) {
    throw profile::ProfileError("/mf", "more than " + std::to_string(fs::kMaxFiles) + " files");
  }
  std::vector<http::Resource> site;
  for (const profile::SiteResource& r : profile.site) {
    if (r.path == CardStatus::kPath) {
      throw profile::ProfileError("/site/" + std::to_string(site.size()) + "/path",
                                  "the card has a page of its own there");
    }
    site.push_back(
        {r.path, r.content_type, r.content_encoding, r.content_language, r.cache_control, r.body});
  }
  if (const auto fault = http::lay_out(site, card->memory)) {
    throw profile::ProfileError("/site/" + std::to_string(fault->resource),
                                std::string(fault->reason));
  }
  card->atr = profile.atr;
  card->iccid = profile::encode_iccid(profile.iccid);
  card->iccid_digits = profile.iccid;
  card->profile_name = profile.name;
  card->cat = profile.cat;
  card->bip = profile.bip;
  card->http = profile.http;
  return card;
}

}  // namespace scwsim
