#include "card/apdu/command.h"

namespace scwsim::apdu {

namespace {

// Le of `octets` octets: 00 stands for the most that the form can say.
size_t read_le(ByteReader& reader, bool extended) {
  const size_t le = extended ? reader.u16() : reader.u8();
  if (le != 0) return le;
  return extended ? kMaxExtendedLe : kMaxShortLe;
}

}  // namespace

Class Command::command_class() const {
  switch (cla >> 4) {
    case 0x0:
    case 0x4:
    case 0x6: return Class::kInterindustry;
    case 0x8:
    case 0xC:
    case 0xE: return Class::kToolkit;
    default: return Class::kUnknown;
  }
}

uint8_t Command::channel() const {
  const bool further = (cla & 0x40) != 0;  // channels 4..19
  return static_cast<uint8_t>(further ? (cla & 0x0F) + 4 : cla & 0x03);
}

bool Command::secure_messaging() const {
  const bool further = (cla & 0x40) != 0;
  return further ? (cla & 0x20) != 0 : (cla & 0x0C) != 0;
}

Result<Command> Command::parse(Bytes bytes) {
  ByteReader reader(bytes);
  Command c;
  c.cla = reader.u8();
  c.ins = reader.u8();
  c.p1 = reader.u8();
  c.p2 = reader.u8();
  if (!reader.ok()) return Fault{FaultCode::kTruncated, bytes.size()};
  if (reader.done()) return c;  // case 1

  if (reader.left() == 1) {  // case 2
    c.le = read_le(reader, false);
    return c;
  }
  size_t lc = reader.u8();
  if (lc == 0) {
    c.extended = true;
    if (reader.left() == 2) {  // case 2, extended
      c.le = read_le(reader, true);
      return c;
    }
    lc = reader.u16();
    if (reader.ok() && lc == 0) return Fault{FaultCode::kBadLength, 5};
  }
  c.data = reader.take(lc);
  if (!reader.ok()) return Fault{FaultCode::kTruncated, bytes.size()};
  if (reader.left() > 0) c.le = read_le(reader, c.extended);
  if (!reader.ok()) return Fault{FaultCode::kTruncated, bytes.size()};
  if (!reader.done()) return Fault{FaultCode::kTrailing, reader.offset()};
  return c;
}

}  // namespace scwsim::apdu
