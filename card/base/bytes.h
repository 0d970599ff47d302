// Reading and writing octet strings: the one place where raw input is touched.
// Every decoder of outside bytes in scwsim goes through ByteReader; every
// encoder through ByteWriter. Integers are big endian, as on every interface
// of a card (TS 102 221 §10.1, TS 101 220 §7).
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace scwsim {

/// Octets somebody else owns.
using Bytes = std::span<const uint8_t>;

/// The octets of a text, without copying.
inline Bytes as_bytes(std::string_view text) {
  // uint8_t may alias any object, so this view of char data is well defined.
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// The text of octets, without copying. Not terminated by NUL.
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Whether both hold the same octets.
inline bool equal(Bytes a, Bytes b) { return std::ranges::equal(a, b); }

/// A cursor over untrusted octets. A read past the end empties and poisons it:
/// that read and all later ones give zero or nothing, and ok() stays false, so
/// a decoder reads all it wants and checks once.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : rest_(bytes), size_(bytes.size()) {}

  /// The next octet.
  uint8_t u8() {
    const Bytes b = take(1);
    return b.empty() ? uint8_t{0} : b[0];
  }

  /// The next two octets, big endian.
  uint16_t u16() {
    const Bytes b = take(2);
    return b.empty() ? uint16_t{0} : static_cast<uint16_t>(b[0] << 8 | b[1]);
  }

  /// The next four octets, big endian.
  uint32_t u32() {
    const uint32_t high = u16();
    return high << 16 | u16();
  }

  /// The next `n` octets; none, and the reader poisoned, when fewer are left.
  Bytes take(size_t n) {
    if (n > rest_.size()) {
      fail();
      return {};
    }
    return std::exchange(rest_, rest_.subspan(n)).first(n);
  }

  /// All that is left.
  Bytes take_rest() { return take(rest_.size()); }

  /// A reader of the next `n` octets, which cannot see beyond them.
  ByteReader block(size_t n) { return ByteReader(take(n)); }

  /// The octet that the next read gives, without moving; 0 at the end.
  [[nodiscard]] uint8_t peek() const { return rest_.empty() ? uint8_t{0} : rest_[0]; }

  /// Poisons the reader: what was read makes no sense.
  void fail() {
    rest_ = {};
    ok_ = false;
  }

  /// Octets left.
  [[nodiscard]] size_t left() const { return rest_.size(); }
  /// Octets read so far: where a fault is. Meaningless once poisoned.
  [[nodiscard]] size_t offset() const { return size_ - rest_.size(); }
  /// Whether every read so far was within bounds.
  [[nodiscard]] bool ok() const { return ok_; }
  /// Whether all was read, and nothing beyond.
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }

 private:
  Bytes rest_;
  size_t size_;
  bool ok_ = true;
};

/// Appends octets to a buffer of fixed size. A write that does not fit writes
/// nothing and poisons the writer: ok() stays false.
class ByteWriter {
 public:
  explicit ByteWriter(std::span<uint8_t> buffer) : buffer_(buffer) {}

  void u8(uint8_t value) {
    if (reserve(1)) buffer_[size_++] = value;
  }

  /// Two octets, big endian.
  void u16(uint16_t value) {
    if (!reserve(2)) return;
    buffer_[size_++] = static_cast<uint8_t>(value >> 8);
    buffer_[size_++] = static_cast<uint8_t>(value);
  }

  /// Four octets, big endian.
  void u32(uint32_t value) {
    if (!reserve(4)) return;
    u16(static_cast<uint16_t>(value >> 16));
    u16(static_cast<uint16_t>(value));
  }

  void bytes(Bytes value) {
    if (!reserve(value.size())) return;
    std::ranges::copy(value, buffer_.begin() + static_cast<std::ptrdiff_t>(size_));
    size_ += value.size();
  }

  /// Room for `n` octets that the caller fills in; empty when they do not fit.
  std::span<uint8_t> append(size_t n) {
    if (!reserve(n)) return {};
    size_ += n;
    return buffer_.subspan(size_ - n, n);
  }

  /// Takes back the last `n` octets.
  void drop(size_t n) { size_ -= std::min(n, size_); }

  /// Overwrites the octet at `offset`, which must have been written.
  void patch_u8(size_t offset, uint8_t value) {
    if (offset < size_) buffer_[offset] = value;
  }

  [[nodiscard]] size_t size() const { return size_; }
  [[nodiscard]] size_t room() const { return buffer_.size() - size_; }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] Bytes written() const { return buffer_.first(size_); }

 private:
  bool reserve(size_t n) {
    if (!ok_ || n > room()) ok_ = false;
    return ok_;
  }

  std::span<uint8_t> buffer_;
  size_t size_ = 0;
  bool ok_ = true;
};

}  // namespace scwsim
