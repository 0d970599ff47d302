#include "card/store/image.h"

namespace scwsim::store {

uint32_t Image::append(Area area, Bytes bytes) {
  auto& room = areas_[static_cast<size_t>(area)];
  const auto offset = static_cast<uint32_t>(room.size());
  room.insert(room.end(), bytes.begin(), bytes.end());
  return offset;
}

void Image::patch(Area area, uint32_t offset, Bytes bytes) {
  auto& room = areas_[static_cast<size_t>(area)];
  std::ranges::copy(bytes, room.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace scwsim::store
