// A card's end of UICC server mode against a scripted terminal and a scripted
// handler of its connections.
#pragma once

#include <catch2/catch.hpp>

#include "bip/server_mode.h"
#include "card/cat/housekeeping.h"
#include "tests/support/toolkit_driver.h"

namespace scwsim::tests {

using namespace scwsim::bip;

// What a test sees and says of one connection.
struct Script {
  std::string received;
  std::string to_send;
  bool finished = false;
  size_t window = 4096;
  bool last_free = false;
  std::vector<StreamEnd> ends;
  std::string last_word;
  int idles = 0;
  bool between_requests = false;
  int accepted = 0;
  Stream* stream = nullptr;
};

class ScriptedHandler : public StreamHandler {
 public:
  explicit ScriptedHandler(Script& script) : script_(script) {}
  [[nodiscard]] size_t receive_window() const override { return script_.window; }
  void receive(Bytes bytes) override { script_.received += as_text(bytes); }
  [[nodiscard]] bool has_output() const override { return !script_.to_send.empty(); }
  size_t transmit(std::span<uint8_t> out) override {
    const size_t n = std::min(out.size(), script_.to_send.size());
    std::ranges::copy(as_bytes(script_.to_send).first(n), out.begin());
    script_.to_send.erase(0, n);
    return n;
  }
  void idle() override {
    ++script_.idles;
    script_.to_send = script_.last_word;
    script_.finished = true;
  }
  bool make_room() override {
    if (script_.between_requests) script_.finished = true;
    return script_.finished;
  }
  [[nodiscard]] bool finished() const override { return script_.finished; }
  void closed(StreamEnd end) override { script_.ends.push_back(end); }

 private:
  Script& script_;
};

struct Bench : Acceptor {
  explicit Bench(uint8_t connections = 1, Sizes sizes = {}) : server(toolkit, sizes) {
    toolkit.add(housekeeping);
    toolkit.add(server);
    REQUIRE(server.listen(3516, connections, *this));
  }

  std::unique_ptr<StreamHandler> accept(Stream& stream) override {
    ++script.accepted;
    script.stream = &stream;
    script.last_free = stream.crowded();
    return refuse ? nullptr : std::make_unique<ScriptedHandler>(script);
  }

  // Up to LISTEN on channel 1.
  void start(unsigned channels = 7) {
    terminal.terminal_profile(server_mode_profile(channels));
    REQUIRE(terminal.fetch() == "D00D8103010500820281829902090A");
    terminal.respond();
    REQUIRE(terminal.fetch() == kOpen);
    terminal.respond("00", "B8024100 B9020578");
    REQUIRE(state() == ChannelState::kListen);
  }

  void connect() {
    start();
    terminal.channel_status(0x81);
    REQUIRE(state() == ChannelState::kEstablished);
    REQUIRE(script.accepted == 1);
  }

  ChannelState state(size_t i = 0) { return server.channels()[i]->state(); }

  // Lets `n` polling intervals pass.
  void polls(int n) {
    for (int i = 0; i < n; ++i) terminal.status();
  }

  static constexpr auto kOpen =
      "D01281030140008202818239020578"
      "3C03030DBC";

  cat::Toolkit toolkit;
  cat::Housekeeping housekeeping{toolkit, 0};
  ServerMode server;
  ToolkitDriver terminal{toolkit};
  Script script;
  bool refuse = false;
};

inline std::string data_response(std::string_view text, unsigned left) {
  std::array<uint8_t, 300> buffer;
  ByteWriter writer(buffer);
  write_tlv(writer, 0xB6, as_bytes(text));
  write_tlv(writer, 0xB7, std::array{static_cast<uint8_t>(left)});
  return to_hex(writer.written());
}

}  // namespace scwsim::tests
