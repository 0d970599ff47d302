#include "card/uicc/uicc.h"

#include "card/uicc/http_policy.h"
#include "card/uicc/instructions.h"
#include "card/uicc/parts.h"

namespace scwsim {

namespace sw = apdu::sw;
using apdu::Command;
using apdu::Response;
using store::Area;

namespace {

// Whether data and Le of `command` are of that shape. A header alone, or with
// P3 = 00, says in T=0 what in words would be "no data" or "256 wanted".
bool fits_shape(Command& command, Shape shape) {
  if (command.extended) return false;  // not announced in the ATR
  switch (shape) {
    case Shape::kCase2:
      if (command.le == 0) command.le = apdu::kMaxShortLe;
      return command.data.empty();
    case Shape::kCase3:
      if (command.data.empty()) return command.le == 0 || command.le == apdu::kMaxShortLe;
      return command.le == 0;
    case Shape::kCase4: return true;
  }
  return false;
}

// The checks in the order of TS 102 221 §10.2.2, then the command itself.
const Instruction* execute(Parts& card, Bytes octets, Command& command, Response& response) {
  const Result<Command> parsed = Command::parse(octets);
  if (!parsed) {
    card.waiting.drop();
    response.end(sw::kWrongLength);
    return nullptr;
  }
  command = *parsed;
  const bool get_response = command.command_class() == apdu::Class::kInterindustry &&
                            command.ins == apdu::WaitingResponse::kIns;
  if (!get_response) card.waiting.drop();
  bool class_known = false;
  const Instruction* instruction =
      find_instruction(command.command_class(), command.ins, class_known);
  if (instruction == nullptr && !get_response) {
    response.end(class_known ? sw::kWrongInstruction : sw::kWrongClass);
  } else if (command.secure_messaging()) {
    response.end(sw::kSecureMessagingNotSupported);
  } else if (command.channel() != 0) {
    response.end(sw::kChannelNotSupported);
  } else if (!fits_shape(command, get_response ? Shape::kCase2 : instruction->shape)) {
    response.end(sw::kWrongLength);
  } else if (get_response) {
    card.waiting.get(command, response);
  } else {
    instruction->run(card, command, response);
    return instruction;
  }
  return nullptr;
}

// One unit of work per APDU: it takes effect with a success, and is gone with
// anything else.
void end_unit(Parts& card, Response& response) {
  if (!card.store.has_unit()) return;
  if (!sw::is_success(response.status())) {
    card.store.rollback();
  } else if (!card.store.commit()) {
    response.end(sw::kMemoryProblem);
  }
}

// What the terminal gets of the data, by the rules of T=0 (TS 102 221 §7.3.1.1).
Bytes answer(Parts& card, const Instruction* instruction, const Command& command,
             Response& response) {
  const size_t size = response.size();
  uint16_t status = response.status();
  if (!response.fits()) return response.finish(0, sw::kTechnicalProblem);
  if (instruction != nullptr && status == sw::kOk && size > 0) {
    if (instruction->shape == Shape::kCase2 && size != command.le) {
      return response.finish(0, static_cast<uint16_t>(sw::kWrongLe | (size & 0xFF)));
    }
    if (instruction->shape == Shape::kCase4 && command.le < size) {
      return response.finish(0, card.waiting.keep(response.data().written(), command.channel()));
    }
  }
  if (status == sw::kOk) {
    if (const size_t pending = card.toolkit.pending(); pending > 0) {
      status = static_cast<uint16_t>(sw::kProactivePending | (pending & 0xFF));
    }
  }
  return response.finish(size, status);
}

// Often enough for an end not much later than it is due.
uint16_t tick_interval(uint16_t idle_s) { return std::max<uint16_t>(1, idle_s / 2); }

}  // namespace

Parts::Parts(std::shared_ptr<const CardImage> card_image, const Seed& card_seed, store::Sink* sink,
             Journal* journal)
    : image(std::move(card_image)),
      seed(card_seed),
      store(std::shared_ptr<const store::Image>(image, &image->memory), sink),
      random(seed, image->iccid, 0),
      files(store),
      housekeeping(toolkit, image->cat.poll_interval_s),
      ticker(toolkit, housekeeping, tick_interval(image->http.idle_s)),
      server_mode(toolkit, bip::Sizes{image->bip.buffer_size, image->bip.receive_size,
                                      image->bip.send_size}),
      site(store),
      guard(store, random, image->http.password_tries),
      server(site, http_policy(image->http.policy)),
      tls(server, store, random, image->tls, journal),
      status_page(*this) {
  // Housekeeping comes first in line: the event list stands before any channel.
  toolkit.add(housekeeping);
  toolkit.add(server_mode);
  toolkit.add(ticker);
  if (image->http.idle_s > 0) server_mode.end_idle_connections(ticker, image->http.idle_s);
  server.protect(guard);
  (void)server.mount(CardStatus::kPath, status_page);
  (void)server_mode.listen(image->http.port, image->http.connections, server);
  if (image->https_connections > 0) {
    (void)server_mode.listen(image->https_port, image->https_connections, tls);
  }
}

Uicc::Uicc(std::shared_ptr<const CardImage> image, const Seed& seed, store::Sink* sink,
           Journal* journal)
    : parts_(std::make_unique<Parts>(std::move(image), seed, sink, journal)) {}

Uicc::~Uicc() = default;

Bytes Uicc::power_on() {
  Parts& card = *parts_;
  card.store.rollback();
  std::array<uint8_t, 4> boots{};
  if (!card.store.read(Area::kCard, 0, boots)) return {};
  card.boots = ByteReader(boots).u32() + 1;
  ByteWriter(boots).u32(card.boots);
  if (!card.store.write(Area::kCard, 0, boots) || !card.store.commit()) return {};
  card.random = RandomStream(card.seed, card.image->iccid, card.boots);
  card.guard.restart();
  card.powered = true;
  return reset();
}

Bytes Uicc::reset() {
  Parts& card = *parts_;
  if (!card.powered) return {};
  card.files.reset();
  card.waiting.drop();
  card.toolkit.reset();
  card.tls.reset();  // after the toolkit, which ends all connections
  return card.image->atr;
}

void Uicc::power_off() {
  (void)reset();
  parts_->powered = false;
}

Bytes Uicc::transmit(Bytes octets) {
  Parts& card = *parts_;
  if (!card.powered || card.store.stopped()) return {};
  ++card.apdus;
  Response response(card.response);
  Command command;
  const Instruction* instruction = execute(card, octets, command, response);
  // Asked for here, so that what an application does to say its next command
  // belongs to this unit.
  (void)card.toolkit.pending();
  end_unit(card, response);
  if (card.store.stopped()) return {};
  return answer(card, instruction, command, response);
}

}  // namespace scwsim
