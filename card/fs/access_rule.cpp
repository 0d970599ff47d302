#include "card/fs/access_rule.h"

#include "card/base/tlv.h"

namespace scwsim::fs {

namespace {

// Data objects of an expanded rule.
constexpr uint16_t kAccessModeByte = 0x80;
constexpr uint16_t kAccessModeFirst = 0x80;  // 80..8F: access mode data objects
constexpr uint16_t kAccessModeLast = 0x8F;
constexpr uint16_t kAlways = 0x90;
constexpr uint16_t kNever = 0x97;
constexpr uint16_t kAuthentication = 0xA4;  // control reference template with a key reference
constexpr uint16_t kKeyReference = 0x83;
constexpr uint16_t kOr = 0xA0;
constexpr uint16_t kAnd = 0xAF;

// A template counts only whole: what is malformed behind its first half grants
// nothing either.
bool key_reference_satisfied(Bytes crt, const SecurityState& security) {
  Bytes reference;
  ByteReader reader(crt);
  while (reader.left() > 0) {
    const BerTlv object = read_ber_tlv(reader);
    if (object.tag == kKeyReference && reference.empty()) reference = object.value;
  }
  return reader.ok() && reference.size() == 1 && security.satisfied(reference[0]);
}

bool simple_condition(const BerTlv& condition, const SecurityState& security) {
  switch (condition.tag) {
    case kAlways: return condition.value.empty();
    case kAuthentication: return key_reference_satisfied(condition.value, security);
    case kNever:
    default: return false;
  }
}

// OR and AND templates hold simple conditions only, here: no nesting, no
// recursion.
bool holds(const BerTlv& condition, const SecurityState& security) {
  if (condition.tag != kOr && condition.tag != kAnd) return simple_condition(condition, security);
  bool one = false;
  bool all = !condition.value.empty();
  for (ByteReader reader(condition.value); reader.left() > 0;) {
    const BerTlv part = read_ber_tlv(reader);
    if (!reader.ok()) return false;
    const bool holds_too = simple_condition(part, security);
    one = one || holds_too;
    all = all && holds_too;
  }
  return condition.tag == kOr ? one : all;
}

bool is_access_mode(uint16_t tag) { return tag >= kAccessModeFirst && tag <= kAccessModeLast; }

}  // namespace

bool allows(Bytes record, AccessMode mode, const SecurityState& security) {
  bool covered = false;  // whether the last access mode object names `mode`
  for (ByteReader reader(record); reader.left() > 0 && reader.peek() != 0xFF;) {
    const BerTlv object = read_ber_tlv(reader);
    if (!reader.ok()) return false;
    if (is_access_mode(object.tag)) {
      covered = object.tag == kAccessModeByte && object.value.size() == 1 &&
                (object.value[0] & static_cast<uint8_t>(mode)) != 0;
    } else if (covered && holds(object, security)) {
      return true;
    }
  }
  return false;
}

}  // namespace scwsim::fs
