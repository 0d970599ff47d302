#include "http/site/layout.h"

#include <algorithm>
#include <set>
#include <vector>

#include "http/site/conditions.h"
#include "http/site/fingerprint.h"
#include "http/site/stored_fields.h"
#include "http/wire/characters.h"
#include "http/wire/request_target.h"

namespace scwsim::http {
namespace {

StoredFields fields_of(const Resource& resource) {
  return {.content_type = resource.content_type,
          .content_encoding = resource.content_encoding,
          .content_language = resource.content_language,
          .cache_control = resource.cache_control,
          .expires = resource.expires,
          .last_modified = resource.last_modified,
          .entity_tag = resource.entity_tag};
}

std::optional<std::string_view> fault_of(const Resource& resource, const SiteLimits& limits) {
  if (!is_plain_path(resource.path)) return "the path is not absolute and free of dot segments";
  if (resource.path.size() > kMaxPath) return "the path is too long";
  for (const std::string_view value :
       {std::string_view(resource.content_type), std::string_view(resource.content_encoding),
        std::string_view(resource.content_language), std::string_view(resource.cache_control),
        std::string_view(resource.expires), std::string_view(resource.last_modified)}) {
    if (!value.empty() && !all_are(value, Octets::kLine)) {
      return "a header value holds a control character";
    }
  }
  if (!resource.entity_tag.empty() && !is_entity_tag(resource.entity_tag)) {
    return "the entity tag is not one of RFC 9110, quotes included";
  }
  if (resource.body.size() > limits.largest_body) return "the body is too large";
  return std::nullopt;
}

// The octets of a resource; none when its field lines are too long together.
std::vector<uint8_t> assemble(const Resource& resource) {
  std::array<uint8_t, kMaxFieldLines> room{};
  ResourceHead head;
  StoredFields fields = fields_of(resource);
  ByteWriter untagged(room);
  write_lines(fields, untagged, head);
  if (!untagged.ok()) return {};
  Fingerprint fingerprint;
  fingerprint.add(untagged.written().last(head.representation_size));
  fingerprint.add(resource.body);
  const EntityTag tag(fingerprint.value());
  if (fields.entity_tag.empty()) fields.entity_tag = tag.text();
  ByteWriter lines(room);
  write_lines(fields, lines, head);
  if (!lines.ok()) return {};
  head.path_size = static_cast<uint8_t>(resource.path.size());
  head.body_size = static_cast<uint32_t>(resource.body.size());

  std::vector<uint8_t> octets;
  octets.reserve(head.body_at() + head.body_size);
  const auto head_octets = head.write();
  for (const Bytes part :
       {Bytes(head_octets), as_bytes(resource.path), lines.written(), Bytes(resource.body)}) {
    octets.insert(octets.end(), part.begin(), part.end());
  }
  return octets;
}

// Cuts a resource to pages from `first` on, each linked to the one after it.
void append_pages(Bytes octets, uint32_t first, std::vector<uint8_t>& area) {
  while (!octets.empty()) {
    std::array<uint8_t, store::kPageSize> page{};
    ByteWriter out(page);
    out.u32(++first);
    const Bytes part = octets.first(std::min(octets.size(), kPagePayload));
    out.bytes(part);
    octets = octets.subspan(part.size());
    area.insert(area.end(), page.begin(), page.end());
  }
}

}  // namespace

std::array<uint8_t, ResourceHead::kSize> ResourceHead::write() const {
  std::array<uint8_t, kSize> bytes{};
  ByteWriter out(bytes);
  out.u8(path_size);
  out.u8(configuration ? 1 : 0);
  out.u16(validators_size);
  out.u16(representation_size);
  out.u16(tag_size);
  out.u32(body_size);
  out.u32(static_cast<uint32_t>(last_modified >> 32));
  out.u32(static_cast<uint32_t>(last_modified));
  return bytes;
}

std::optional<ResourceHead> ResourceHead::read(Bytes bytes) {
  ByteReader in(bytes);
  ResourceHead head;
  head.path_size = in.u8();
  head.configuration = in.u8() != 0;
  head.validators_size = in.u16();
  head.representation_size = in.u16();
  head.tag_size = in.u16();
  head.body_size = in.u32();
  head.last_modified = uint64_t{in.u32()} << 32;
  head.last_modified |= in.u32();
  if (!in.ok()) return std::nullopt;
  return head;
}

std::optional<LayoutFault> lay_out(std::span<const Resource> resources, store::Image& image,
                                   const SiteLimits& limits) {
  std::vector<std::vector<uint8_t>> contents;
  std::set<std::string_view> paths;
  size_t taken = 0;
  for (size_t i = 0; i < resources.size(); ++i) {
    if (const auto reason = fault_of(resources[i], limits)) return LayoutFault{i, *reason};
    if (!paths.insert(resources[i].path).second) {
      return LayoutFault{i, "the path is taken by an earlier resource"};
    }
    contents.push_back(assemble(resources[i]));
    if (contents.back().empty()) {
      return LayoutFault{i, "the header values are too long together"};
    }
    taken += pages_for(contents.back().size());
    if (limits.capacity && taken > *limits.capacity / store::kPageSize) {
      return LayoutFault{i, "it does not fit into the capacity of the site"};
    }
  }
  const size_t pages = limits.capacity ? *limits.capacity / store::kPageSize
                                       : taken + kSpareCapacity / store::kPageSize;
  std::vector<size_t> order;
  for (size_t i = 0; i < resources.size(); ++i) order.push_back(i);
  std::ranges::sort(order, {}, [&](size_t i) -> const std::string& { return resources[i].path; });

  std::vector<uint8_t> area(pages_at(pages));
  ByteWriter header(area);
  for (const size_t number : {pages, size_t{limits.largest_body}, resources.size(), size_t{0}}) {
    header.u32(static_cast<uint32_t>(number));
  }
  ByteWriter default_page(std::span<uint8_t>(area).subspan(kDefaultPageAt, store::kPageSize));
  default_page.u8(static_cast<uint8_t>(limits.default_page.size()));
  default_page.bytes(as_bytes(limits.default_page));
  std::vector<uint8_t> index(4 * resources.size());
  ByteWriter index_out(index);
  uint32_t first = 0;
  for (const size_t i : order) {
    index_out.u32(first);
    append_pages(contents[i], first, area);
    first += static_cast<uint32_t>(pages_for(contents[i].size()));
  }
  std::ranges::copy(index, area.begin() + kIndexAt);
  area.resize(pages_at(pages) + pages * store::kPageSize);
  image.append(store::Area::kSite, area);
  return std::nullopt;
}

}  // namespace scwsim::http
