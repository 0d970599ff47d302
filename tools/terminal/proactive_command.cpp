#include "tools/terminal/proactive_command.h"

#include <algorithm>

namespace scwsim::terminal {

namespace {

constexpr uint16_t kFirstLongTag = 0x7F;

// Command details and device identities, from whatever objects can be read: even
// a command that is cut short is answered with its own details.
void read_leading_objects(Bytes body, ProactiveCommand& command) {
  bool has_details = false;
  bool has_devices = false;
  for (ByteReader reader(body); reader.left() > 0;) {
    const ComprehensionTlv tlv = read_comprehension_tlv(reader);
    if (!reader.ok()) {
      command.fault = cat::result::kDataNotUnderstood;
      break;
    }
    ByteReader value(tlv.value);
    if (tlv.tag == cat::tag::kCommandDetails && !has_details && tlv.value.size() == 3) {
      command.details = {value.u8(), value.u8(), value.u8(), tlv.comprehension_required};
      has_details = true;
    } else if (tlv.tag == cat::tag::kDeviceIdentities && !has_devices && tlv.value.size() == 2) {
      command.source = value.u8();
      command.destination = value.u8();
      has_devices = true;
    } else if (tlv.tag >= kFirstLongTag && tlv.comprehension_required) {
      command.fault = cat::result::kDataNotUnderstood;  // §6.10: none of these is known here
    }
  }
  if (command.fault == cat::result::kPerformed && !(has_details && has_devices)) {
    command.fault = cat::result::kValuesMissing;
  }
}

}  // namespace

uint8_t ProactiveCommand::channel() const {
  const auto number = static_cast<uint8_t>(destination - cat::device::kChannel);
  return number <= cat::kMaxChannels ? number : uint8_t{0};
}

ProactiveCommand ProactiveCommand::decode(Bytes d0) {
  ProactiveCommand command;
  ByteReader reader(d0);
  const uint8_t tag = reader.u8();
  const size_t length = read_length(reader);
  const bool whole = reader.ok() && tag == cat::ber::kProactiveCommand && length == reader.left();
  if (!whole) command.fault = cat::result::kDataNotUnderstood;
  if (!reader.ok() || tag != cat::ber::kProactiveCommand) return command;

  const Bytes body = reader.take(std::min(length, reader.left()));
  read_leading_objects(body, command);
  if (const Result<TlvList> objects = TlvList::parse(body)) command.objects = *objects;
  return command;
}

}  // namespace scwsim::terminal
