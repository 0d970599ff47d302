// Frames of the raw card link: the same whatever the segmentation, and what was
// framed comes out as it went in. The first octet is the size of the pieces.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "tools/links/vpcd_frame.h"

namespace {

using namespace scwsim;

std::vector<uint8_t> payloads(Bytes stream, size_t cut) {
  links::FrameReader reader;
  std::vector<uint8_t> framed_again;
  while (!stream.empty()) {
    const auto room = reader.room();
    if (room.empty()) std::abort();
    const size_t n = std::min({cut, room.size(), stream.size()});
    std::ranges::copy(stream.first(n), room.begin());
    reader.commit(n);
    stream = stream.subspan(n);
    for (Bytes payload; reader.next(payload);) links::append_frame(framed_again, payload);
  }
  return framed_again;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader in(Bytes(data, size));
  const size_t cut = in.u8() + size_t{1};
  const Bytes stream = in.take_rest();
  const auto whole = payloads(stream, SIZE_MAX);
  if (payloads(stream, cut) != whole) std::abort();
  // All but an unfinished frame at the end comes out again, octet for octet.
  if (whole.size() > stream.size()) std::abort();
  if (!std::ranges::equal(whole, stream.first(whole.size()))) std::abort();
  return 0;
}
