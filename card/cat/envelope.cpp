#include "card/cat/envelope.h"

namespace scwsim::cat {

namespace {
constexpr uint8_t kFirstEnvelope = 0xD1;
constexpr uint8_t kLastEnvelope = 0xDF;
}  // namespace

Result<Envelope> Envelope::parse(Bytes data) {
  ByteReader reader(data);
  const uint8_t outer = reader.peek();
  if (outer < kFirstEnvelope || outer > kLastEnvelope) return Fault{FaultCode::kBadTag, 0};
  reader.u8();
  const Bytes body = reader.take(read_length(reader));
  if (!reader.ok()) return Fault{FaultCode::kTruncated, data.size()};
  if (!reader.done()) return Fault{FaultCode::kTrailing, reader.offset()};
  const Result<TlvList> objects = TlvList::parse(body);
  if (!objects) {
    return Fault{objects.fault().code, data.size() - body.size() + objects.fault().offset};
  }
  return Envelope{outer, *objects};
}

std::optional<ChannelStatus> ChannelStatus::parse(Bytes value) {
  if (value.size() != 2) return std::nullopt;
  return ChannelStatus{
      static_cast<uint8_t>(value[0] & channel_status::kIdentifierMask),
      static_cast<uint8_t>(value[0] & channel_status::kStateMask),
      value[1],
  };
}

Result<EventDownload> EventDownload::parse(const Envelope& envelope) {
  EventDownload download;
  download.objects = envelope.objects;
  const auto list = envelope.objects.find(tag::kEventList);
  if (!list) return Fault{FaultCode::kMissing, 0};
  if (list->value.size() != 1) return Fault{FaultCode::kBadLength, 0};
  download.event = list->value[0];
  if (const auto status = envelope.objects.find(tag::kChannelStatus)) {
    download.channel_status = ChannelStatus::parse(status->value);
    if (!download.channel_status) return Fault{FaultCode::kBadLength, 0};
  }
  bool has_length = false;
  if (const auto length = envelope.objects.find(tag::kChannelDataLength)) {
    if (length->value.size() != 1) return Fault{FaultCode::kBadLength, 0};
    download.data_length = length->value[0];
    has_length = true;
  }
  const bool needs_status =
      download.event == event::kDataAvailable || download.event == event::kChannelStatus;
  if (needs_status && !download.channel_status) return Fault{FaultCode::kMissing, 0};
  if (download.event == event::kDataAvailable && !has_length) return Fault{FaultCode::kMissing, 0};
  return download;
}

}  // namespace scwsim::cat
