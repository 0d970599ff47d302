#include "card/profile/profile.h"

#include <algorithm>
#include <map>
#include <set>

#include "card/apdu/atr.h"
#include "card/base/hex.h"
#include "card/profile/json_value.h"
#include "card/profile/protection.h"

namespace scwsim::profile {

namespace {

constexpr uint32_t kFormat = 1;
constexpr size_t kMaxName = 32;
constexpr size_t kMaxEfSize = 0x7FFF;  // the reach of READ BINARY's offset
constexpr size_t kMaxResource = size_t{1} << 20;
constexpr uint32_t kMaxSite = uint32_t{1} << 26;
constexpr size_t kMaxChannels = 7;
constexpr uint32_t kLeastSessionMemory = 24576;  // a little more than the buffers of a session
constexpr uint32_t kMostSessionMemory = 1U << 20;
constexpr size_t kMaxDepth = 16;  // of directories below the MF

// T=0 only, F=512 D=32, clock stop without preference, classes A to C; historical
// bytes: every method of SELECT, no chaining, no extended lengths, no further
// logical channels, and the name of this card (TS 102 221 §6.3).
constexpr std::string_view kDefaultAtr = "3B9E96801FC78031E073FE21006673637773696DDB";

struct Context {
  const FileSource& files;
  std::string iccid;
  std::string imsi;
};

std::vector<uint8_t> swapped_digits(std::string_view digits, size_t octets) {
  std::vector<uint8_t> bytes(octets, 0xFF);
  for (size_t i = 0; i < digits.size() && i / 2 < octets; ++i) {
    const auto digit = static_cast<uint8_t>(digits[i] - '0');
    uint8_t& byte = bytes[i / 2];
    byte = i % 2 == 0 ? static_cast<uint8_t>((byte & 0xF0) | digit)
                      : static_cast<uint8_t>((byte & 0x0F) | digit << 4);
  }
  return bytes;
}

// "@iccid" and "@imsi" stand for the coded value; all else is hexadecimal.
std::vector<uint8_t> read_content(const JsonValue& value, const Context& context, size_t most) {
  const std::string text = value.text();
  if (text == "@iccid") return encode_iccid(context.iccid);
  if (text == "@imsi") return encode_imsi(context.imsi);
  return value.octets(0, most);
}

void read_transparent(const JsonValue& json, const Context& context, fs::FileSpec& file) {
  file.header.type = fs::FileType::kTransparent;
  if (json.has("content")) file.content = read_content(json.at("content"), context, kMaxEfSize);
  if (json.has("size")) {
    const size_t size = json.at("size").number(1, kMaxEfSize);
    if (size < file.content.size()) {
      json.at("size").fail("the content has " + std::to_string(file.content.size()) + " octets");
    }
    file.content.resize(size, 0xFF);
  }
  if (file.content.empty()) json.fail("a transparent file needs \"content\" or \"size\"");
}

void read_records(const JsonValue& json, const Context& context, fs::FileSpec& file) {
  const auto length = static_cast<uint8_t>(json.at("record_length").number(1, 255));
  std::vector<JsonValue> records;
  if (json.has("records")) records = json.at("records").elements();
  const size_t count =
      json.has("record_count") ? json.at("record_count").number(1, 254) : records.size();
  if (count == 0) json.fail("a file of records needs \"records\" or \"record_count\"");
  if (count > 254) json.at("records").fail("more than 254 records");
  if (records.size() > count) {
    json.at("record_count").fail("there are " + std::to_string(records.size()) + " records");
  }
  for (const JsonValue& record : records) {
    std::vector<uint8_t> octets = read_content(record, context, length);
    octets.resize(length, 0xFF);
    file.content.insert(file.content.end(), octets.begin(), octets.end());
  }
  file.content.resize(count * length, 0xFF);
  file.header.record_length = length;
  file.header.record_count = static_cast<uint8_t>(count);
}

fs::AccessReference read_access(const JsonValue& json) {
  json.require_object({"arr", "record"});
  return {json.at("arr").fid(), static_cast<uint8_t>(json.at("record").number(1, 254))};
}

// An identifier for a file below the MF: 3F00 and 7FFF mean other files in every
// SELECT (TS 102 221 §8.6), and 0000 stands for none.
uint16_t read_fid(const JsonValue& json) {
  const uint16_t fid = json.fid();
  if (fid == 0 || fid == fs::kFidMf || fid == fs::kFidCurrentAdf) {
    json.fail("this identifier is reserved");
  }
  return fid;
}

fs::FileSpec read_file(const JsonValue& json, const Context& context, size_t depth);

// `depth`: directories above these files, the MF not counted.
void read_children(const JsonValue& list, const Context& context, size_t depth,
                   fs::FileSpec& directory) {
  if (depth > kMaxDepth) {
    list.fail("directories stand in each other more than " + std::to_string(kMaxDepth) + " deep");
  }
  std::set<uint16_t> fids;
  std::set<uint8_t> sfis;
  std::set<std::array<uint8_t, fs::kMaxAid>> aids;
  for (const JsonValue& entry : list.elements()) {
    directory.children.push_back(read_file(entry, context, depth));
    const fs::FileHeader& header = directory.children.back().header;
    if (header.fid != 0 && !fids.insert(header.fid).second) {
      entry.at("fid").fail("another file of this directory has the same identifier");
    }
    if (header.is_adf() && !aids.insert(directory.children.back().header.aid).second) {
      entry.at("aid").fail("another ADF has the same name");
    }
    if (header.sfi != fs::kNoSfi && !sfis.insert(header.sfi).second) {
      entry.at("sfi").fail("another file of this directory has the same short identifier");
    }
  }
}

fs::FileSpec read_file(const JsonValue& json, const Context& context, size_t depth) {
  const JsonValue type = json.at("type");
  const std::string kind = type.text();
  if (kind == "df") {
    json.require_object({"name", "type", "fid", "access", "files"});
  } else if (kind == "adf") {
    json.require_object({"name", "type", "aid", "fid", "access", "files"});
    if (depth > 0) type.fail("an ADF stands directly below the MF");
  } else if (kind == "transparent") {
    json.require_object({"name", "type", "fid", "sfi", "access", "content", "size"});
  } else if (kind == "linear_fixed" || kind == "cyclic") {
    json.require_object(
        {"name", "type", "fid", "sfi", "access", "record_length", "record_count", "records"});
  } else {
    type.fail("expected df, adf, transparent, linear_fixed or cyclic, found " + type.shown());
  }
  fs::FileSpec file;
  (void)json.at("name").text();
  file.header.access = read_access(json.at("access"));
  if (json.has("fid")) file.header.fid = read_fid(json.at("fid"));
  if (kind == "df" || kind == "adf") {
    file.header.type = fs::FileType::kDirectory;
    if (kind == "adf") {
      const auto aid = json.at("aid").octets(5, fs::kMaxAid);
      file.header.aid_size = static_cast<uint8_t>(aid.size());
      std::ranges::copy(aid, file.header.aid.begin());
    } else {
      (void)json.at("fid");
    }
    read_children(json.at("files"), context, depth + 1, file);
    return file;
  }
  (void)json.at("fid");
  if (json.has("sfi")) file.header.sfi = static_cast<uint8_t>(json.at("sfi").number(1, 30));
  if (kind == "transparent") {
    read_transparent(json, context, file);
  } else {
    file.header.type = kind == "cyclic" ? fs::FileType::kCyclic : fs::FileType::kLinearFixed;
    read_records(json, context, file);
  }
  return file;
}

// Every reference to an access rule finds its record, here or further up.
void check_access(const JsonValue& json, const fs::FileSpec& file,
                  std::map<uint16_t, uint8_t> records_of) {
  for (const fs::FileSpec& child : file.children) {
    if (!child.header.is_directory()) records_of[child.header.fid] = child.header.record_count;
  }
  const auto check = [&records_of](const JsonValue& at, const fs::FileHeader& header) {
    const auto arr = records_of.find(header.access.arr_fid);
    if (arr == records_of.end()) at.at("access").at("arr").fail("no such EF.ARR");
    if (header.access.record > arr->second) {
      at.at("access").at("record").fail("EF.ARR has only " + std::to_string(arr->second) +
                                        " records");
    }
  };
  const auto entries = json.at("files").elements();
  for (size_t i = 0; i < entries.size(); ++i) {
    const fs::FileSpec& child = file.children[i];
    check(entries[i], child.header);
    if (child.header.is_directory()) check_access(entries[i], child, records_of);
  }
  // The MF refers to its own entries; all others to what stands beside or above.
  if (file.header.fid == fs::kFidMf) check(json, file.header);
}

std::vector<fs::PinSpec> read_pins(const JsonValue& json) {
  std::vector<fs::PinSpec> pins;
  for (const JsonValue& entry : json.elements()) {
    entry.require_object({"reference", "enabled"});
    const fs::PinSpec pin{entry.at("reference").octets(1, 1).front(),
                          entry.at("enabled").boolean()};
    const bool twice = std::ranges::any_of(
        pins, [&](const fs::PinSpec& p) { return p.reference == pin.reference; });
    if (twice) entry.at("reference").fail("this PIN stands above already");
    pins.push_back(pin);
  }
  if (pins.size() > 8) json.fail("at most 8 PINs");
  return pins;
}

std::vector<uint8_t> read_file_named(const JsonValue& json, const Context& context) {
  auto content = context.files(json.text());
  if (!content) {
    json.fail("no file that can be read, beside the profile or below: " + json.shown());
  }
  return *std::move(content);
}

SiteResource read_resource(const JsonValue& json, const Context& context) {
  json.require_object({"path", "type", "encoding", "language", "cache_control", "expires",
                       "last_modified", "etag", "file", "text"});
  SiteResource resource;
  resource.path = json.at("path").text();
  if (!resource.path.starts_with('/')) json.at("path").fail("a path starts with \"/\"");
  resource.content_type = json.at("type").text();
  if (json.has("encoding")) resource.content_encoding = json.at("encoding").text();
  if (json.has("language")) resource.content_language = json.at("language").text();
  if (json.has("cache_control")) resource.cache_control = json.at("cache_control").text();
  if (json.has("expires")) resource.expires = json.at("expires").text();
  if (json.has("last_modified")) resource.last_modified = json.at("last_modified").text();
  if (json.has("etag")) resource.etag = json.at("etag").text();
  for (const auto& [name, value] :
       {std::pair("type", resource.content_type), std::pair("encoding", resource.content_encoding),
        std::pair("language", resource.content_language),
        std::pair("cache_control", resource.cache_control), std::pair("expires", resource.expires),
        std::pair("last_modified", resource.last_modified), std::pair("etag", resource.etag)}) {
    const bool printable = std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
    if (!printable || value.size() > 255) json.at(name).fail("not fit for an HTTP header");
  }
  if (json.has("file") == json.has("text")) json.fail("exactly one of \"file\" and \"text\"");
  if (json.has("text")) {
    const std::string text = json.at("text").text();
    const Bytes octets = as_bytes(text);
    resource.body.assign(octets.begin(), octets.end());
  } else {
    resource.body = read_file_named(json.at("file"), context);
  }
  if (resource.body.size() > kMaxResource) json.fail("larger than one mebibyte");
  return resource;
}

std::vector<SiteResource> read_site(const JsonValue& json, const Context& context) {
  std::vector<SiteResource> site;
  std::set<std::string> paths;
  for (const JsonValue& entry : json.elements()) {
    site.push_back(read_resource(entry, context));
    if (!paths.insert(site.back().path).second) {
      entry.at("path").fail("another resource has the same path");
    }
  }
  return site;
}

void read_settings(const JsonValue& root, const FileSource& files, Profile& profile) {
  if (root.has("cat")) {
    const JsonValue cat = root.at("cat");
    cat.require_object({"poll_interval_s"});
    if (cat.has("poll_interval_s")) {
      profile.cat.poll_interval_s = static_cast<uint8_t>(cat.at("poll_interval_s").number(0, 255));
    }
  }
  if (root.has("bip")) {
    const JsonValue bip = root.at("bip");
    bip.require_object({"buffer_size", "receive_size", "send_size"});
    BipSettings& s = profile.bip;
    if (bip.has("buffer_size")) {
      s.buffer_size = static_cast<uint16_t>(bip.at("buffer_size").number(32, 0xFFFF));
    }
    if (bip.has("receive_size")) {
      s.receive_size = static_cast<uint8_t>(bip.at("receive_size").number(1, 237));
    }
    if (bip.has("send_size")) {
      s.send_size = static_cast<uint8_t>(bip.at("send_size").number(1, 241));
    }
  }
  if (root.has("http")) {
    const JsonValue http = root.at("http");
    http.require_object({"port", "connections", "idle_s", "site_capacity", "max_resource",
                         "default_page", "password_tries", "protection_sets", "users", "policy"});
    HttpSettings& s = profile.http;
    if (http.has("port")) s.port = static_cast<uint16_t>(http.at("port").number(1, 0xFFFF));
    if (http.has("idle_s")) s.idle_s = static_cast<uint16_t>(http.at("idle_s").number(0, 3600));
    if (http.has("password_tries")) {
      s.password_tries = static_cast<uint8_t>(http.at("password_tries").number(0, 255));
    }
    if (http.has("protection_sets")) {
      profile.protection_sets = read_protection_sets(http.at("protection_sets"));
    }
    if (http.has("users")) profile.users = read_users(http.at("users"), files);
    if (http.has("connections")) {
      s.connections = static_cast<uint8_t>(http.at("connections").number(1, kMaxChannels));
    }
    if (http.has("policy")) s.policy = read_http_policy(http.at("policy"));
    if (http.has("site_capacity")) s.site_capacity = http.at("site_capacity").number(0, kMaxSite);
    if (http.has("max_resource")) {
      s.max_resource = http.at("max_resource").number(0, kMaxResource);
    }
    if (http.has("default_page")) {
      s.default_page = http.at("default_page").text();
      if (!s.default_page.starts_with('/')) {
        http.at("default_page").fail("a path starts with \"/\"");
      }
    }
  }
}

std::vector<SharedKey> read_shared_keys(const JsonValue& json) {
  std::vector<SharedKey> keys;
  for (const JsonValue& entry : json.elements()) {
    entry.require_object({"identity", "key"});
    SharedKey key{entry.at("identity").text(), entry.at("key").octets(1, kMaxSharedKey)};
    if (key.identity.empty() || key.identity.size() > kMaxIdentity) {
      entry.at("identity").fail("expected 1 to " + std::to_string(kMaxIdentity) + " octets");
    }
    if (std::ranges::find(keys, key.identity, &SharedKey::identity) != keys.end()) {
      entry.at("identity").fail("this identity stands above already");
    }
    keys.push_back(std::move(key));
  }
  if (keys.size() > kMaxSharedKeys) {
    json.fail("at most " + std::to_string(kMaxSharedKeys) + " keys");
  }
  return keys;
}

void read_https(const JsonValue& json, const Context& context, HttpsSettings& s) {
  json.require_object({"port", "connections", "lowest_version", "highest_version", "suites",
                       "certificates", "shared_keys", "session_memory", "resumable_sessions"});
  const auto number = [&json](std::string_view name, uint32_t least, uint32_t most, auto& field) {
    using Field = std::remove_reference_t<decltype(field)>;
    if (json.has(name)) field = static_cast<Field>(json.at(name).number(least, most));
  };
  const auto version = [&json](std::string_view name, std::string& field) {
    if (!json.has(name)) return;
    field = json.at(name).text();
    if (field != "1.0" && field != "1.1" && field != "1.2") {
      json.at(name).fail("expected \"1.0\", \"1.1\" or \"1.2\", found " + json.at(name).shown());
    }
  };
  number("port", 1, 0xFFFF, s.port);
  number("connections", 0, kMaxChannels, s.connections);
  number("session_memory", kLeastSessionMemory, kMostSessionMemory, s.session_memory);
  number("resumable_sessions", 0, 0xFF, s.resumable_sessions);
  version("lowest_version", s.lowest_version);
  version("highest_version", s.highest_version);
  if (s.lowest_version > s.highest_version) json.fail("the lowest version is above the highest");
  if (json.has("suites")) {
    for (const JsonValue& suite : json.at("suites").elements()) s.suites.push_back(suite.text());
    if (s.suites.empty()) json.at("suites").fail("no suite at all");
  }
  if (json.has("certificates")) {
    for (const JsonValue& entry : json.at("certificates").elements()) {
      entry.require_object({"certificate", "key"});
      s.certificates.push_back({read_file_named(entry.at("certificate"), context),
                                read_file_named(entry.at("key"), context)});
    }
    if (s.certificates.size() > kMaxCertificates) {
      json.at("certificates").fail("at most " + std::to_string(kMaxCertificates) + " certificates");
    }
  }
  if (json.has("shared_keys")) s.shared_keys = read_shared_keys(json.at("shared_keys"));
}

std::vector<uint8_t> read_atr(const JsonValue& json) {
  std::vector<uint8_t> atr = json.octets(2, 33);
  if (const std::string_view fault = apdu::fault_of_atr(atr); !fault.empty()) {
    json.fail("no answer to reset: " + std::string(fault));
  }
  return atr;
}

std::string read_name(const JsonValue& json) {
  std::string name = json.text();
  const bool printable = std::ranges::all_of(name, [](char c) { return c >= ' ' && c <= '~'; });
  if (!printable || name.empty() || name.size() > kMaxName) {
    json.fail("expected 1 to " + std::to_string(kMaxName) + " printable ASCII characters");
  }
  return name;
}

Profile read_profile(const JsonValue& root, const FileSource& files) {
  root.require_object({"$schema", "format", "name", "iccid", "imsi", "atr", "pins", "cat", "bip",
                       "http", "https", "mf", "site"});
  (void)root.at("format").number(kFormat, kFormat);
  Profile profile;
  profile.name = read_name(root.at("name"));
  profile.iccid = root.at("iccid").digits(18, 20);
  profile.imsi = root.at("imsi").digits(6, 15);
  profile.atr = root.has("atr") ? read_atr(root.at("atr")) : *from_hex(kDefaultAtr);
  if (root.has("pins")) profile.pins = read_pins(root.at("pins"));
  read_settings(root, files, profile);

  const Context context{files, profile.iccid, profile.imsi};
  if (root.has("https")) read_https(root.at("https"), context, profile.https);
  if (profile.http.connections + profile.https.connections > static_cast<int>(kMaxChannels)) {
    root.fail("http and https have more than " + std::to_string(kMaxChannels) +
              " connections together; a terminal has no more channels");
  }
  if (profile.https.connections > 0 && profile.http.port == profile.https.port) {
    root.fail("http and https have the same port");
  }
  const JsonValue mf = root.at("mf");
  mf.require_object({"access", "files"});
  profile.mf.header.fid = fs::kFidMf;
  profile.mf.header.type = fs::FileType::kDirectory;
  profile.mf.header.access = read_access(mf.at("access"));
  read_children(mf.at("files"), context, 0, profile.mf);
  check_access(mf, profile.mf, {});
  if (root.has("site")) profile.site = read_site(root.at("site"), context);
  return profile;
}

}  // namespace

std::vector<uint8_t> encode_iccid(std::string_view digits) { return swapped_digits(digits, 10); }

std::vector<uint8_t> encode_imsi(std::string_view digits) {
  // The first digit shares its octet with type and parity (1 odd, 0 even).
  std::vector<uint8_t> imsi{static_cast<uint8_t>(digits.size() / 2 + 1)};
  const auto first = static_cast<uint8_t>(digits[0] - '0');
  imsi.push_back(static_cast<uint8_t>(first << 4 | (digits.size() % 2 == 1 ? 0x09 : 0x01)));
  const auto rest = swapped_digits(digits.substr(1), 7);
  imsi.insert(imsi.end(), rest.begin(), rest.end());
  return imsi;
}

Profile load(std::string_view json, const FileSource& files) {
  const nlohmann::json parsed = parse_json(json);
  return read_profile(JsonValue(parsed, ""), files);
}

}  // namespace scwsim::profile
