// A terminal on a scripted card, and applications that connect to it: real
// sockets on the loopback interface, one thread.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "tests/support/scripted_card.h"
#include "tools/links/in_process_link.h"
#include "tools/terminal/profile_presets.h"
#include "tools/terminal/terminal.h"

namespace scwsim::tests {

inline constexpr uint16_t kCardPort = 3516;

/// OPEN CHANNEL in UICC server mode.
inline Octets open_channel(uint16_t buffer = 1400, uint16_t port = kCardPort) {
  Octets objects = {
      0x39, 0x02, static_cast<uint8_t>(buffer >> 8), static_cast<uint8_t>(buffer), 0x3C,
      0x03, 0x03, static_cast<uint8_t>(port >> 8),   static_cast<uint8_t>(port)};
  return proactive(0x40, 0x00, 0x82, objects);
}

inline Octets set_up_event_list() { return "D00D 8103010500 82028182 9902090A"_x; }

inline Octets receive_data(uint8_t channel, uint8_t length) {
  return proactive(0x42, 0x00, static_cast<uint8_t>(0x20 + channel), {0xB7, 0x01, length});
}

inline Octets send_data(uint8_t channel, std::string_view text, bool now = true) {
  return proactive(0x43, now ? 1 : 0, static_cast<uint8_t>(0x20 + channel),
                   tlv(0xB6, as_bytes(text)));
}

inline Octets close_channel(uint8_t channel, bool to_listen) {
  return proactive(0x41, to_listen ? 1 : 0, static_cast<uint8_t>(0x20 + channel));
}

/// An application: a TCP connection to the terminal.
class Application {
 public:
  Application(boost::asio::io_context& io, uint16_t port, bool v6 = false) : socket_(io) {
    using boost::asio::ip::tcp;
    if (v6) {
      socket_.connect({boost::asio::ip::address_v6::loopback(), port});
    } else {
      socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    }
    socket_.non_blocking(true);
  }

  void send(std::string_view text) {
    boost::asio::write(socket_, boost::asio::buffer(text.data(), text.size()));
  }

  /// As much of `text` as the socket takes now.
  size_t send_some(std::string_view text) {
    boost::system::error_code error;
    return socket_.write_some(boost::asio::buffer(text.data(), text.size()), error);
  }

  /// What has come so far, what came before included.
  const std::string& received() {
    char buffer[4096];
    boost::system::error_code error;
    while (!error) {
      const size_t n = socket_.read_some(boost::asio::buffer(buffer), error);
      received_.append(buffer, n);
    }
    if (error == boost::asio::error::eof) finished_ = true;
    if (error && error != boost::asio::error::eof && error != boost::asio::error::would_block) {
      broken_ = true;
    }
    return received_;
  }

  bool finished() { return received(), finished_; }
  bool broken() { return received(), broken_; }

  /// No more will be sent.
  void finish() { socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_send); }
  void close() { socket_.close(); }
  /// Closes with a reset.
  void reset() {
    socket_.set_option(boost::asio::socket_base::linger(true, 0));
    socket_.close();
  }
  boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  boost::asio::ip::tcp::socket socket_;
  std::string received_;
  bool finished_ = false;
  bool broken_ = false;
};

class Phone {
 public:
  explicit Phone(terminal::Policy policy = {}, terminal::PortMap ports = {{kCardPort, 0}})
      : link(card),
        terminal(io, link,
                 {.profile = *terminal::preset_terminal_profile("server-mode"),
                  .ports = std::move(ports),
                  .policy = std::move(policy)},
                 {.on_ready = [this] { ++readies; },
                  .on_lost = [this](std::string_view reason) { lost = std::string(reason); },
                  .on_listening = [this](uint16_t card_port,
                                         uint16_t) { listening.push_back(card_port); }}) {}

  /// Powered up and listening with `channels` channels of `buffer` octets.
  void listen(unsigned channels = 1, uint16_t buffer = 1400) {
    card.say(set_up_event_list());
    for (unsigned n = 0; n < channels; ++n) card.say(open_channel(buffer));
    terminal.start();
    run_until([&] { return terminal.ready() && card.responses.size() == 1 + channels; });
    card.responses.clear();
  }

  /// Lets the terminal work until `condition` holds. Fails when it never does.
  template <typename Condition>
  void run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) FAIL("waited in vain");
      io.restart();
      io.run_one_for(std::chrono::milliseconds(1));
    }
  }

  /// Does all that can be done at once.
  void settle() {
    do {
      io.restart();
    } while (io.run_for(std::chrono::milliseconds(5)) > 0);
  }

  Application connect(bool v6 = false) {
    return Application(io, terminal.gateway().host_port(kCardPort), v6);
  }

  /// The card says `d0` at the next opportunity, which comes at once; returns the
  /// TERMINAL RESPONSE.
  Octets tell(Octets d0) {
    const size_t before = card.responses.size();
    card.say(std::move(d0));
    terminal.poll_soon();
    run_until([&] { return card.responses.size() > before; });
    return card.responses.at(before);
  }

  [[nodiscard]] terminal::ChannelState state(uint8_t channel) const {
    return terminal.gateway().channel(channel).state;
  }

  boost::asio::io_context io;
  ScriptedCard card;
  links::InProcessLink<ScriptedCard> link;
  unsigned readies = 0;
  std::string lost;
  std::vector<uint16_t> listening;
  terminal::Terminal terminal;
};

/// The result object of a TERMINAL RESPONSE.
inline Octets result_of(const Octets& response) {
  const Result<TlvList> list = TlvList::parse(response);
  REQUIRE(list);
  const auto result = list->find(0x03);
  REQUIRE(result);
  return {result->value.begin(), result->value.end()};
}

/// The value of another of its objects; empty when it is not there.
inline Octets object_of(const Octets& response, uint8_t tag) {
  const Result<TlvList> list = TlvList::parse(response);
  REQUIRE(list);
  const auto object = list->find(tag);
  return object ? Octets(object->value.begin(), object->value.end()) : Octets{};
}

}  // namespace scwsim::tests
