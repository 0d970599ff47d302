// The tap on a link: passes everything on, and tells of it.
#include "tools/links/tap_link.h"

#include <catch2/catch.hpp>
#include <string>

#include "tests/support/scripted_card.h"
#include "tools/links/in_process_link.h"

using namespace scwsim;
using namespace scwsim::tests;

namespace {

struct Listener final : links::ApduObserver, links::CardReceiver {
  void on_atr(Time, Bytes atr) override { heard += "atr " + to_hex(atr) + "\n"; }
  void on_exchange(Time time, Bytes command, Bytes response) override {
    CHECK(time.time_since_epoch().count() > 0);
    heard += to_hex(command) + " " + to_hex(response) + "\n";
  }
  void on_atr(Bytes atr) override { received += "atr " + to_hex(atr) + "\n"; }
  void on_response(Bytes response) override { received += to_hex(response) + "\n"; }
  void on_lost(std::string_view reason) override { received += std::string(reason) + "\n"; }
  std::string heard;
  std::string received;
};

}  // namespace

TEST_CASE("a tap hears what goes by and changes nothing") {
  ScriptedCard card;
  links::InProcessLink<ScriptedCard> link(card);
  Listener listener;
  links::TapLink tap(link, listener);
  tap.set_receiver(listener);
  const Octets command = "80F20000"_x;
  const std::string atr = "atr 3B9F96801F878031E073FE211B674A4C753034054BA9\n";

  tap.power_on();
  tap.transmit(command);
  tap.reset();
  card.mute = true;
  tap.transmit(command);
  tap.power_off();
  CHECK(listener.heard == atr + "80F20000 9000\n" + atr);
  CHECK(listener.received == atr + "9000\n" + atr + "the card is mute\n");
  CHECK(card.power_ons == 1);
  CHECK(card.resets == 1);
  CHECK(card.power_offs == 1);
}
