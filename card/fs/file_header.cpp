#include "card/fs/file_header.h"

namespace scwsim::fs {

std::array<uint8_t, kHeaderSize> encode(const FileHeader& header) {
  std::array<uint8_t, kHeaderSize> octets{};
  ByteWriter writer(octets);
  writer.u16(header.fid);
  writer.u8(static_cast<uint8_t>(header.type));
  writer.u8(static_cast<uint8_t>(header.life_cycle));
  writer.u8(header.sfi);
  writer.u8(header.access.record);
  writer.u16(header.access.arr_fid);
  writer.u16(header.access.arr_file);
  writer.u16(header.parent);
  writer.u16(header.first_child);
  writer.u16(header.next_sibling);
  writer.u32(header.body);
  writer.u32(header.size);
  writer.u8(header.record_length);
  writer.u8(header.record_count);
  writer.u8(header.aid_size);
  writer.bytes(header.aid);
  return octets;
}

FileHeader read_header(const store::Store& store, FileId id) {
  // Headers divide a page evenly, so one always lies in one run.
  static_assert(store::kPageSize % kHeaderSize == 0);
  ByteReader reader(store.run(store::Area::kFileHeaders, size_t{id} * kHeaderSize, kHeaderSize));
  FileHeader h;
  h.fid = reader.u16();
  h.type = static_cast<FileType>(reader.u8());
  h.life_cycle = static_cast<LifeCycle>(reader.u8());
  h.sfi = reader.u8();
  h.access.record = reader.u8();
  h.access.arr_fid = reader.u16();
  h.access.arr_file = reader.u16();
  h.parent = reader.u16();
  h.first_child = reader.u16();
  h.next_sibling = reader.u16();
  h.body = reader.u32();
  h.size = reader.u32();
  h.record_length = reader.u8();
  h.record_count = reader.u8();
  h.aid_size = reader.u8();
  std::ranges::copy(reader.take(kMaxAid), h.aid.begin());
  return h;
}

}  // namespace scwsim::fs
