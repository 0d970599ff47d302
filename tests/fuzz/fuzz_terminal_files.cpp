// What a card says of its files: FCP templates, records of EF.DIR, and the whole
// power-up with responses from the input.
#include <cstdint>
#include <cstdlib>

#include "tools/terminal/power_up.h"

using namespace scwsim;
using namespace scwsim::terminal;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Bytes input(data, size);
  parse_fcp(input);
  const Bytes aid = usim_aid(input);
  if (!aid.empty() && (aid.size() < 7 || aid.size() > 16)) std::abort();

  PowerUp power_up({0x01});
  power_up.begin();
  ByteReader reader(input);
  for (size_t commands = 0; !power_up.next_command().empty(); ++commands) {
    if (reader.left() == 0) {
      power_up.on_response({}, 0x6A82);
      continue;
    }
    const size_t length = reader.u8();
    power_up.on_response(reader.take(std::min(length, reader.left())), 0x9000);
    if (commands > size + 64) std::abort();  // it must come to an end
  }
  if (!power_up.done()) std::abort();
  return 0;
}
