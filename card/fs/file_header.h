// What the card knows of a file beside its content: the header of TS 102 221
// §8.5, as a record of fixed size in the store, with the links of the file tree.
#pragma once

#include <array>
#include <cstdint>

#include "card/base/bytes.h"
#include "card/store/store.h"

namespace scwsim::fs {

/// A file's number: the index of its header. The MF is 0.
using FileId = uint16_t;
inline constexpr FileId kMf = 0;
inline constexpr FileId kNoFile = 0xFFFF;

/// Reserved file identifiers (TS 102 221 §8.6).
inline constexpr uint16_t kFidMf = 0x3F00;
inline constexpr uint16_t kFidCurrentAdf = 0x7FFF;

/// File descriptor byte without the shareable bit (TS 102 221 §11.1.1.4.3).
enum class FileType : uint8_t {
  kDirectory = 0x38,  ///< MF, DF and ADF
  kTransparent = 0x01,
  kLinearFixed = 0x02,
  kCyclic = 0x06,
};

/// Life cycle status integer (TS 102 221 §11.1.1.4.9).
enum class LifeCycle : uint8_t { kDeactivated = 0x04, kActivated = 0x05 };

inline constexpr size_t kMaxAid = 16;
inline constexpr uint8_t kNoSfi = 0;

/// Where a file's access rule stands: a record of an EF.ARR (TS 102 221 §9.2.7).
struct AccessReference {
  uint16_t arr_fid = 0;
  uint8_t record = 0;         ///< counted from 1
  FileId arr_file = kNoFile;  ///< the EF.ARR that arr_fid means for this file
};

struct FileHeader {
  uint16_t fid = 0;  ///< 0: none (an ADF reached by its name only)
  FileType type = FileType::kTransparent;
  LifeCycle life_cycle = LifeCycle::kActivated;
  uint8_t sfi = kNoSfi;  ///< 1..30, or kNoSfi
  AccessReference access;
  FileId parent = kNoFile;
  FileId first_child = kNoFile;
  FileId next_sibling = kNoFile;
  uint32_t body = 0;          ///< offset of the content in Area::kFileBodies
  uint32_t size = 0;          ///< octets of content
  uint8_t record_length = 0;  ///< linear fixed and cyclic
  uint8_t record_count = 0;
  uint8_t aid_size = 0;  ///< ADF only
  std::array<uint8_t, kMaxAid> aid{};

  [[nodiscard]] bool is_directory() const { return type == FileType::kDirectory; }
  [[nodiscard]] bool is_record_based() const { return record_count > 0; }
  [[nodiscard]] bool is_adf() const { return aid_size > 0; }
  [[nodiscard]] Bytes aid_bytes() const { return Bytes(aid).first(aid_size); }
};

/// Octets of a header in Area::kFileHeaders.
inline constexpr size_t kHeaderSize = 64;

/// The header as it stands in the store.
std::array<uint8_t, kHeaderSize> encode(const FileHeader& header);

/// Reads the header of file `id`; a file that is not there has type directory
/// and no content, which nobody can ask for as ids come from the tree itself.
FileHeader read_header(const store::Store& store, FileId id);

}  // namespace scwsim::fs
