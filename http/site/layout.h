// How static resources lie in the store (Area::kSite), which is as large as the
// site may ever become. In pages of store::kPageSize octets:
//
//   page 0     u32 pages for resources, u32 largest body, u32 number of resources,
//              u32 changes so far
//   page 1     the default page: u8 size, path
//   then       the index: for each resource, by rising path, the u32 number of the
//              page where it begins; room for as many as there are pages
//   then       the pages for resources, numbered from 0
//
// A resource is a chain of such pages: u32 number of the next one, then 252 octets
// of it. They hold, one after the other: ResourceHead, path, validator lines,
// representation lines, body. Field lines are made once, as they will be sent;
// serving a resource copies octets and nothing else. A page that no chain of the
// index reaches is free, so a change that is not complete leaves nothing behind.
//
// Validator lines (ETag, Cache-Control, Expires) go into 200 and 304,
// representation lines (Last-Modified, Content-Type, -Encoding, -Language) into
// 200 only (RFC 9110 §15.4.5).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "card/base/bytes.h"
#include "card/store/image.h"
#include "card/store/store.h"

namespace scwsim::http {

/// A resource as the administrator gives it. Fields that are empty are not sent,
/// but for the entity tag, which is made then, and for `cache_control`, whose
/// default without `expires` is `no-cache`.
struct Resource {
  std::string path;  ///< decoded; "/" is the default page
  std::string content_type;
  std::string content_encoding;
  std::string content_language;
  std::string cache_control;
  std::span<const uint8_t> body;
  std::string expires = {};
  std::string last_modified = {};
  std::string entity_tag = {};
};

/// What a site may hold.
struct SiteLimits {
  /// Octets for resources: whole pages, kPagePayload octets of content in each.
  /// Nothing: what the resources given take, and kSpareCapacity beyond.
  std::optional<uint32_t> capacity;
  uint32_t largest_body = uint32_t{1} << 20;
  /// What `/` shows if nothing is stored there: at most kMaxPath octets; may be empty.
  std::string default_page;
};

inline constexpr size_t kSpareCapacity = size_t{256} * 1024;

/// The longest path of a resource, and most octets of all its field lines.
inline constexpr size_t kMaxPath = 255;
inline constexpr size_t kMaxFieldLines = 448;

/// What stands before a resource.
struct ResourceHead {
  static constexpr size_t kSize = 20;
  /// Where the entity tag stands in the validator lines: after "ETag: ".
  static constexpr size_t kTagAt = 6;

  uint8_t path_size = 0;       ///< the first octet
  bool configuration = false;  ///< see is_configuration()
  uint16_t validators_size = 0;
  uint16_t representation_size = 0;
  uint16_t tag_size = 0;
  uint32_t body_size = 0;
  uint64_t last_modified = 0;  ///< as parse_http_date() has it; 0: none

  /// Octets before the body.
  [[nodiscard]] size_t body_at() const {
    return kSize + path_size + validators_size + representation_size;
  }
  [[nodiscard]] std::array<uint8_t, kSize> write() const;
  /// Reads what write() wrote. Nothing when there are not kSize octets.
  static std::optional<ResourceHead> read(Bytes bytes);
};

/// Octets of a page's link to the next, and of content in each page.
inline constexpr size_t kLinkSize = 4;
inline constexpr size_t kPagePayload = store::kPageSize - kLinkSize;

/// Pages that so many octets of a resource take.
constexpr size_t pages_for(size_t octets) { return (octets + kPagePayload - 1) / kPagePayload; }

/// Where things stand in the area, in octets.
inline constexpr size_t kCountAt = 8;
inline constexpr size_t kDefaultPageAt = store::kPageSize;
inline constexpr size_t kIndexAt = 2 * store::kPageSize;
constexpr size_t pages_at(size_t pages) {
  return kIndexAt + (4 * pages + store::kPageSize - 1) / store::kPageSize * store::kPageSize;
}

/// What is wrong with a site.
struct LayoutFault {
  size_t resource;          ///< which of the resources given, counted from 0
  std::string_view reason;  ///< lives as long as the program
};

/// Puts `resources`, in any order, into the site area of `image`, which must be
/// empty. Their bodies are copied. Gives the first fault, and leaves the image
/// alone, when a path is not absolute and plain, too long or taken, a field holds
/// what no field can, or the limits do not allow it.
std::optional<LayoutFault> lay_out(std::span<const Resource> resources, store::Image& image,
                                   const SiteLimits& limits = {});

}  // namespace scwsim::http
