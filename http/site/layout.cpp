#include "http/site/layout.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <vector>

#include "http/site/conditions.h"
#include "http/wire/characters.h"
#include "http/wire/request_target.h"

namespace scwsim::http {
namespace {

constexpr std::string_view kDefaultCacheControl = "no-cache";

/// A resource whose lines have been made.
struct Prepared {
  const Resource* resource;
  uint32_t entity_tag;
  std::string validators;
  std::string representation;
};

/// 32-bit FNV-1a: tells contents apart; nobody has to be kept from forging it.
class Fingerprint {
 public:
  void add(Bytes bytes) {
    for (const uint8_t octet : bytes) value_ = (value_ ^ octet) * 0x01000193U;
  }
  [[nodiscard]] uint32_t value() const { return value_; }

 private:
  uint32_t value_ = 0x811C9DC5U;
};

void add_line(std::string& lines, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  lines.append(name).append(": ").append(value).append("\r\n");
}

Prepared prepare(const Resource& resource) {
  Prepared prepared{.resource = &resource, .entity_tag = 0, .validators = {}, .representation = {}};
  add_line(prepared.representation, "Content-Type", resource.content_type);
  add_line(prepared.representation, "Content-Encoding", resource.content_encoding);
  add_line(prepared.representation, "Content-Language", resource.content_language);
  Fingerprint fingerprint;
  fingerprint.add(as_bytes(prepared.representation));
  fingerprint.add(resource.body);
  prepared.entity_tag = fingerprint.value();
  add_line(prepared.validators, "ETag", EntityTag(prepared.entity_tag).text());
  add_line(prepared.validators, "Cache-Control",
           resource.cache_control.empty() ? kDefaultCacheControl : resource.cache_control);
  return prepared;
}

std::optional<std::string_view> fault_of(const Resource& resource) {
  if (!is_plain_path(resource.path)) return "the path is not absolute and free of dot segments";
  if (resource.path.size() > kMaxPath) return "the path is too long";
  for (const std::string_view value : {resource.content_type, resource.content_encoding,
                                       resource.content_language, resource.cache_control}) {
    if (!value.empty() && !all_are(value, Octets::kLine)) {
      return "a header value holds a control character";
    }
  }
  if (resource.body.size() > std::numeric_limits<uint32_t>::max()) return "the body is too large";
  const Prepared prepared = prepare(resource);
  if (prepared.validators.size() + prepared.representation.size() > kMaxFieldLines) {
    return "the header values are too long together";
  }
  return std::nullopt;
}

std::array<uint8_t, kIndexRowSize> write_index_row(const IndexRow& row) {
  std::array<uint8_t, kIndexRowSize> bytes{};
  ByteWriter out(bytes);
  out.u32(row.offset);
  out.u16(row.path_size);
  out.u16(row.validators_size);
  out.u16(row.representation_size);
  out.u32(row.body_size);
  out.u32(row.entity_tag);
  return bytes;
}

}  // namespace

IndexRow read_index_row(Bytes bytes) {
  ByteReader in(bytes);
  IndexRow row;
  row.offset = in.u32();
  row.path_size = in.u16();
  row.validators_size = in.u16();
  row.representation_size = in.u16();
  row.body_size = in.u32();
  row.entity_tag = in.u32();
  return row;
}

std::optional<LayoutFault> lay_out(std::span<const Resource> resources, store::Image& image) {
  constexpr auto kSite = store::Area::kSite;
  std::vector<Prepared> sorted;
  std::set<std::string_view> paths;
  for (size_t i = 0; i < resources.size(); ++i) {
    if (const auto reason = fault_of(resources[i])) return LayoutFault{i, *reason};
    if (!paths.insert(resources[i].path).second) {
      return LayoutFault{i, "the path is taken by an earlier resource"};
    }
    sorted.push_back(prepare(resources[i]));
  }
  std::ranges::sort(sorted, {},
                    [](const Prepared& p) -> const std::string& { return p.resource->path; });

  std::array<uint8_t, kIndexCountSize> count{};
  ByteWriter(count).u32(static_cast<uint32_t>(sorted.size()));
  image.append(kSite, count);
  const std::vector<uint8_t> index(sorted.size() * kIndexRowSize);
  uint32_t row_at = image.append(kSite, index);
  for (const Prepared& prepared : sorted) {
    const Resource& resource = *prepared.resource;
    const uint32_t offset = image.append(kSite, as_bytes(resource.path));
    image.append(kSite, as_bytes(prepared.validators));
    image.append(kSite, as_bytes(prepared.representation));
    image.append(kSite, resource.body);
    image.patch(kSite, row_at,
                write_index_row(
                    {.offset = offset,
                     .path_size = static_cast<uint16_t>(resource.path.size()),
                     .validators_size = static_cast<uint16_t>(prepared.validators.size()),
                     .representation_size = static_cast<uint16_t>(prepared.representation.size()),
                     .body_size = static_cast<uint32_t>(resource.body.size()),
                     .entity_tag = prepared.entity_tag}));
    row_at += static_cast<uint32_t>(kIndexRowSize);
  }
  return std::nullopt;
}

}  // namespace scwsim::http
