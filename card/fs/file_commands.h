// The commands on files (TS 102 221 §11.1): SELECT, STATUS, READ and UPDATE of
// transparent and record based files, with the current selection and the access
// rules.
#pragma once

#include "card/apdu/command.h"
#include "card/apdu/response.h"
#include "card/fs/access_rule.h"
#include "card/fs/file_system.h"

namespace scwsim::fs {

class FileCommands : private SecurityState {
 public:
  /// Works on the tree in `store`, from the MF on.
  explicit FileCommands(store::Store& store) : store_(store), files_(store) {}

  /// Forgets the selection: what a reset does.
  void reset() { selection_ = {}; }

  /// SELECT, every form (§11.1.1).
  void select(const apdu::Command& command, apdu::Response& response);
  /// STATUS (§11.1.2).
  void status(const apdu::Command& command, apdu::Response& response);
  /// READ BINARY (§11.1.3).
  void read_binary(const apdu::Command& command, apdu::Response& response);
  /// UPDATE BINARY (§11.1.4).
  void update_binary(const apdu::Command& command, apdu::Response& response);
  /// READ RECORD (§11.1.5).
  void read_record(const apdu::Command& command, apdu::Response& response);
  /// UPDATE RECORD (§11.1.6).
  void update_record(const apdu::Command& command, apdu::Response& response);

  /// The identifier of the current EF, or of the current directory when none is.
  [[nodiscard]] uint16_t current_fid() const;

 private:
  struct Selection {
    FileId directory = kMf;
    FileId adf = kNoFile;  ///< 7FFF
    FileId ef = kNoFile;
    uint8_t record = 0;  ///< record pointer, counted from 1; 0: not set
  };

  // The EF a command works on, once every check before the access itself held.
  struct Target {
    FileId id = kNoFile;
    FileHeader header;
    uint16_t status;  ///< sw::kOk, or why not
  };

  [[nodiscard]] FileId find(const apdu::Command& command) const;
  void make_current(FileId id, const FileHeader& header);
  Target open_ef(uint8_t sfi, bool record_based, AccessMode mode);
  Target open_binary(const apdu::Command& command, AccessMode mode, size_t& offset);
  // The record that P1 and the mode in P2 mean, 0 when there is none.
  uint8_t resolve_record(const apdu::Command& command, const FileHeader& header);
  void write_fcp_of(const FileHeader& header, apdu::Response& response) const;
  [[nodiscard]] bool satisfied(uint8_t reference) const override;

  store::Store& store_;
  FileSystem files_;
  Selection selection_;
};

}  // namespace scwsim::fs
