// BER-TLV and COMPREHENSION-TLV objects (TS 101 220 §7.1), both with one, two
// or three octets of length (00..7F; 81 LL; 82 LL LL). Values are views of the
// input; nothing is copied and nothing recurses.
#pragma once

#include <optional>

#include "card/base/bytes.h"
#include "card/base/result.h"

namespace scwsim {

/// A COMPREHENSION-TLV object: `tag` without the comprehension required flag.
struct ComprehensionTlv {
  uint16_t tag = 0;  ///< 01..7E, or 15 bits from the three-octet form (7F xx xx)
  bool comprehension_required = false;
  Bytes value;
};

/// A BER-TLV object with a tag of one or two octets (TS 101 220 §7.1.1).
struct BerTlv {
  uint16_t tag = 0;
  Bytes value;
};

/// Reads a length field. Poisons the reader for the forms 80, 83..FF.
size_t read_length(ByteReader& reader);

/// Reads one COMPREHENSION-TLV. Tags 00, 80 and FF are not usable
/// (TS 101 220 §7.1.2) and poison the reader, as does a value cut short.
ComprehensionTlv read_comprehension_tlv(ByteReader& reader);

/// Reads one BER-TLV. Poisons the reader on a bad tag, length or cut value.
BerTlv read_ber_tlv(ByteReader& reader);

/// A list of COMPREHENSION-TLVs that was checked once, whole; looking objects up
/// afterwards cannot fail.
class TlvList {
 public:
  TlvList() = default;

  /// Checks that `bytes` is nothing but well-formed objects.
  static Result<TlvList> parse(Bytes bytes);

  /// The first object of that tag whatever its flag, at or after the n-th one.
  [[nodiscard]] std::optional<ComprehensionTlv> find(uint16_t tag, size_t occurrence = 0) const;

  /// All objects in order: `for (ByteReader r = list.reader(); r.left() > 0;)`.
  [[nodiscard]] ByteReader reader() const { return ByteReader(bytes_); }

 private:
  explicit TlvList(Bytes bytes) : bytes_(bytes) {}
  Bytes bytes_;
};

/// Writes a length field in its shortest form; up to FFFF.
void write_length(ByteWriter& writer, size_t length);

/// Writes tag (one octet, taken as it is), length and value.
void write_tlv(ByteWriter& writer, uint8_t tag, Bytes value);

/// Octets that a length field for `length` takes: 1, 2 or 3.
constexpr size_t length_size(size_t length) {
  if (length < 0x80) return 1;
  return length <= 0xFF ? 2 : 3;
}

}  // namespace scwsim
