#include "card/uicc/card_image.h"

#include <array>

#include "card/uicc/card_status.h"
#include "http/auth/layout.h"
#include "http/server.h"
#include "http/site/layout.h"
#include "http/tls/credentials.h"
#include "http/wire/request_target.h"

namespace scwsim {

namespace {

static_assert(profile::kMaxCertificates == http::kMaxCertificates);
static_assert(profile::kMaxSharedKeys == http::kMaxPsks);
static_assert(profile::kMaxSharedKey == http::kMaxPsk);
static_assert(profile::kMaxIdentity == http::kMaxPskIdentity);

// Keys are made in the card's life before its first boot.
constexpr uint32_t kPersonalisation = 0;

http::Credentials credentials_of(const profile::Profile& profile, const Seed& seed, Bytes iccid) {
  http::Credentials credentials;
  for (const profile::CertificateFiles& files : profile.https.certificates) {
    const std::string path =
        "/https/certificates/" + std::to_string(credentials.certificates.size());
    http::CertificateSpec& certificate = credentials.certificates.emplace_back();
    if (const auto fault = http::read_certificate(files.certificate, files.key, certificate)) {
      throw profile::ProfileError(path + (fault->in_key ? "/key" : "/certificate"), fault->reason);
    }
  }
  if (credentials.certificates.empty()) {
    RandomStream random(seed, iccid, kPersonalisation);
    credentials.certificates.push_back(http::make_certificate(profile.iccid, random));
    if (credentials.certificates.back().chain.empty()) {
      throw profile::ProfileError("/https", "no certificate can be made");
    }
  }
  for (const profile::SharedKey& key : profile.https.shared_keys) {
    credentials.psks.push_back({key.identity, key.key});
  }
  return credentials;
}

void prepare_https(const profile::Profile& profile, const Seed& seed, CardImage& card) {
  const profile::HttpsSettings& https = profile.https;
  if (https.connections == 0) return;
  card.https_port = https.port;
  card.https_connections = https.connections;
  card.tls.lowest = http::tls_version_from(https.lowest_version).value_or(card.tls.lowest);
  card.tls.highest = http::tls_version_from(https.highest_version).value_or(card.tls.highest);
  card.tls.session_memory = https.session_memory;
  card.tls.resumable_sessions = https.resumable_sessions;
  for (size_t i = 0; i < https.suites.size(); ++i) {
    const std::string& name = https.suites[i];
    if (!http::is_suite_name(name)) {
      throw profile::ProfileError("/https/suites/" + std::to_string(i),
                                  "no name of a cipher suite, as TLS_PSK_WITH_AES_128_CBC_SHA");
    }
    if (const auto number = http::suite_number(name)) {
      card.tls.suites.push_back(*number);
    } else {
      card.unknown_suites.push_back(name);
    }
  }
  if (!https.suites.empty() && card.tls.suites.empty()) {
    throw profile::ProfileError("/https/suites", "none of them is known to " + http::tls_library());
  }
  const http::Credentials credentials = credentials_of(profile, seed, card.iccid);
  card.certificate = credentials.certificates.front().chain.front();
  if (!http::lay_out(credentials, card.memory)) {
    throw profile::ProfileError("/https", "certificates and keys are too large");
  }
}

void lay_out_protection(const profile::Profile& profile, store::Image& memory) {
  std::vector<http::ProtectionSet> sets;
  for (const profile::ProtectionSet& s : profile.protection_sets) {
    const http::Schemes schemes{s.basic, s.digest_md5, s.digest_sha256};
    sets.push_back({s.name, schemes, s.https_only, s.uris});
  }
  std::vector<http::User> users;
  for (const profile::User& u : profile.users) {
    users.push_back({u.name, u.password, u.ha1_md5, u.ha1_sha256, u.sets});
  }
  if (const auto fault = http::lay_out_protection(sets, users, memory)) {
    throw profile::ProfileError("/http" + fault->place, std::string(fault->reason));
  }
}

}  // namespace

std::shared_ptr<const CardImage> personalise(const profile::Profile& profile, const Seed& seed) {
  auto card = std::make_shared<CardImage>();
  constexpr std::array<uint8_t, 4> kNoBootYet{};
  card->memory.append(store::Area::kCard, kNoBootYet);
  if (!fs::build_files(profile.mf, profile.pins, card->memory)) {
    throw profile::ProfileError("/mf", "more than " + std::to_string(fs::kMaxFiles) + " files");
  }
  std::vector<http::Resource> site;
  for (const profile::SiteResource& r : profile.site) {
    if (r.path == CardStatus::kPath || http::is_reserved(r.path)) {
      throw profile::ProfileError("/site/" + std::to_string(site.size()) + "/path",
                                  "the card has a page of its own there");
    }
    site.push_back({r.path, r.content_type, r.content_encoding, r.content_language, r.cache_control,
                    r.body, r.expires, r.last_modified, r.etag});
  }
  const std::string& default_page = profile.http.default_page;
  if (!default_page.empty() &&
      (!http::is_plain_path(default_page) || default_page.size() > http::kMaxPath)) {
    throw profile::ProfileError("/http/default_page", "no resource can have this path");
  }
  const http::SiteLimits limits{.capacity = profile.http.site_capacity,
                                .largest_body = profile.http.max_resource,
                                .default_page = default_page};
  if (const auto fault = http::lay_out(site, card->memory, limits)) {
    throw profile::ProfileError("/site/" + std::to_string(fault->resource),
                                std::string(fault->reason));
  }
  lay_out_protection(profile, card->memory);
  card->atr = profile.atr;
  card->iccid = profile::encode_iccid(profile.iccid);
  card->iccid_digits = profile.iccid;
  card->profile_name = profile.name;
  card->cat = profile.cat;
  card->bip = profile.bip;
  card->http = profile.http;
  prepare_https(profile, seed, *card);
  return card;
}

}  // namespace scwsim
