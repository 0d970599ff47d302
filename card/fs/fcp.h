// File control parameters, the template 62 that SELECT and STATUS answer (TS 102
// 221 §11.1.1.3).
#pragma once

#include "card/base/bytes.h"
#include "card/fs/file_header.h"

namespace scwsim::fs {

/// Writes the FCP of `file`. `pins` are the rows of Area::kPins; directories
/// carry them as their PIN status template.
void write_fcp(ByteWriter& writer, const FileHeader& file, Bytes pins);

}  // namespace scwsim::fs
