#include "card/fs/file_system.h"

namespace scwsim::fs {

FileId FileSystem::child_by_fid(FileId directory, uint16_t fid) const {
  for (FileId id = header(directory).first_child; id != kNoFile;) {
    const FileHeader h = header(id);
    if (h.fid == fid && fid != 0) return id;
    id = h.next_sibling;
  }
  return kNoFile;
}

FileId FileSystem::child_by_sfi(FileId directory, uint8_t sfi) const {
  for (FileId id = header(directory).first_child; id != kNoFile;) {
    const FileHeader h = header(id);
    if (!h.is_directory() && h.sfi == sfi && sfi != kNoSfi) return id;
    id = h.next_sibling;
  }
  return kNoFile;
}

FileId FileSystem::by_fid(FileId directory, FileId current_adf, uint16_t fid) const {
  if (fid == 0) return kNoFile;  // what an ADF has that is reached by its name only
  if (fid == kFidMf) return kMf;
  if (fid == kFidCurrentAdf) return current_adf;
  if (const FileId child = child_by_fid(directory, fid); child != kNoFile) return child;
  const FileHeader here = header(directory);
  if (here.fid == fid) return directory;
  if (here.parent == kNoFile) return kNoFile;
  if (header(here.parent).fid == fid) return here.parent;
  const FileId beside = child_by_fid(here.parent, fid);
  return beside != kNoFile && header(beside).is_directory() ? beside : kNoFile;
}

FileId FileSystem::by_path(FileId start, FileId current_adf, Bytes path) const {
  if (path.empty()) return kNoFile;
  FileId at = start;
  ByteReader reader(path);
  for (bool first = true; reader.left() > 0; first = false) {
    const uint16_t fid = reader.u16();
    if (!reader.ok()) return kNoFile;
    at = first && fid == kFidCurrentAdf ? current_adf : child_by_fid(at, fid);
    if (at == kNoFile) return kNoFile;
  }
  return at;
}

FileId FileSystem::by_aid(Bytes aid, FileId after) const {
  bool passed = after == kNoFile;
  for (FileId id = header(kMf).first_child; id != kNoFile;) {
    const FileHeader h = header(id);
    const bool matches =
        h.is_adf() && aid.size() <= h.aid_size && equal(h.aid_bytes().first(aid.size()), aid);
    if (passed && matches) return id;
    if (id == after) passed = true;
    id = h.next_sibling;
  }
  return kNoFile;
}

FileId FileSystem::adf_of(FileId file) const {
  while (file != kNoFile) {
    const FileHeader h = header(file);
    if (h.is_adf()) return file;
    file = h.parent;
  }
  return kNoFile;
}

Bytes FileSystem::access_rule(const FileHeader& file, std::span<uint8_t> record) const {
  if (file.access.arr_file == kNoFile) return {};
  const FileHeader arr = header(file.access.arr_file);
  const uint8_t number = file.access.record;
  if (number == 0 || number > arr.record_count || arr.record_length > record.size()) return {};
  const auto rule = record.first(arr.record_length);
  const size_t offset = arr.body + rule.size() * (number - 1U);
  return store_.read(store::Area::kFileBodies, offset, rule) ? rule : Bytes();
}

}  // namespace scwsim::fs
