// The file tree of a card: finding files by identifier, path, short identifier
// and application name (TS 102 221 §8). Reads only; what is selected belongs to
// the one who asks.
#pragma once

#include "card/fs/file_header.h"
#include "card/store/store.h"

namespace scwsim::fs {

class FileSystem {
 public:
  explicit FileSystem(const store::Store& store) : store_(store) {}

  /// The header of a file of the tree.
  [[nodiscard]] FileHeader header(FileId id) const { return read_header(store_, id); }

  /// The entry of `directory` with identifier `fid`, or kNoFile.
  [[nodiscard]] FileId child_by_fid(FileId directory, uint16_t fid) const;

  /// The EF of `directory` with the short identifier `sfi` (1..30), or kNoFile.
  [[nodiscard]] FileId child_by_sfi(FileId directory, uint8_t sfi) const;

  /// What SELECT by file identifier finds from `directory` (TS 102 221 §8.4.1):
  /// its entries, itself, its parent, directories beside it, the MF, and the
  /// current ADF for 7FFF.
  [[nodiscard]] FileId by_fid(FileId directory, FileId current_adf, uint16_t fid) const;

  /// What SELECT by path finds: every identifier but the first is an entry of
  /// the one before. Starts at `start`; 7FFF as first element is the current ADF.
  /// kNoFile also for an empty path or an odd number of octets.
  [[nodiscard]] FileId by_path(FileId start, FileId current_adf, Bytes path) const;

  /// The next ADF, after `after` (kNoFile: from the first on), whose name begins
  /// with `aid` (TS 102 221 §8.5.1: a partial name selects).
  [[nodiscard]] FileId by_aid(Bytes aid, FileId after = kNoFile) const;

  /// The ADF that `file` lies in (or is), or kNoFile outside of any.
  [[nodiscard]] FileId adf_of(FileId file) const;

  /// The octets of the EF.ARR record that holds the access rule of `file`
  /// (TS 102 221 §9.2.7), copied into `record`; none when there is no such record.
  [[nodiscard]] Bytes access_rule(const FileHeader& file, std::span<uint8_t> record) const;

 private:
  const store::Store& store_;
};

}  // namespace scwsim::fs
