#include "card/fs/fcp.h"

#include "card/base/tlv.h"
#include "card/fs/file_builder.h"

namespace scwsim::fs {

namespace {

constexpr uint8_t kShareable = 0x40;
constexpr uint8_t kDataCoding = 0x21;  // TS 102 221 §11.1.1.4.3
constexpr uint8_t kUiccCharacteristics =
    0x71;  // clock stop allowed, no preferred level; classes A to C
constexpr uint8_t kUniversalPin = 0x11;
constexpr uint8_t kUsageVerify = 0x08;

// A constructed object whose length is filled in when it is closed. FCP objects
// stay below 80 octets each, and the whole below 256, so one octet is enough for
// the inner ones.
class Template {
 public:
  Template(ByteWriter& writer, uint8_t tag) : writer_(writer) {
    writer_.u8(tag);
    at_ = writer_.size();
    writer_.u8(0);
  }
  ~Template() { writer_.patch_u8(at_, static_cast<uint8_t>(writer_.size() - at_ - 1)); }
  Template(const Template&) = delete;
  Template& operator=(const Template&) = delete;

 private:
  ByteWriter& writer_;
  size_t at_ = 0;
};

void write_u8(ByteWriter& writer, uint8_t tag, uint8_t value) {
  writer.u8(tag);
  writer.u8(1);
  writer.u8(value);
}

void write_u16(ByteWriter& writer, uint8_t tag, uint16_t value) {
  writer.u8(tag);
  writer.u8(2);
  writer.u16(value);
}

void write_descriptor(ByteWriter& writer, const FileHeader& file) {
  const auto descriptor = static_cast<uint8_t>(static_cast<uint8_t>(file.type) | kShareable);
  writer.u8(0x82);
  writer.u8(file.is_record_based() ? 5 : 2);
  writer.u8(descriptor);
  writer.u8(kDataCoding);
  if (file.is_record_based()) {
    writer.u16(file.record_length);
    writer.u8(file.record_count);
  }
}

// PIN status template DO (TS 102 221 §11.1.1.4.10): the bit map of enabled PINs,
// then the key references in the same order.
void write_pin_status(ByteWriter& writer, Bytes pins) {
  const Template outer(writer, 0xC6);
  uint8_t enabled = 0;
  const size_t count = std::min<size_t>(pins.size() / kPinSize, 8);
  for (size_t i = 0; i < count; ++i) {
    if (pins[i * kPinSize + 1] != 0) enabled = static_cast<uint8_t>(enabled | 0x80U >> i);
  }
  write_u8(writer, 0x90, enabled);
  for (size_t i = 0; i < count; ++i) {
    const uint8_t reference = pins[i * kPinSize];
    if (reference == kUniversalPin) write_u8(writer, 0x95, kUsageVerify);
    write_u8(writer, 0x83, reference);
  }
}

}  // namespace

void write_fcp(ByteWriter& writer, const FileHeader& file, Bytes pins) {
  const Template fcp(writer, 0x62);
  write_descriptor(writer, file);
  if (file.fid != 0) write_u16(writer, 0x83, file.fid);
  if (file.is_adf()) write_tlv(writer, 0x84, file.aid_bytes());
  if (file.is_directory()) {
    const Template proprietary(writer, 0xA5);
    write_u8(writer, 0x80, kUiccCharacteristics);
  }
  write_u8(writer, 0x8A, static_cast<uint8_t>(file.life_cycle));
  writer.u8(0x8B);
  writer.u8(3);
  writer.u16(file.access.arr_fid);
  writer.u8(file.access.record);
  if (file.is_directory()) {
    write_pin_status(writer, pins);
    return;
  }
  write_u16(writer, 0x80, static_cast<uint16_t>(file.size));
  if (file.sfi == kNoSfi) {
    writer.u8(0x88);
    writer.u8(0);
  } else {
    write_u8(writer, 0x88, static_cast<uint8_t>(file.sfi << 3));
  }
}

}  // namespace scwsim::fs
