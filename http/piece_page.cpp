#include "http/piece_page.h"

#include <algorithm>

namespace scwsim::http {

size_t PiecePage::read(std::span<uint8_t> out) {
  size_t given = 0;
  if (begin_ == end_) next_piece();
  while (given < out.size() && begin_ < end_) {
    const size_t n = std::min(out.size() - given, end_ - begin_);
    std::ranges::copy(Bytes(piece_).subspan(begin_, n),
                      out.begin() + static_cast<std::ptrdiff_t>(given));
    begin_ += n;
    given += n;
    if (begin_ == end_) next_piece();  // done() holds as soon as the last octet is out
  }
  return given;
}

// Makes the next piece that is not empty, if there is one.
void PiecePage::next_piece() {
  begin_ = end_ = 0;
  while (state_ == State::kWriting && end_ == 0) {
    ByteWriter out(piece_);
    if (!write_piece(next_++, out)) {
      state_ = State::kDone;
    } else if (!out.ok()) {
      state_ = State::kFailed;
    } else {
      end_ = out.size();
    }
  }
}

}  // namespace scwsim::http
