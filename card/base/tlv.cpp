#include "card/base/tlv.h"

namespace scwsim {

size_t read_length(ByteReader& reader) {
  const uint8_t first = reader.u8();
  if (first < 0x80) return first;
  if (first == 0x81) return reader.u8();
  if (first == 0x82) return reader.u16();
  reader.fail();
  return 0;
}

ComprehensionTlv read_comprehension_tlv(ByteReader& reader) {
  ComprehensionTlv tlv;
  const uint8_t first = reader.u8();
  if (first == 0x7F) {
    const uint16_t long_tag = reader.u16();
    tlv.comprehension_required = (long_tag & 0x8000) != 0;
    tlv.tag = long_tag & 0x7FFF;
  } else {
    tlv.comprehension_required = (first & 0x80) != 0;
    tlv.tag = first & 0x7F;
    if (first == 0xFF) reader.fail();
  }
  if (tlv.tag == 0) reader.fail();
  tlv.value = reader.take(read_length(reader));
  return tlv;
}

BerTlv read_ber_tlv(ByteReader& reader) {
  BerTlv tlv;
  const uint8_t first = reader.u8();
  tlv.tag = first;
  if ((first & 0x1F) == 0x1F && first != 0xFF) {
    tlv.tag = static_cast<uint16_t>(first << 8 | reader.u8());
    if ((tlv.tag & 0x80) != 0) reader.fail();  // tags of three octets are not used here
  }
  if (first == 0x00 || first == 0xFF) reader.fail();
  tlv.value = reader.take(read_length(reader));
  return tlv;
}

namespace {

// What is wrong with the COMPREHENSION-TLV at the start of `bytes`.
FaultCode fault_of(Bytes bytes) {
  ByteReader reader(bytes);
  const uint8_t tag = reader.u8();
  const bool no_long_tag = tag == 0x7F && (reader.u16() & 0x7FFF) == 0;
  if (!reader.ok()) return FaultCode::kTruncated;
  if (tag == 0x00 || tag == 0x80 || tag == 0xFF || no_long_tag) return FaultCode::kBadTag;
  const uint8_t length = reader.u8();
  return length == 0x80 || length > 0x82 ? FaultCode::kBadLength : FaultCode::kTruncated;
}

}  // namespace

Result<TlvList> TlvList::parse(Bytes bytes) {
  ByteReader reader(bytes);
  while (reader.left() > 0) {
    const size_t start = reader.offset();
    read_comprehension_tlv(reader);
    if (!reader.ok()) return Fault{fault_of(bytes.subspan(start)), start};
  }
  return TlvList(bytes);
}

std::optional<ComprehensionTlv> TlvList::find(uint16_t tag, size_t occurrence) const {
  for (ByteReader r = reader(); r.left() > 0;) {
    const ComprehensionTlv tlv = read_comprehension_tlv(r);
    if (tlv.tag == tag && occurrence-- == 0) return tlv;
  }
  return std::nullopt;
}

void write_length(ByteWriter& writer, size_t length) {
  if (length > 0xFF) {
    writer.u8(0x82);
    writer.u16(static_cast<uint16_t>(length));
  } else {
    if (length > 0x7F) writer.u8(0x81);
    writer.u8(static_cast<uint8_t>(length));
  }
}

void write_tlv(ByteWriter& writer, uint8_t tag, Bytes value) {
  writer.u8(tag);
  write_length(writer, value.size());
  writer.bytes(value);
}

}  // namespace scwsim
