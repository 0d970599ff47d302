// An APDU exchange as a GSMTAP packet (version 2, type SIM) in UDP in IPv4, in
// the form in which Wireshark's gsm_sim dissector reads it: a T=0 exchange, that
// is CLA INS P1 P2 P3, data of either direction, SW1 SW2 (TS 102 221 §7.3.1).
#pragma once

#include <cstdint>
#include <vector>

#include "card/base/bytes.h"

namespace scwsim::trace {

/// GSMTAP's sub-types of the type SIM.
enum class SimType : uint8_t { kApdu = 0, kAtr = 1 };

/// The exchange in T=0 form, in `out`. Returns whether that holds the octets of
/// command and response just as they were; not so for
///  - case 1: P3 is added;
///  - case 2: P3 becomes the number of octets that the card gave, since the
///    dissector takes as many whatever the status word (FETCH: at least 02);
///  - case 4: Le is left out;
///  - extended length: written in short form where the data allow it.
/// A command that is no APDU stands there as it is.
bool to_t0(Bytes command, Bytes response, std::vector<uint8_t>& out);

/// An IPv4 packet with `payload` behind UDP (port 4729) and GSMTAP headers.
void wrap_gsmtap(SimType type, Bytes payload, std::vector<uint8_t>& out);

}  // namespace scwsim::trace
