// The JSON profile of a card: what it holds when it leaves the factory. The
// schema that editors and other tools read is card/profile/profile.schema.json;
// this loader is the authority, and says what is wrong, where, in plain words.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "card/fs/file_builder.h"
#include "card/profile/http_policy.h"

namespace scwsim::profile {

/// A resource of the web server.
struct SiteResource {
  std::string path;  ///< absolute, starts with '/'
  std::string content_type;
  std::string content_encoding;  ///< may be empty, as the next two
  std::string content_language;
  std::string cache_control;
  std::string expires;
  std::string last_modified;
  std::string etag;  ///< made from the content when empty
  std::vector<uint8_t> body;
};

/// How the card treats its terminal.
struct CatSettings {
  uint8_t poll_interval_s = 10;  ///< POLL INTERVAL to ask for; 0: do not ask
};

/// Sizes in octets of BIP traffic (TS 102 223 §8.55, §8.54).
struct BipSettings {
  uint16_t buffer_size = 1400;
  uint8_t receive_size = 237;
  uint8_t send_size = 241;
};

/// The web server's ports and how many connections at a time it takes there.
struct HttpSettings {
  uint16_t port = 3516;
  uint8_t connections = 4;
  uint16_t idle_s = 10;  ///< seconds without an octet that a connection may stay; 0: for ever
  /// Octets for resources of the site; nothing: some more than the profile's own take.
  std::optional<uint32_t> site_capacity;
  uint32_t max_resource = uint32_t{1} << 20;  ///< octets of the largest resource
  std::string default_page;                   ///< path that `/` leads to; may be empty
  uint8_t password_tries = 16;  ///< wrong passwords in a row for a user; 0: any number
  HttpPolicy policy;
};

/// Pages of the web server that need a password (scws.md §7.3).
struct ProtectionSet {
  std::string name;
  bool basic = false;
  bool digest_md5 = false;
  bool digest_sha256 = false;
  bool https_only = false;
  std::vector<std::string> uris;
};

/// A user of the web server: with a password, or with both hashes of it.
struct User {
  std::string name;
  std::string password;
  std::vector<uint8_t> ha1_md5;
  std::vector<uint8_t> ha1_sha256;
  std::vector<std::string> sets;  ///< names of protection sets
};

/// What a card can hold of certificates and shared keys: how many, and octets.
inline constexpr size_t kMaxCertificates = 4;
inline constexpr size_t kMaxSharedKeys = 16;
inline constexpr size_t kMaxSharedKey = 32;
inline constexpr size_t kMaxIdentity = 128;

/// A certificate for HTTPS and its private key: the octets of the files named, PEM
/// or DER.
struct CertificateFiles {
  std::vector<uint8_t> certificate;  ///< and those that vouch for it, in order
  std::vector<uint8_t> key;
};

/// A key that the card shares with clients of its HTTPS server (RFC 4279).
struct SharedKey {
  std::string identity;
  std::vector<uint8_t> key;
};

/// The web server's HTTPS.
struct HttpsSettings {
  uint16_t port = 4116;
  uint8_t connections = 2;             ///< 0: no HTTPS
  std::string lowest_version = "1.0";  ///< of TLS
  std::string highest_version = "1.2";
  std::vector<std::string> suites;             ///< by preference, IANA names; none: the usual ones
  std::vector<CertificateFiles> certificates;  ///< none: one is made
  std::vector<SharedKey> shared_keys;
  uint32_t session_memory = 65536;  ///< most octets of TLS memory a connection may take
  uint8_t resumable_sessions = 8;   ///< remembered for clients that come again
};

struct Profile {
  std::string name;
  std::string iccid;  ///< 18 to 20 digits
  std::string imsi;   ///< 6 to 15 digits
  std::vector<uint8_t> atr;
  std::vector<fs::PinSpec> pins;
  fs::FileSpec mf;
  CatSettings cat;
  BipSettings bip;
  HttpSettings http;
  HttpsSettings https;
  std::vector<ProtectionSet> protection_sets;
  std::vector<User> users;
  std::vector<SiteResource> site;
};

/// Why a profile is refused. what() is "PATH: reason", with the JSON path of the
/// value at fault ("line L, column C: reason" when it is no JSON at all).
class ProfileError : public std::runtime_error {
 public:
  ProfileError(const std::string& path, const std::string& reason)
      : std::runtime_error(path + ": " + reason) {}
};

/// Gives the octets of a file that a profile names relative to itself, or
/// nothing when there is none.
using FileSource = std::function<std::optional<std::vector<uint8_t>>(std::string_view)>;

/// Reads a profile. Throws ProfileError.
Profile load(std::string_view json, const FileSource& files);

/// EF.ICCID (TS 102 221 §13.2): 10 octets, digits swapped in pairs, padded F.
std::vector<uint8_t> encode_iccid(std::string_view digits);

/// EF.IMSI (TS 31.102 §4.2.2): 9 octets, length first.
std::vector<uint8_t> encode_imsi(std::string_view digits);

}  // namespace scwsim::profile
