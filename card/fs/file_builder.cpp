#include "card/fs/file_builder.h"

namespace scwsim::fs {

namespace {

// Files get their numbers breadth first, so that the entries of a directory are
// neighbours.
struct Planned {
  const FileSpec* spec;
  FileHeader header;
};

// The EF.ARR that a file's reference means: in its own directory, or the nearest
// above (TS 102 221 §9.2.7). The MF refers to its own entries.
FileId resolve_arr(const std::vector<Planned>& files, const FileHeader& file) {
  FileId directory = file.parent == kNoFile ? kMf : file.parent;
  for (; directory != kNoFile; directory = files[directory].header.parent) {
    for (FileId id = files[directory].header.first_child; id != kNoFile;
         id = files[id].header.next_sibling) {
      const FileHeader& entry = files[id].header;
      if (entry.fid == file.access.arr_fid && entry.is_record_based()) return id;
    }
  }
  return kNoFile;
}

}  // namespace

bool build_files(const FileSpec& mf, const std::vector<PinSpec>& pins, store::Image& image) {
  std::vector<Planned> files{{&mf, mf.header}};
  for (size_t i = 0; i < files.size(); ++i) {
    const auto id = static_cast<FileId>(i);
    FileId previous = kNoFile;
    for (const FileSpec& child : files[i].spec->children) {
      const auto child_id = static_cast<FileId>(files.size());
      files.push_back({&child, child.header});
      files.back().header.parent = id;
      (previous == kNoFile ? files[i].header.first_child : files[previous].header.next_sibling) =
          child_id;
      previous = child_id;
    }
  }
  if (files.size() > kMaxFiles) return false;
  for (Planned& file : files) {
    if (!file.header.is_directory()) {
      file.header.body = image.append(store::Area::kFileBodies, file.spec->content);
      file.header.size = static_cast<uint32_t>(file.spec->content.size());
    }
    file.header.access.arr_file = resolve_arr(files, file.header);
    image.append(store::Area::kFileHeaders, encode(file.header));
  }
  for (const PinSpec& pin : pins) {
    const std::array<uint8_t, kPinSize> row{pin.reference, static_cast<uint8_t>(pin.enabled)};
    image.append(store::Area::kPins, row);
  }
  return true;
}

}  // namespace scwsim::fs
