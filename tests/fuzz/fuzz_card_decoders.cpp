// The card's decoders of outside bytes, each alone on the same input: what they
// give lies within it and accounts for all of it, and an access rule that is cut
// short allows nothing that the whole would not.
#include <array>
#include <cstdlib>

#include "card/apdu/command.h"
#include "card/cat/envelope.h"
#include "card/cat/terminal_profile.h"
#include "card/cat/terminal_response.h"
#include "card/fs/access_rule.h"

using namespace scwsim;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_within(Bytes part, Bytes whole) {
  require(part.empty() || (part.data() >= whole.data() && part.size() <= whole.size() &&
                           part.data() + part.size() <= whole.data() + whole.size()));
}

void check_command(Bytes input) {
  const Result<apdu::Command> command = apdu::Command::parse(input);
  if (!command) return require(command.fault().offset <= input.size());
  require_within(command->data, input);
  require(command->le <= (command->extended ? apdu::kMaxExtendedLe : apdu::kMaxShortLe));
  require(command->channel() < 20);
  (void)command->command_class();
  (void)command->secure_messaging();
  size_t size = 4 + command->data.size();
  const bool data = !command->data.empty();
  if (command->extended) {
    size += 1U + (data ? 2U : 0U) + (command->le > 0 ? 2U : 0U);
  } else {
    size += (data ? 1U : 0U) + (command->le > 0 ? 1U : 0U);
  }
  require(size == input.size());
}

void check_objects(const TlvList& list, Bytes whole) {
  ByteReader reader = list.reader();
  while (reader.left() > 0) {
    const ComprehensionTlv tlv = read_comprehension_tlv(reader);
    require(reader.ok() && tlv.tag != 0);
    require_within(tlv.value, whole);
    require(list.find(tlv.tag).has_value());
  }
}

void check_ber(Bytes input) {
  for (ByteReader reader(input); reader.left() > 0;) {
    const BerTlv tlv = read_ber_tlv(reader);
    if (!reader.ok()) return require(tlv.value.empty());
    require_within(tlv.value, input);
  }
}

void check_toolkit(Bytes input) {
  if (const auto list = TlvList::parse(input)) {
    check_objects(*list, input);
  } else {
    require(list.fault().offset < input.size());
  }
  if (const auto response = cat::TerminalResponse::parse(input)) {
    require_within(response->additional, input);
    check_objects(response->objects, input);
    (void)cat::name_of(response->type);
  } else {
    require(response.fault().offset <= input.size());
  }
  const auto envelope = cat::Envelope::parse(input);
  if (!envelope) return require(envelope.fault().offset <= input.size());
  check_objects(envelope->objects, input);
  const auto download = cat::EventDownload::parse(*envelope);
  if (!download || !download->channel_status) return;
  require(download->channel_status->channel <= cat::kMaxChannels);
}

void check_profile(Bytes input) {
  const cat::TerminalProfile profile(input);
  require(profile.octets().size() == std::min(input.size(), cat::kMaxTerminalProfile));
  for (const cat::AbilityBit& bit : cat::abilities()) {
    const bool set = bit.octet <= input.size() && (input[bit.octet - 1U] & bit.mask) != 0;
    require(profile.has(bit.ability) == set);
  }
  require(profile.channels() <= cat::kMaxChannels);
  (void)profile.supports_server_mode();
}

/// PIN1, every PIN, or none.
class Shown : public fs::SecurityState {
 public:
  enum Pins { kNone, kPin1, kAll };
  explicit Shown(Pins pins) : pins_(pins) {}
  [[nodiscard]] bool satisfied(uint8_t reference) const override {
    return pins_ == kAll || (pins_ == kPin1 && reference == 0x01);
  }

 private:
  Pins pins_;
};

void check_rule(Bytes record) {
  using fs::AccessMode;
  for (const AccessMode mode :
       {AccessMode::kRead, AccessMode::kUpdate, AccessMode::kDeactivate, AccessMode::kActivate}) {
    bool less = false;
    for (const auto pins : {Shown::kNone, Shown::kPin1, Shown::kAll}) {
      const Shown shown(pins);
      const bool allowed = fs::allows(record, mode, shown);
      require(allowed || !less);  // showing a PIN takes nothing away
      less = allowed;
      if (allowed) continue;
      for (size_t n = 0; n < record.size(); ++n) {
        require(!fs::allows(record.first(n), mode, shown));
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes input(data, size);
  check_command(input);
  check_ber(input);
  check_toolkit(input);
  check_profile(input);
  check_rule(input.first(std::min<size_t>(size, 255)));
  return 0;
}
