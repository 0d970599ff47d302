// How static resources lie in the store (Area::kSite): an index sorted by path,
// then each resource in one piece. Field lines are made once, here, as they will
// be sent; serving a resource copies octets and nothing else.
//
//   u32 number of resources
//   per resource, by rising path: an IndexRow of kIndexRowSize octets
//   per resource: path, validator lines, representation lines, body
//
// Validator lines (ETag, Cache-Control) go into 200 and 304, representation lines
// (Content-Type, -Encoding, -Language) into 200 only (RFC 9110 §15.4.5).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "card/base/bytes.h"
#include "card/store/image.h"

namespace scwsim::http {

/// A resource as the administrator gives it. Fields that are empty are not sent,
/// but for `cache_control`, whose default is `no-cache`: with the entity tag that
/// makes each use a cheap question (scws.md §4.5).
struct Resource {
  std::string path;  ///< decoded; "/" is the default page
  std::string content_type;
  std::string content_encoding;
  std::string content_language;
  std::string cache_control;
  std::span<const uint8_t> body;
};

/// What the index knows of a resource: where it stands in the area, and sizes in
/// octets.
struct IndexRow {
  uint32_t offset = 0;
  uint16_t path_size = 0;
  uint16_t validators_size = 0;
  uint16_t representation_size = 0;
  uint32_t body_size = 0;
  uint32_t entity_tag = 0;
};

inline constexpr size_t kIndexCountSize = 4;
inline constexpr size_t kIndexRowSize = 18;

/// The longest path of a resource, and most octets of all its field lines.
inline constexpr size_t kMaxPath = 255;
inline constexpr size_t kMaxFieldLines = 448;

/// The index row that stands in `bytes`, kIndexRowSize of them.
IndexRow read_index_row(Bytes bytes);

/// What is wrong with a site.
struct LayoutFault {
  size_t resource;          ///< which of the resources given, counted from 0
  std::string_view reason;  ///< lives as long as the program
};

/// Puts `resources`, in any order, into the site area of `image`, which must be
/// empty. Their bodies are copied. Gives the first fault, and leaves the image
/// alone, when a path is not absolute and plain, too long or taken, or a field
/// holds what no field can.
std::optional<LayoutFault> lay_out(std::span<const Resource> resources, store::Image& image);

}  // namespace scwsim::http
