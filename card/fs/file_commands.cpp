#include "card/fs/file_commands.h"

#include "card/base/tlv.h"
#include "card/fs/fcp.h"
#include "card/fs/file_builder.h"

namespace scwsim::fs {

namespace sw = apdu::sw;
using store::Area;

namespace {

// SELECT, P1: what the data are (TS 102 221 §11.1.1.2).
constexpr uint8_t kByFid = 0x00;
constexpr uint8_t kChildDirectory = 0x01;
constexpr uint8_t kParent = 0x03;
constexpr uint8_t kByName = 0x04;
constexpr uint8_t kByPathFromMf = 0x08;
constexpr uint8_t kByPathFromCurrent = 0x09;

// SELECT, P2.
constexpr uint8_t kOccurrence = 0x03;
constexpr uint8_t kNextOccurrence = 0x02;
constexpr uint8_t kReturn = 0x0C;
constexpr uint8_t kReturnFci = 0x00;  // sent by phones on logical channels; answered as FCP
constexpr uint8_t kReturnFcp = 0x04;
constexpr uint8_t kReturnNothing = 0x0C;
constexpr uint8_t kSession = 0x60;
constexpr uint8_t kTerminateSession = 0x40;

// READ and UPDATE RECORD, low bits of P2.
constexpr uint8_t kNextRecord = 0x02;
constexpr uint8_t kPreviousRecord = 0x03;
constexpr uint8_t kAbsoluteRecord = 0x04;

bool valid_select_p2(uint8_t p1, uint8_t p2) {
  const uint8_t answer = p2 & kReturn;
  const uint8_t session = p2 & kSession;
  const uint8_t occurrence = p2 & kOccurrence;
  if ((p2 & 0x80) != 0 || (session != 0 && session != kTerminateSession)) return false;
  if (answer != kReturnFci && answer != kReturnFcp && answer != kReturnNothing) return false;
  return occurrence == 0 || (p1 == kByName && occurrence == kNextOccurrence);
}

uint8_t record_mode(const apdu::Command& command) { return command.p2 & 0x07; }

bool valid_record_mode(const apdu::Command& command) {
  const uint8_t mode = record_mode(command);
  if (mode == kAbsoluteRecord) return command.p1 != 0xFF;
  return (mode == kNextRecord || mode == kPreviousRecord) && command.p1 == 0;
}

size_t record_offset(const FileHeader& header, uint8_t record) {
  return header.body + size_t{header.record_length} * (record - 1U);
}

}  // namespace

bool FileCommands::satisfied(uint8_t reference) const {
  for (size_t row = 0; row < store_.size(Area::kPins); row += kPinSize) {
    const Bytes pin = store_.run(Area::kPins, row, kPinSize);
    if (pin[0] == reference) return pin[1] == 0;
  }
  return false;
}

void FileCommands::write_fcp_of(const FileHeader& header, apdu::Response& response) const {
  const size_t pins = store_.size(Area::kPins);
  write_fcp(response.data(), header, store_.run(Area::kPins, 0, pins));
}

uint16_t FileCommands::current_fid() const {
  return files_.header(selection_.ef != kNoFile ? selection_.ef : selection_.directory).fid;
}

FileId FileCommands::find(const apdu::Command& command) const {
  const FileId here = selection_.directory;
  const bool fid_sized = command.data.size() == 2;
  const uint16_t fid = fid_sized ? ByteReader(command.data).u16() : uint16_t{0};
  switch (command.p1) {
    case kByFid:
      if (command.data.empty()) return kMf;
      return fid_sized ? files_.by_fid(here, selection_.adf, fid) : kNoFile;
    case kChildDirectory: {
      const FileId child = fid_sized ? files_.child_by_fid(here, fid) : kNoFile;
      return child != kNoFile && files_.header(child).is_directory() ? child : kNoFile;
    }
    case kParent: return files_.header(here).parent;
    case kByName: {
      const bool next = (command.p2 & kOccurrence) == kNextOccurrence;
      return files_.by_aid(command.data, next ? selection_.adf : kNoFile);
    }
    case kByPathFromMf: return files_.by_path(kMf, selection_.adf, command.data);
    case kByPathFromCurrent: return files_.by_path(here, selection_.adf, command.data);
    default: return kNoFile;
  }
}

void FileCommands::make_current(FileId id, const FileHeader& header) {
  selection_.record = 0;
  if (header.is_directory()) {
    selection_.directory = id;
    selection_.ef = kNoFile;
  } else {
    selection_.directory = header.parent;
    selection_.ef = id;
  }
  // The current ADF stays the one selected last, also from outside of it
  // (TS 102 221 §8.4.2), so that 7FFF finds it again.
  const FileId adf = files_.adf_of(selection_.directory);
  if (adf != kNoFile) selection_.adf = adf;
}

void FileCommands::select(const apdu::Command& command, apdu::Response& response) {
  switch (command.p1) {
    case kByFid:
    case kChildDirectory:
    case kParent:
    case kByName:
    case kByPathFromMf:
    case kByPathFromCurrent: break;
    default: return response.end(sw::kWrongP1P2);
  }
  if (!valid_select_p2(command.p1, command.p2)) return response.end(sw::kWrongP1P2);
  const bool wants_data = command.p1 != kParent && command.p1 != kByFid;
  if ((wants_data && command.data.empty()) ||
      (command.p1 == kByName && command.data.size() > kMaxAid)) {
    return response.end(sw::kWrongLength);
  }

  const FileId id = find(command);
  if (id == kNoFile) return response.end(sw::kFileNotFound);  // the selection stays
  const FileHeader header = files_.header(id);
  make_current(id, header);
  if (command.p1 == kByName && (command.p2 & kSession) == kTerminateSession) reset();
  if ((command.p2 & kReturn) != kReturnNothing) write_fcp_of(header, response);
  response.end(sw::kOk);
}

void FileCommands::status(const apdu::Command& command, apdu::Response& response) {
  if (command.p1 > 0x02) return response.end(sw::kWrongP1P2);
  switch (command.p2) {
    case 0x00: write_fcp_of(files_.header(selection_.directory), response); break;
    case 0x01:
      if (selection_.adf == kNoFile) return response.end(sw::kReferencedDataNotFound);
      write_tlv(response.data(), 0x84, files_.header(selection_.adf).aid_bytes());
      break;
    case 0x0C: break;
    default: return response.end(sw::kWrongP1P2);
  }
  response.end(sw::kOk);
}

FileCommands::Target FileCommands::open_ef(uint8_t sfi, bool record_based, AccessMode mode) {
  const FileId id = sfi == kNoSfi ? selection_.ef : files_.child_by_sfi(selection_.directory, sfi);
  if (id == kNoFile) {
    return {kNoFile, {}, sfi == kNoSfi ? sw::kNoEfSelected : sw::kFileNotFound};
  }
  Target target{id, files_.header(id), sw::kOk};
  if (target.header.is_record_based() != record_based) {
    target.status = sw::kIncompatibleFile;
    return target;
  }
  std::array<uint8_t, 255> rule;
  if (!allows(files_.access_rule(target.header, rule), mode, *this)) {
    target.status = sw::kSecurityStatus;
  } else if (target.header.life_cycle != LifeCycle::kActivated) {
    target.status = sw::kConditionsNotSatisfied;
  } else if (sfi != kNoSfi) {
    make_current(id, target.header);  // a command with SFI selects (TS 102 221 §8.4.3)
  }
  return target;
}

FileCommands::Target FileCommands::open_binary(const apdu::Command& command, AccessMode mode,
                                               size_t& offset) {
  const bool by_sfi = (command.p1 & 0x80) != 0;
  const auto sfi = static_cast<uint8_t>(command.p1 & 0x1F);
  if (by_sfi && ((command.p1 & 0x60) != 0 || sfi == kNoSfi || sfi == 0x1F)) {
    return {kNoFile, {}, sw::kWrongP1P2};
  }
  offset = by_sfi ? command.p2 : static_cast<size_t>(command.p1 << 8 | command.p2);
  Target target = open_ef(by_sfi ? sfi : kNoSfi, false, mode);
  if (target.status == sw::kOk && offset >= target.header.size) target.status = sw::kWrongOffset;
  return target;
}

void FileCommands::read_binary(const apdu::Command& command, apdu::Response& response) {
  size_t offset = 0;
  const Target target = open_binary(command, AccessMode::kRead, offset);
  if (target.status != sw::kOk) return response.end(target.status);
  const size_t left = target.header.size - offset;
  const size_t length = std::min({left, command.le, apdu::kMaxShortLe});
  const bool read =
      store_.read(Area::kFileBodies, target.header.body + offset, response.data().append(length));
  response.end(read ? sw::kOk : sw::kTechnicalProblem);
}

void FileCommands::update_binary(const apdu::Command& command, apdu::Response& response) {
  size_t offset = 0;
  if (command.data.empty()) return response.end(sw::kWrongLength);
  const Target target = open_binary(command, AccessMode::kUpdate, offset);
  if (target.status != sw::kOk) return response.end(target.status);
  if (command.data.size() > target.header.size - offset) return response.end(sw::kWrongLength);
  const bool written = store_.write(Area::kFileBodies, target.header.body + offset, command.data);
  response.end(written ? sw::kOk : sw::kMemoryProblem);
}

uint8_t FileCommands::resolve_record(const apdu::Command& command, const FileHeader& header) {
  const uint8_t count = header.record_count;
  const uint8_t current = selection_.record;
  const bool cyclic = header.type == FileType::kCyclic;
  uint8_t record = 0;
  switch (record_mode(command)) {
    case kAbsoluteRecord: record = command.p1 != 0 ? command.p1 : current; break;
    case kNextRecord:
      record = static_cast<uint8_t>(current + 1U);
      if (cyclic && current == count) record = 1;
      selection_.record = record > count ? current : record;
      break;
    default:
      record = current == 0 ? count : static_cast<uint8_t>(current - 1U);
      if (cyclic && current == 1) record = count;
      selection_.record = record == 0 ? current : record;
      break;
  }
  return record > count ? uint8_t{0} : record;
}

void FileCommands::read_record(const apdu::Command& command, apdu::Response& response) {
  if (!valid_record_mode(command)) return response.end(sw::kWrongP1P2);
  const Target target = open_ef(static_cast<uint8_t>(command.p2 >> 3), true, AccessMode::kRead);
  if (target.status != sw::kOk) return response.end(target.status);
  const FileHeader& header = target.header;
  if (command.le != header.record_length) {
    return response.end(static_cast<uint16_t>(sw::kWrongLe | header.record_length));
  }
  const uint8_t record = resolve_record(command, header);
  if (record == 0) return response.end(sw::kRecordNotFound);
  const bool read = store_.read(Area::kFileBodies, record_offset(header, record),
                                response.data().append(header.record_length));
  response.end(read ? sw::kOk : sw::kTechnicalProblem);
}

void FileCommands::update_record(const apdu::Command& command, apdu::Response& response) {
  if (!valid_record_mode(command)) return response.end(sw::kWrongP1P2);
  const Target target = open_ef(static_cast<uint8_t>(command.p2 >> 3), true, AccessMode::kUpdate);
  if (target.status != sw::kOk) return response.end(target.status);
  const FileHeader& header = target.header;
  const bool cyclic = header.type == FileType::kCyclic;
  if (cyclic && record_mode(command) != kPreviousRecord) return response.end(sw::kWrongP1P2);
  if (command.data.size() != header.record_length) return response.end(sw::kWrongLength);

  bool written = true;
  uint8_t record = 1;
  if (cyclic) {
    // The oldest record makes room: every other one moves one place back, and
    // the new one becomes record 1 (TS 102 221 §11.1.6).
    std::array<uint8_t, 255> moved;
    const auto room = std::span(moved).first(header.record_length);
    for (uint8_t to = header.record_count; to > 1 && written; --to) {
      const auto from = static_cast<uint8_t>(to - 1U);
      written = store_.read(Area::kFileBodies, record_offset(header, from), room) &&
                store_.write(Area::kFileBodies, record_offset(header, to), room);
    }
    selection_.record = 1;
  } else {
    record = resolve_record(command, header);
    if (record == 0) return response.end(sw::kRecordNotFound);
  }
  written = written && store_.write(Area::kFileBodies, record_offset(header, record), command.data);
  response.end(written ? sw::kOk : sw::kMemoryProblem);
}

}  // namespace scwsim::fs
