#include "tools/links/vpcd_frame.h"

#include <algorithm>
#include <array>

namespace scwsim::links {

void append_frame(std::vector<uint8_t>& out, Bytes payload) {
  out.push_back(static_cast<uint8_t>(payload.size() >> 8));
  out.push_back(static_cast<uint8_t>(payload.size()));
  out.insert(out.end(), payload.begin(), payload.end());
}

void append_control(std::vector<uint8_t>& out, Control control) {
  append_frame(out, std::array{static_cast<uint8_t>(control)});
}

std::span<uint8_t> FrameReader::room() {
  // The buffer holds the largest frame; what is left of one moves to its start.
  if (begin_ > 0) {
    const auto first = octets_.begin() + static_cast<std::ptrdiff_t>(begin_);
    std::copy(first, octets_.begin() + static_cast<std::ptrdiff_t>(filled_), octets_.begin());
    filled_ -= begin_;
    begin_ = 0;
  }
  return std::span(octets_).subspan(filled_);
}

bool FrameReader::next(Bytes& payload) {
  ByteReader reader(Bytes(octets_).subspan(begin_, filled_ - begin_));
  const size_t size = reader.u16();
  payload = reader.take(size);
  if (!reader.ok()) return false;
  begin_ += reader.offset();
  return true;
}

}  // namespace scwsim::links
