// A terminal whose card answers with octets from the input: response APDUs, each
// behind an octet of length; mute at the end of it.
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <cstdlib>

#include "tools/links/in_process_link.h"
#include "tools/terminal/terminal.h"

using namespace scwsim;

namespace {

class FuzzedCard {
 public:
  explicit FuzzedCard(Bytes input) : reader_(input) {}
  Bytes power_on() { return next(); }
  Bytes reset() { return next(); }
  void power_off() {}
  Bytes transmit(Bytes command) {
    if (command.size() < 4 || command.size() > terminal::kMaxCommandApdu) std::abort();
    return next();
  }

 private:
  Bytes next() {
    const size_t length = reader_.u8();
    return reader_.take(std::min(length, reader_.left()));
  }
  ByteReader reader_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  boost::asio::io_context io;
  FuzzedCard card(Bytes(data, size));
  links::InProcessLink<FuzzedCard> link(card);
  terminal::Terminal terminal(io, link,
                              {.profile = {0xFF}, .ports = {}, .policy = {.channels = 0}});
  terminal.start();
  // Each turn uses up some of the input: the card falls mute in the end.
  for (size_t n = 0; n <= size && terminal.statistics().commands > 0; ++n) {
    terminal.poll_soon();
    io.poll();
    io.restart();
  }
  terminal.stop();
  io.run();
  return 0;
}
