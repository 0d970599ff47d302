// A terminal in UICC server mode that does what the input says: the octets choose
// commands and fill them. What the card announces can be fetched and is well
// formed, its channels keep sane identifiers, and a terminal that then answers
// everything with success sees the card fall silent.
#include <array>
#include <cstdlib>
#include <vector>

#include "card/uicc/parts.h"
#include "card/uicc/uicc.h"
#include "tools/lab/profile_file.h"

using namespace scwsim;

namespace {

// SET UP EVENT LIST and both channel events, the BIP commands, seven channels, TCP
// in UICC server mode, POLL INTERVAL.
constexpr std::array<uint8_t, 17> kProfile{0x21, 0x00, 0x20, 0x00, 0x01, 0x0C, 0x00, 0x00, 0x00,
                                           0x00, 0x00, 0x1F, 0xE0, 0x00, 0x00, 0x00, 0x04};

constexpr uint8_t kTerminalProfile = 0x10;
constexpr uint8_t kFetch = 0x12;
constexpr uint8_t kTerminalResponse = 0x14;
constexpr uint8_t kEnvelope = 0xC2;

// A page in the smallest pieces, over every channel, takes no more than this.
constexpr size_t kMostCommands = 200'000;

void require(bool holds) {
  if (!holds) std::abort();
}

class FuzzedTerminal {
 public:
  FuzzedTerminal(Uicc& card, Bytes input) : card_(card), input_(input) {}

  void run() {
    send(kTerminalProfile, kProfile);
    while (input_.left() > 0) step();
    settle();
  }

 private:
  // A TERMINAL RESPONSE or ENVELOPE under construction.
  struct Body {
    std::array<uint8_t, 255> octets{};
    ByteWriter writer{octets};
  };

  void step() {
    switch (input_.u8() % 10) {
      case 0: fetch(); break;
      case 1: respond(Bytes(std::array<uint8_t, 1>{0x00}), raw()); break;
      case 2: {
        const Bytes result = raw();
        respond(result, raw());
        break;
      }
      case 3: send(kTerminalResponse, raw()); break;
      case 4: succeed(); break;
      case 5: data_available(input_.u8(), input_.u8()); break;
      case 6: channel_status(input_.u8(), input_.u8()); break;
      case 7: send(kEnvelope, raw()); break;
      case 8: status(); break;
      default: send(kTerminalProfile, raw()); break;
    }
  }

  Bytes raw() {
    const size_t length = input_.u8();
    return input_.take(std::min(length, input_.left()));
  }

  void transmit(Bytes command) {
    const Bytes response = card_.transmit(command);
    require(response.size() >= 2 && response.size() <= 258);
    sw1_ = response[response.size() - 2];
    pending_ = 0;
    if (sw1_ == 0x91) {
      const uint8_t announced = response[response.size() - 1];
      pending_ = announced == 0 ? 256 : announced;
    }
    response_ = response.first(response.size() - 2);
    for (const auto& channel : card_.parts().server_mode.channels()) {
      const bool up = channel->state() == bip::ChannelState::kListen ||
                      channel->state() == bip::ChannelState::kEstablished;
      require(channel->identifier() <= cat::kMaxChannels && (!up || channel->identifier() > 0));
    }
  }

  void send(uint8_t ins, Bytes data) {
    std::array<uint8_t, 260> octets{};
    ByteWriter command(octets);
    command.bytes(std::array<uint8_t, 4>{0x80, ins, 0x00, 0x00});
    command.u8(static_cast<uint8_t>(data.size()));
    command.bytes(data);
    require(command.ok());
    transmit(command.written());
  }

  void status() { transmit(std::array<uint8_t, 4>{0x80, 0xF2, 0x00, 0x0C}); }

  void fetch() {
    const size_t announced = pending_;
    const uint8_t le = announced == 0 ? input_.u8() : static_cast<uint8_t>(announced);
    transmit(std::array<uint8_t, 5>{0x80, kFetch, 0x00, 0x00, le});
    if (announced == 0) {
      require(sw1_ != 0x90 || !response_.empty());
    } else {
      require(sw1_ == 0x90 && response_.size() == announced);
    }
    if (sw1_ == 0x90) read_command(response_);
  }

  void read_command(Bytes octets) {
    ByteReader reader(octets);
    const BerTlv d0 = read_ber_tlv(reader);
    require(reader.done() && d0.tag == cat::ber::kProactiveCommand);
    const auto objects = TlvList::parse(d0.value);
    require(static_cast<bool>(objects));
    const auto details = objects->find(cat::tag::kCommandDetails);
    require(details && details->value.size() == 3);
    std::ranges::copy(details->value, details_.begin());
    const auto wanted = objects->find(cat::tag::kChannelDataLength);
    wanted_ = wanted ? wanted->value[0] : uint8_t{0};
    const auto devices = objects->find(cat::tag::kDeviceIdentities);
    require(devices && devices->value.size() == 2);
    if (type() == cat::CommandType::kSendData || type() == cat::CommandType::kReceiveData ||
        type() == cat::CommandType::kCloseChannel) {
      require(devices->value[1] > cat::device::kChannel &&
              devices->value[1] <= cat::device::kChannel + cat::kMaxChannels);
    }
  }

  [[nodiscard]] cat::CommandType type() const { return static_cast<cat::CommandType>(details_[1]); }

  void begin_response(ByteWriter& writer, Bytes result) const {
    write_tlv(writer, 0x81, details_);
    write_tlv(writer, 0x82, std::array<uint8_t, 2>{cat::device::kTerminal, cat::device::kUicc});
    write_tlv(writer, 0x83, result);
  }

  // The right answer to the outstanding command, with `result` and more objects.
  void respond(Bytes result, Bytes objects) {
    Body body;
    begin_response(body.writer, result);
    body.writer.bytes(objects.first(std::min(objects.size(), body.writer.room())));
    send(kTerminalResponse, body.writer.written());
  }

  // The answer of a terminal that can do everything. Data come from the input.
  void succeed() {
    Body body;
    begin_response(body.writer, std::array<uint8_t, 1>{cat::result::kPerformed});
    switch (type()) {
      case cat::CommandType::kOpenChannel: {
        identifier_ = static_cast<uint8_t>(identifier_ % cat::kMaxChannels + 1);
        const auto listen = static_cast<uint8_t>(cat::channel_status::kListen | identifier_);
        write_tlv(body.writer, 0xB8, std::array<uint8_t, 2>{listen, 0x00});
        write_tlv(body.writer, 0xB9, std::array<uint8_t, 2>{0x05, 0x78});
        break;
      }
      case cat::CommandType::kReceiveData: {
        const Bytes octets = raw();
        write_tlv(body.writer, 0xB6, octets.first(std::min<size_t>(octets.size(), wanted_)));
        write_tlv(body.writer, 0xB7, std::array<uint8_t, 1>{input_.u8()});
        break;
      }
      case cat::CommandType::kSendData:
        write_tlv(body.writer, 0xB7, std::array<uint8_t, 1>{cat::kLengthOrMore});
        break;
      default: break;
    }
    if (body.writer.ok()) send(kTerminalResponse, body.writer.written());
  }

  void event(uint8_t event, Bytes objects) {
    Body body;
    write_tlv(body.writer, 0x99, std::array<uint8_t, 1>{event});
    write_tlv(body.writer, 0x82,
              std::array<uint8_t, 2>{cat::device::kTerminal, cat::device::kUicc});
    body.writer.bytes(objects);
    Body envelope;
    write_tlv(envelope.writer, cat::ber::kEventDownload, body.writer.written());
    send(kEnvelope, envelope.writer.written());
  }

  void data_available(uint8_t channel, uint8_t length) {
    const auto status = static_cast<uint8_t>(cat::channel_status::kEstablished | channel);
    event(cat::event::kDataAvailable,
          std::array<uint8_t, 7>{0xB8, 0x02, status, 0x00, 0xB7, 0x01, length});
  }

  void channel_status(uint8_t octet1, uint8_t octet2) {
    event(cat::event::kChannelStatus, std::array<uint8_t, 4>{0xB8, 0x02, octet1, octet2});
  }

  void settle() {
    succeed();  // in case one is outstanding
    status();
    for (size_t n = 0; pending_ > 0; ++n) {
      require(n < kMostCommands);
      fetch();
      succeed();
    }
    // A new session starts from the beginning, whatever was.
    card_.reset();
    send(kTerminalProfile, kProfile);
    require(pending_ > 0);
    fetch();
    require(type() == cat::CommandType::kSetUpEventList);
  }

  Uicc& card_;
  ByteReader input_;
  uint8_t sw1_ = 0;
  size_t pending_ = 0;  // octets announced by 91 XX
  Bytes response_;      // data of the last one
  std::array<uint8_t, 3> details_{};
  uint8_t wanted_ = 0;
  uint8_t identifier_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto kImage = personalise(lab::load_profile(""), Seed{});
  Uicc card(kImage, Seed{1});
  require(!card.power_on().empty());
  FuzzedTerminal(card, Bytes(data, size)).run();
  return 0;
}
