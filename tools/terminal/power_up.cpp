#include "tools/terminal/power_up.h"

#include <algorithm>
#include <iterator>

#include "card/base/hex.h"
#include "card/base/tlv.h"

namespace scwsim::terminal {

namespace {

constexpr std::array<uint8_t, 7> kUsimPrefix = {0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02};

constexpr uint16_t kFcpTemplate = 0x62;
constexpr uint16_t kFileSize = 0x80;
constexpr uint16_t kFileDescriptor = 0x82;
constexpr uint16_t kApplicationTemplate = 0x61;
constexpr uint16_t kApplicationIdentifier = 0x4F;

constexpr uint16_t kEfIccid = 0x2FE2;
constexpr uint16_t kEfDir = 0x2F00;
constexpr uint8_t kMostRead = 0xFF;

constexpr uint8_t kInterindustry = 0x00;
constexpr uint8_t kToolkit = 0x80;
constexpr uint8_t kSelect = 0xA4;
constexpr uint8_t kReadBinary = 0xB0;
constexpr uint8_t kReadRecord = 0xB2;
constexpr uint8_t kTerminalProfile = 0x10;
constexpr uint8_t kStatus = 0xF2;

constexpr uint8_t kByFileId = 0x00;  // P1 of SELECT
constexpr uint8_t kByAid = 0x04;
constexpr uint8_t kReturnFcp = 0x04;           // P2 of SELECT
constexpr uint8_t kAbsolute = 0x04;            // P2 of READ RECORD
constexpr uint8_t kApplicationRunning = 0x01;  // P1 of STATUS
constexpr uint8_t kReturnAid = 0x01;           // P2 of STATUS

void header(ByteWriter& command, uint8_t cla, uint8_t ins, uint8_t p1, uint8_t p2) {
  for (const uint8_t octet : {cla, ins, p1, p2}) command.u8(octet);
}

bool is_success(uint16_t status) { return status == 0x9000 || (status >> 8) == 0x91; }

}  // namespace

std::optional<FileInfo> parse_fcp(Bytes fcp) {
  ByteReader reader(fcp);
  const BerTlv outer = read_ber_tlv(reader);
  if (!reader.done() || outer.tag != kFcpTemplate) return std::nullopt;
  FileInfo info;
  for (ByteReader objects(outer.value); objects.left() > 0;) {
    const BerTlv object = read_ber_tlv(objects);
    if (!objects.ok()) return std::nullopt;
    ByteReader value(object.value);
    if (object.tag == kFileSize && value.left() == 2) info.size = value.u16();
    if (object.tag == kFileDescriptor && value.left() == 5) {
      value.take(2);  // file descriptor, data coding
      const uint16_t length = value.u16();
      if (length > kMostRead) return std::nullopt;
      info.record_length = static_cast<uint8_t>(length);
      info.record_count = value.u8();
    }
  }
  return info;
}

Bytes usim_aid(Bytes record) {
  ByteReader reader(record);
  const BerTlv outer = read_ber_tlv(reader);
  if (!reader.ok() || outer.tag != kApplicationTemplate) return {};
  for (ByteReader objects(outer.value); objects.left() > 0;) {
    const BerTlv object = read_ber_tlv(objects);
    if (!objects.ok()) return {};
    const bool found = object.tag == kApplicationIdentifier && object.value.size() <= 16 &&
                       object.value.size() >= kUsimPrefix.size() &&
                       equal(object.value.first(kUsimPrefix.size()), kUsimPrefix);
    if (found) return object.value;
  }
  return {};
}

std::string iccid_digits(Bytes content) {
  std::string digits;
  for (const uint8_t octet : content) {
    for (const int nibble : {octet & 0x0F, octet >> 4}) {
      if (nibble <= 9) digits.push_back(static_cast<char>('0' + nibble));
    }
  }
  return digits;
}

const PowerUp::Step PowerUp::kSteps[] = {
    {"MF", Action::kSelect, 0x3F00, true},
    {"EF.ICCID", Action::kRead, kEfIccid, true},
    {"EF.PL", Action::kRead, 0x2F05, false},
    {"TERMINAL PROFILE", Action::kProfile, 0, false},
    {"EF.DIR", Action::kReadRecords, kEfDir, false},
    {"ADF.USIM", Action::kSelectUsim, 0, false},
    {"EF.ECC", Action::kReadRecords, 0x6FB7, false},
    {"EF.LI", Action::kRead, 0x6F05, false},
    {"EF.AD", Action::kRead, 0x6FAD, false},
    {"EF.IMSI", Action::kRead, 0x6F07, false},
    {"EF.ACC", Action::kRead, 0x6F78, false},
    {"EF.LOCI", Action::kRead, 0x6F7E, false},
    {"EF.PSLOCI", Action::kRead, 0x6F73, false},
    {"EF.UST", Action::kRead, 0x6F38, false},
    {"EF.EST", Action::kRead, 0x6F56, false},
    {"EF.SPN", Action::kRead, 0x6F46, false},
    {"STATUS", Action::kStatus, 0, false},
};

PowerUp::PowerUp(std::vector<uint8_t> profile) : profile_(std::move(profile)) {
  profile_.resize(std::min<size_t>(profile_.size(), kMostRead));
}

const size_t PowerUp::kStepCount = std::size(PowerUp::kSteps);

void PowerUp::begin() {
  iccid_.clear();
  start(true);
}

// The card keeps the profile as long as its session lasts (TS 102 223 §5.2).
void PowerUp::read_again() { start(false); }

void PowerUp::start(bool with_profile) {
  with_profile_ = with_profile;
  step_ = 0;
  selected_ = false;
  aid_.clear();
  failure_.reset();
}

void PowerUp::advance() {
  selected_ = false;
  ++step_;
  const bool without_profile = !with_profile_ || profile_.empty();
  if (step_ < kStepCount && kSteps[step_].action == Action::kProfile && without_profile) ++step_;
  // What follows ADF.USIM is in it.
  const bool no_usim =
      step_ < kStepCount && kSteps[step_].action == Action::kSelectUsim && aid_.empty();
  if (step_ >= kStepCount || no_usim) step_ = kDone;
}

Bytes PowerUp::next_command() {
  if (done()) return {};
  const Step& step = kSteps[step_];
  ByteWriter command(command_);
  switch (step.action) {
    case Action::kSelect: select_file(command, step); break;
    case Action::kRead:
    case Action::kReadRecords:
      if (selected_) {
        read_file(command, step);
      } else {
        select_file(command, step);
      }
      break;
    case Action::kProfile:
      header(command, kToolkit, kTerminalProfile, 0, 0);
      command.u8(static_cast<uint8_t>(profile_.size()));
      command.bytes(profile_);
      break;
    case Action::kSelectUsim:
      header(command, kInterindustry, kSelect, kByAid, kReturnFcp);
      command.u8(static_cast<uint8_t>(aid_.size()));
      command.bytes(aid_);
      break;
    case Action::kStatus:
      header(command, kToolkit, kStatus, kApplicationRunning, kReturnAid);
      command.u8(0);
      break;
  }
  return command.written();
}

void PowerUp::select_file(ByteWriter& command, const Step& step) const {
  header(command, kInterindustry, kSelect, kByFileId, kReturnFcp);
  command.u8(2);
  command.u16(step.file);
}

void PowerUp::read_file(ByteWriter& command, const Step& step) const {
  if (step.action == Action::kReadRecords) {
    header(command, kInterindustry, kReadRecord, static_cast<uint8_t>(position_ + 1), kAbsolute);
    command.u8(file_.record_length);
  } else {
    header(command, kInterindustry, kReadBinary, static_cast<uint8_t>(position_ >> 8),
           static_cast<uint8_t>(position_));
    command.u8(static_cast<uint8_t>(std::min<unsigned>(end(step) - position_, kMostRead)));
  }
}

// How far a file is read: in records, or in octets that READ BINARY can address.
uint16_t PowerUp::end(const Step& step) const {
  if (step.action == Action::kReadRecords) {
    return file_.record_length == 0 ? uint16_t{0} : file_.record_count;
  }
  return std::min<uint16_t>(file_.size, 0x7FFF);
}

void PowerUp::on_response(Bytes data, uint16_t status) {
  if (done()) return;
  const Step& step = kSteps[step_];
  if (!is_success(status)) {
    if (step.mandatory) {
      const std::array<uint8_t, 2> sw = {static_cast<uint8_t>(status >> 8),
                                         static_cast<uint8_t>(status)};
      failure_ = std::string(step.name) + ": status word " + to_hex(sw);
    }
    if (step.action == Action::kSelectUsim) {
      step_ = kDone;
      return;
    }
    return advance();
  }
  const bool is_file = step.action == Action::kRead || step.action == Action::kReadRecords;
  if (!is_file) return advance();
  if (selected_) {
    on_read(step, data);
  } else {
    on_selected(step, data);
  }
}

void PowerUp::on_selected(const Step& step, Bytes data) {
  const std::optional<FileInfo> info = parse_fcp(data);
  if (!info && step.mandatory) failure_ = std::string(step.name) + ": no FCP template";
  if (!info) return advance();
  file_ = *info;
  position_ = 0;
  selected_ = true;
  if (end(step) == 0) advance();
}

void PowerUp::on_read(const Step& step, Bytes data) {
  if (step.file == kEfIccid) {
    if (position_ == 0) iccid_.clear();
    iccid_ += iccid_digits(data);
  }
  if (step.file == kEfDir && aid_.empty()) {
    const Bytes aid = usim_aid(data);
    aid_.assign(aid.begin(), aid.end());
  }
  const size_t read = step.action == Action::kReadRecords ? 1 : data.size();
  position_ = static_cast<uint16_t>(std::min<size_t>(position_ + read, end(step)));
  if (read == 0 || position_ == end(step)) advance();
}

}  // namespace scwsim::terminal
