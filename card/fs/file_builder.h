// Lays a tree of files out in an image, at personalisation.
#pragma once

#include <cstdint>
#include <vector>

#include "card/fs/file_header.h"
#include "card/store/image.h"

namespace scwsim::fs {

/// A file as a profile describes it.
struct FileSpec {
  FileHeader header;               ///< all but the links, body and size
  std::vector<uint8_t> content;    ///< all octets; records one after the other
  std::vector<FileSpec> children;  ///< of a directory, in their order
};

/// A PIN as a profile describes it: its reference (TS 102 221 §9.5.1) and
/// whether it is asked for.
struct PinSpec {
  uint8_t reference = 0;
  bool enabled = false;
};

/// Octets of a PIN's row in Area::kPins: reference, enabled.
inline constexpr size_t kPinSize = 2;

/// Most files that one card holds.
inline constexpr size_t kMaxFiles = 4096;

/// Writes headers and contents of the tree under `mf`, and the PINs. False, and
/// nothing written, when there are more than kMaxFiles.
bool build_files(const FileSpec& mf, const std::vector<PinSpec>& pins, store::Image& image);

}  // namespace scwsim::fs
