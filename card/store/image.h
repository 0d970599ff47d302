// The content that a card leaves the factory with: areas of octets, never
// changed again, shared by all cards of one profile.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "card/base/bytes.h"

namespace scwsim::store {

/// What non-volatile octets are for. Each area is a room of its own, counted
/// from offset 0.
enum class Area : uint8_t {
  kCard,         ///< the card's own counters (card/uicc)
  kFileHeaders,  ///< the file tree (card/fs)
  kFileBodies,   ///< contents of elementary files (card/fs)
  kPins,         ///< PINs and their state (card/fs)
  kSite,         ///< resources of the web server (http/site)
  kTls,          ///< certificates and keys (http/tls)
  kProtection,   ///< users of the web server, and what only they see (http/auth)
};
inline constexpr size_t kAreas = 7;

/// Areas of immutable octets.
class Image {
 public:
  /// Adds `bytes` at the end of `area`. Returns the offset at which they stand.
  /// Only while the image is being made.
  uint32_t append(Area area, Bytes bytes);

  /// Overwrites octets that append() placed. Only while the image is being made.
  void patch(Area area, uint32_t offset, Bytes bytes);

  /// All octets of an area.
  [[nodiscard]] Bytes area(Area area) const { return areas_[static_cast<size_t>(area)]; }

 private:
  std::array<std::vector<uint8_t>, kAreas> areas_;
};

}  // namespace scwsim::store
