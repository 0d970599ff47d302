// A queue of octets of a size fixed when it is allocated: the Rx and Tx buffers
// of a channel. What is in it always lies together.
#pragma once

#include <algorithm>
#include <vector>

#include "card/base/bytes.h"

namespace scwsim::terminal {

class FixedBuffer {
 public:
  explicit FixedBuffer(size_t capacity) : octets_(capacity) {}

  /// The octets queued, oldest first. Valid until the next change.
  [[nodiscard]] Bytes data() const { return Bytes(octets_).subspan(begin_, size()); }
  [[nodiscard]] size_t size() const { return end_ - begin_; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  /// Octets that still fit.
  [[nodiscard]] size_t free() const { return octets_.size() - size(); }
  [[nodiscard]] size_t capacity() const { return octets_.size(); }

  /// The free space, all of it, to be filled from its start; then commit().
  std::span<uint8_t> room() {
    if (begin_ > 0) {
      std::copy(octets_.begin() + static_cast<std::ptrdiff_t>(begin_),
                octets_.begin() + static_cast<std::ptrdiff_t>(end_), octets_.begin());
      end_ -= begin_;
      begin_ = 0;
    }
    return std::span(octets_).subspan(end_);
  }

  /// Queues the first `n` octets of room().
  void commit(size_t n) { end_ += std::min(n, octets_.size() - end_); }

  /// Queues `bytes`, all of them or, when they do not fit, none.
  bool append(Bytes bytes) {
    if (bytes.size() > free()) return false;
    std::ranges::copy(bytes, room().begin());
    commit(bytes.size());
    return true;
  }

  /// Takes the `n` oldest octets off.
  void consume(size_t n) {
    begin_ += std::min(n, size());
    if (begin_ == end_) clear();
  }

  void clear() { begin_ = end_ = 0; }

 private:
  std::vector<uint8_t> octets_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace scwsim::terminal
