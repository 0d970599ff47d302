#include "http/site/stored_fields.h"

#include <array>

#include "http/site/conditions.h"
#include "http/site/http_date.h"
#include "http/wire/characters.h"

namespace scwsim::http {
namespace {

static_assert(kTagPlaceholder.size() == EntityTag::kMostSize);

constexpr std::string_view kDefaultCacheControl = "no-cache";
constexpr std::string_view kConfigurationType = "application/vnd.oma-scws-config";

enum class Shape : uint8_t { kOneValue, kList };

/// A stored field, and what a PUT may do with it.
struct Row {
  std::string_view name;
  std::string_view StoredFields::*value;
  Shape shape;
};

// In the order of their lines. The first kValidators of them go into 304, too;
// the entity tag must be the first: see ResourceHead::kTagAt.
constexpr size_t kValidators = 3;
constexpr std::array kRows = {
    Row{"ETag", &StoredFields::entity_tag, Shape::kOneValue},
    Row{"Cache-Control", &StoredFields::cache_control, Shape::kList},
    Row{"Expires", &StoredFields::expires, Shape::kOneValue},
    Row{"Last-Modified", &StoredFields::last_modified, Shape::kOneValue},
    Row{"Content-Type", &StoredFields::content_type, Shape::kOneValue},
    Row{"Content-Encoding", &StoredFields::content_encoding, Shape::kList},
    Row{"Content-Language", &StoredFields::content_language, Shape::kList},
};
static_assert(kRows[0].name.size() + 2 == ResourceHead::kTagAt);

// All values of a field that is a list, with commas in between.
std::string_view join(const Fields& fields, std::string_view name, ByteWriter& room) {
  const size_t begin = room.size();
  for (size_t i = 0; i < fields.count(); ++i) {
    if (!equal_ignoring_case(fields.name(i), name) || fields.value(i).empty()) continue;
    if (room.size() > begin) room.bytes(as_bytes(", "));
    room.bytes(as_bytes(fields.value(i)));
  }
  return as_text(room.written().subspan(begin));
}

size_t count(const Fields& fields, std::string_view name) {
  size_t n = 0;
  for (size_t i = 0; i < fields.count(); ++i) n += equal_ignoring_case(fields.name(i), name);
  return n;
}

}  // namespace

std::optional<StoredFields> fields_of(const Request& request, std::span<uint8_t> room,
                                      Refusal& refusal) {
  StoredFields stored;
  ByteWriter joined(room);
  for (const Row& row : kRows) {
    const size_t times = count(request.fields, row.name);
    if (times == 0) continue;
    if (times == 1) {
      stored.*row.value = *request.fields.find(row.name);
    } else if (row.shape == Shape::kList) {
      stored.*row.value = join(request.fields, row.name, joined);
    } else {
      refusal = {Status::kBadRequest, "a field that holds one value is there twice"};
      return std::nullopt;
    }
  }
  if (!joined.ok()) {
    refusal = {Status::kHeaderFieldsTooLarge, "the fields to be stored are too long together"};
    return std::nullopt;
  }
  if (!is_entity_tag(stored.entity_tag)) stored.entity_tag = {};
  return stored;
}

void write_lines(const StoredFields& fields, ByteWriter& out, ResourceHead& head) {
  StoredFields complete = fields;
  if (fields.cache_control.empty() && fields.expires.empty()) {
    complete.cache_control = kDefaultCacheControl;
  }
  const size_t begin = out.size();
  size_t validators_end = begin;
  for (size_t i = 0; i < kRows.size(); ++i) {
    const std::string_view value = complete.*kRows[i].value;
    if (!value.empty()) {
      for (const std::string_view part :
           {kRows[i].name, std::string_view(": "), value, std::string_view("\r\n")}) {
        out.bytes(as_bytes(part));
      }
    }
    if (i + 1 == kValidators) validators_end = out.size();
  }
  head.validators_size = static_cast<uint16_t>(validators_end - begin);
  head.representation_size = static_cast<uint16_t>(out.size() - validators_end);
  head.tag_size = static_cast<uint16_t>(fields.entity_tag.size());
  head.last_modified = parse_http_date(fields.last_modified).value_or(0);
  head.configuration = is_configuration(fields.content_type);
}

bool is_configuration(std::string_view content_type) {
  return equal_ignoring_case(trim(content_type.substr(0, content_type.find(';'))),
                             kConfigurationType);
}

}  // namespace scwsim::http
