// Whatever a card gives to FETCH is answered with a well-formed TERMINAL
// RESPONSE. One input is several proactive commands to one terminal, each behind
// an octet of length.
#include <array>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <cstdlib>

#include "card/base/tlv.h"
#include "tools/terminal/toolkit.h"

using namespace scwsim;
using namespace scwsim::terminal;

namespace {

struct NoOwner final : Gateway::Owner, Timers::Owner {
  void on_gateway_work() override {}
  [[nodiscard]] uint64_t commands_sent() const override { return 0; }
  void on_listening(uint16_t, uint16_t) override {}
  void on_port_unavailable(uint16_t, uint16_t, const std::string&) override {}
  void on_timer_expired() override {}
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static boost::asio::io_context io;
  static NoOwner owner;
  // No channels: OPEN CHANNEL is read in full, and no sockets are opened.
  const Policy policy{.channels = 0};
  Gateway gateway(io, {}, policy, owner);
  Timers timers(io, owner);
  Toolkit toolkit(gateway, timers, policy);

  for (ByteReader reader(Bytes(data, size)); reader.left() > 0;) {
    const size_t length = reader.u8();
    const Bytes d0 = reader.take(std::min(length, reader.left()));
    std::array<uint8_t, kMaxCommandApdu> buffer{};
    Bytes response;
    toolkit.carry_out(d0, buffer, response);
    if (response.size() < 5 + 12 || response[4] != response.size() - 5) std::abort();
    const Result<TlvList> objects = TlvList::parse(response.subspan(5));
    if (!objects || !objects->find(tag::kResult)) std::abort();
  }
  timers.reset();
  io.poll();
  return 0;
}
