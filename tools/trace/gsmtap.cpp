#include "tools/trace/gsmtap.h"

#include <algorithm>

namespace scwsim::trace {

namespace {

constexpr size_t kHeader = 4;  // CLA INS P1 P2
constexpr uint8_t kInsFetch = 0x12;
constexpr uint8_t kSmallestFetch = 0x02;
constexpr size_t kMostShortData = 0xFF;

constexpr size_t kIpv4Header = 20;
constexpr size_t kUdpHeader = 8;
constexpr size_t kGsmtapHeader = 16;
constexpr uint16_t kGsmtapPort = 4729;
constexpr uint32_t kLoopback = 0x7F000001;
constexpr uint8_t kUdp = 17;
constexpr uint8_t kGsmtapVersion = 2;
constexpr uint8_t kGsmtapSim = 4;
constexpr size_t kMostPayload = 0xFFFF - kIpv4Header - kUdpHeader - kGsmtapHeader;

// The data field of a command APDU, short or extended (ISO/IEC 7816-3 §12.1.3).
Bytes command_data(Bytes command) {
  ByteReader body(command.subspan(kHeader));
  if (body.left() <= 1) return {};  // cases 1 and 2
  size_t lc = body.u8();
  if (lc == 0) {
    lc = body.u16();
    if (body.left() == 0) return {};  // case 2, extended
  }
  return body.take(lc);
}

uint16_t ipv4_checksum(Bytes header) {
  uint32_t sum = 0;
  for (ByteReader reader(header); reader.left() > 0;) sum += reader.u16();
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

void append(std::vector<uint8_t>& out, Bytes bytes) {
  // Not insert(): GCC 12 sees an overflow in it that is none.
  const size_t size = out.size();
  out.resize(size + bytes.size());
  std::ranges::copy(bytes, out.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace

bool to_t0(Bytes command, Bytes response, std::vector<uint8_t>& out) {
  out.clear();
  const Bytes data = command.size() > kHeader ? command_data(command) : Bytes{};
  if (command.size() < kHeader || data.size() > kMostShortData || response.size() < 2) {
    append(out, command);
    append(out, response);
    return true;
  }
  size_t p3 = data.size();
  if (data.empty() && command.size() > kHeader) {
    p3 = response.size() - 2;
    if (command[1] == kInsFetch) p3 = std::max<size_t>(p3, kSmallestFetch);
  }
  append(out, command.first(kHeader));
  out.push_back(static_cast<uint8_t>(p3));
  append(out, data);
  const bool same = equal(out, command);
  append(out, response);
  return same;
}

void wrap_gsmtap(SimType type, Bytes payload, std::vector<uint8_t>& out) {
  payload = payload.first(std::min(payload.size(), kMostPayload));
  const size_t udp_length = kUdpHeader + kGsmtapHeader + payload.size();
  out.resize(kIpv4Header + udp_length);
  ByteWriter writer(out);

  writer.u8(0x45);  // version 4, header of five words
  writer.u8(0);
  writer.u16(static_cast<uint16_t>(out.size()));
  writer.u32(0);  // not a fragment
  writer.u8(64);  // time to live
  writer.u8(kUdp);
  writer.u16(0);  // checksum: below
  writer.u32(kLoopback);
  writer.u32(kLoopback);
  const uint16_t checksum = ipv4_checksum(writer.written());
  writer.patch_u8(10, static_cast<uint8_t>(checksum >> 8));
  writer.patch_u8(11, static_cast<uint8_t>(checksum));

  writer.u16(kGsmtapPort);
  writer.u16(kGsmtapPort);
  writer.u16(static_cast<uint16_t>(udp_length));
  writer.u16(0);  // no checksum

  writer.u8(kGsmtapVersion);
  writer.u8(kGsmtapHeader / 4);
  writer.u8(kGsmtapSim);
  writer.u8(0);   // time slot
  writer.u32(0);  // ARFCN, signal, noise
  writer.u32(0);  // frame number
  writer.u8(static_cast<uint8_t>(type));
  writer.u8(0);  // antenna, sub-slot, reserved
  writer.u16(0);
  writer.bytes(payload);
}

}  // namespace scwsim::trace
