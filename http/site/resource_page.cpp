#include "http/site/resource_page.h"

#include <algorithm>

namespace scwsim::http {

void ResourcePage::respond(ResponseHead& head) {
  head.start(modified_ ? Status::kOk : Status::kNotModified);
  const bool read = !pin_.broken() && in_.skip(before_lines_) && in_.read(head.ready_lines(lines_));
  if (!read) head.spoil();
  head.length(left_);
}

size_t ResourcePage::read(std::span<uint8_t> out) {
  if (pin_.broken()) return 0;
  const Bytes octets = in_.run(std::min(out.size(), left_));
  std::ranges::copy(octets, out.begin());
  left_ -= octets.size();
  return octets.size();
}

}  // namespace scwsim::http
