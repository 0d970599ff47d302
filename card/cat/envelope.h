// Reading ENVELOPE (TS 102 223 §7): the outer BER-TLV and, for the events of BIP
// channels, what they say.
#pragma once

#include <optional>

#include "card/base/tlv.h"
#include "card/cat/values.h"

namespace scwsim::cat {

struct Envelope {
  uint8_t tag = 0;  ///< D1..DF, see cat::ber
  TlvList objects;

  /// Decodes the data of the command: one BER-TLV of objects and nothing behind
  /// it. Faults: kBadTag (not D1..DF), kTruncated, kTrailing, or that of an
  /// object. Views `data`.
  static Result<Envelope> parse(Bytes data);
};

/// Channel status as it stands in events and responses (TS 102 223 §8.56).
struct ChannelStatus {
  uint8_t channel = 0;  ///< 1..7; 0: no channel
  uint8_t state = 0;    ///< b8 b7, see cat::channel_status
  uint8_t info = 0;     ///< second octet

  /// Reads the value of an object 38; nothing when it has not two octets.
  static std::optional<ChannelStatus> parse(Bytes value);
};

/// An event of the event list (TS 102 223 §7.5).
struct EventDownload {
  uint8_t event = 0;
  std::optional<ChannelStatus> channel_status;
  uint8_t data_length = 0;  ///< channel data length; FF: 255 or more
  TlvList objects;

  /// Decodes an envelope D6. Faults: kMissing without event, or without the
  /// channel status that both channel events must carry; kBadLength.
  static Result<EventDownload> parse(const Envelope& envelope);
};

}  // namespace scwsim::cat
