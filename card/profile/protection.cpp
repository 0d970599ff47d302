#include "card/profile/protection.h"

#include <algorithm>
#include <array>

namespace scwsim::profile {

namespace {

constexpr size_t kMd5Size = 16;
constexpr size_t kSha256Size = 32;

/// How a set may name ways of authentication, and what each stands for.
struct Way {
  std::string_view name;
  bool ProtectionSet::*offered;
};
constexpr std::array kWays = {Way{"basic", &ProtectionSet::basic},
                              Way{"digest-md5", &ProtectionSet::digest_md5},
                              Way{"digest-sha-256", &ProtectionSet::digest_sha256}};

void read_way(const JsonValue& json, ProtectionSet& set) {
  const std::string name = json.text();
  if (name == "digest") {
    set.digest_md5 = set.digest_sha256 = true;
    return;
  }
  const auto way = std::ranges::find(kWays, name, &Way::name);
  if (way == kWays.end()) {
    json.fail("expected basic, digest, digest-md5 or digest-sha-256, found " + json.shown());
  }
  set.*way->offered = true;
}

std::string read_password(const JsonValue& json, const FileSource& files) {
  std::string password = json.text();
  if (!password.starts_with('@')) return password;
  const auto octets = files(std::string_view(password).substr(1));
  if (!octets) json.fail("no file that can be read, beside the profile or below: " + json.shown());
  const std::string_view text = as_text(*octets);
  password = text.substr(0, text.find_first_of("\r\n"));
  return password;
}

}  // namespace

std::vector<ProtectionSet> read_protection_sets(const JsonValue& json) {
  std::vector<ProtectionSet> sets;
  for (const JsonValue& entry : json.elements()) {
    entry.require_object({"name", "auth", "https_only", "uris"});
    ProtectionSet& set = sets.emplace_back();
    set.name = entry.at("name").text();
    for (const JsonValue& way : entry.at("auth").elements()) read_way(way, set);
    if (entry.has("https_only")) set.https_only = entry.at("https_only").boolean();
    for (const JsonValue& uri : entry.at("uris").elements()) set.uris.push_back(uri.text());
  }
  return sets;
}

std::vector<User> read_users(const JsonValue& json, const FileSource& files) {
  std::vector<User> users;
  for (const JsonValue& entry : json.elements()) {
    entry.require_object({"name", "password", "ha1_md5", "ha1_sha256", "sets"});
    User& user = users.emplace_back();
    user.name = entry.at("name").text();
    const bool hashed = entry.has("ha1_md5") || entry.has("ha1_sha256");
    if (entry.has("password") == hashed) {
      entry.fail("a user needs \"password\", or \"ha1_md5\" and \"ha1_sha256\" in its place");
    }
    if (hashed) {
      user.ha1_md5 = entry.at("ha1_md5").octets(kMd5Size, kMd5Size);
      user.ha1_sha256 = entry.at("ha1_sha256").octets(kSha256Size, kSha256Size);
    } else {
      user.password = read_password(entry.at("password"), files);
    }
    for (const JsonValue& set : entry.at("sets").elements()) user.sets.push_back(set.text());
    if (hashed && user.sets.size() != 1) {
      entry.at("sets").fail("the hashes of a password are good for exactly one set");
    }
  }
  return users;
}

}  // namespace scwsim::profile
