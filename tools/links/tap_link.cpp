#include "tools/links/tap_link.h"

namespace scwsim::links {

TapLink::TapLink(CardLink& link, ApduObserver& observer) : link_(link), observer_(observer) {
  link_.set_receiver(*this);
}

void TapLink::power_on() { link_.power_on(); }

void TapLink::reset() { link_.reset(); }

void TapLink::power_off() { link_.power_off(); }

void TapLink::transmit(Bytes command) {
  command_ = command;
  link_.transmit(command);
}

void TapLink::on_atr(Bytes atr) {
  observer_.on_atr(std::chrono::system_clock::now(), atr);
  receiver().on_atr(atr);
}

void TapLink::on_response(Bytes response) {
  observer_.on_exchange(std::chrono::system_clock::now(), command_, response);
  receiver().on_response(response);
}

void TapLink::on_lost(std::string_view reason) { receiver().on_lost(reason); }

}  // namespace scwsim::links
