#include "tools/trace/apdu_trace.h"

#include <utility>

#include "card/base/hex.h"
#include "tools/trace/gsmtap.h"

namespace scwsim::trace {

void ApduTrace::on_exchange(Time time, Bytes command, Bytes response) {
  const bool same = to_t0(command, response, exchange_);
  wrap_gsmtap(SimType::kApdu, exchange_, packet_);
  write(time, same ? std::string() : "C-APDU " + to_hex(command) + " R-APDU " + to_hex(response));
}

void ApduTrace::on_atr(Time time, Bytes atr) {
  wrap_gsmtap(SimType::kAtr, atr, packet_);
  write(time, "ATR");
}

void ApduTrace::write(Time time, std::string_view comment) {
  file_.write(time, packet_, comment);
  if (file_.error() && on_error_) std::exchange(on_error_, nullptr)(*file_.error());
}

}  // namespace scwsim::trace
