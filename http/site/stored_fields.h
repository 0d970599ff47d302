// The fields that are stored with a resource and sent with it as they were given
// (scws.md §4.3, §4.5): which they are, what is wrong with them, and their lines.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "card/base/bytes.h"
#include "http/site/layout.h"
#include "http/wire/request.h"
#include "http/wire/status.h"

namespace scwsim::http {

/// Values of the fields that are stored; empty where there is none.
struct StoredFields {
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view content_language;
  std::string_view cache_control;
  std::string_view expires;
  std::string_view last_modified;
  std::string_view entity_tag;
};

/// Octets that fields_of() may need for one request.
inline constexpr size_t kJoinRoom = 2 * kMaxFieldLines;

/// The values that a PUT gives. A list that stands in several fields becomes one
/// value (RFC 9110 §5.3), made in `room`, kJoinRoom octets. Nothing, with `refusal`
/// set, when a field that holds one value comes twice, or lists are too long. An
/// entity tag that is none is left out.
std::optional<StoredFields> fields_of(const Request& request, std::span<uint8_t> room,
                                      Refusal& refusal);

/// Writes the lines that go with a resource into `out` and what they come to into
/// `head`. Without Cache-Control and Expires a
/// `Cache-Control: no-cache` is added: with the entity tag that makes each use a
/// cheap question. `out` fails when the lines are too long together.
void write_lines(const StoredFields& fields, ByteWriter& out, ResourceHead& head);

/// The value that stands in for an entity tag which is known only at the end: as
/// long as any EntityTag made from a serial number.
inline constexpr std::string_view kTagPlaceholder = "\"00000000-00000000\"";

/// Whether a media type, whatever its parameters, is that of a configuration
/// resource, which is for the card's administration alone (scws.md §3).
bool is_configuration(std::string_view content_type);

}  // namespace scwsim::http
