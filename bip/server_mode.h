// The card's side of BIP in UICC server mode (TS 102 223 §6.4.27.4): a table of
// channels that listen on TCP ports of the terminal, offered upwards as Listener.
// It knows nothing of what is said on the connections.
#pragma once

#include <memory>
#include <vector>

#include "bip/channel.h"
#include "card/base/stream.h"
#include "card/cat/ticker.h"
#include "card/cat/toolkit.h"

namespace scwsim::bip {

/// Figures for those who show them.
struct Counters {
  uint32_t ignored_events = 0;  ///< for a channel that is not ours, or not open
};

class ServerMode : public Listener,
                   public cat::Client,
                   public cat::TickListener,
                   private ChannelOwner {
 public:
  /// A client of `toolkit`, to be added to it. Listens as soon as a terminal supports server mode
  /// (TerminalProfile::supports_server_mode) and has accepted the event list.
  ServerMode(cat::Toolkit& toolkit, const Sizes& sizes);

  /// Ends connections on which nothing moves for more than `limit` seconds, as
  /// `ticker` (to be told of this listener) has it. Not called: they may stay.
  void end_idle_connections(cat::Ticker& ticker, uint16_t limit);

  bool listen(uint16_t port, uint8_t connections, Acceptor& acceptor) override;

  /// The channels: the first of each port, then the second of each, and so on, so
  /// that a terminal with few channels leaves no port out before it must.
  [[nodiscard]] const std::vector<std::unique_ptr<Channel>>& channels() const { return channels_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }

  void on_terminal_profile(const cat::TerminalProfile& profile) override;
  bool next_command(cat::ProactiveCommand& command) override;
  void on_terminal_response(const cat::TerminalResponse& response) override;
  void on_withdrawn() override;
  void on_unanswered() override;
  [[nodiscard]] std::span<const uint8_t> events() const override;
  void on_event_list_accepted() override;
  void on_event(const cat::EventDownload& download) override;
  void on_poll() override;
  bool on_tick(uint16_t seconds) override;

 private:
  void request_turn() override { toolkit_.request_turn(*this); }
  void connection_began(uint16_t port) override;
  void make_room(uint16_t port);
  [[nodiscard]] bool another_free(uint16_t port) const override;
  [[nodiscard]] bool can_ask_status() const override;
  // How many of the first `before` channels listen on `port`.
  [[nodiscard]] size_t rank_in(uint16_t port, size_t before) const;
  // Of the terminal's channels, those that may listen: one stays free for
  // connections that the card opens itself.
  [[nodiscard]] size_t usable() const;

  cat::Toolkit& toolkit_;
  Sizes sizes_;
  cat::Ticker* ticker_ = nullptr;
  uint16_t idle_limit_s_ = 0;
  std::vector<std::unique_ptr<Channel>> channels_;
  size_t turn_ = 0;            // whose turn it is, round robin
  Channel* asking_ = nullptr;  // whose command is outstanding
  Counters counters_;
};

}  // namespace scwsim::bip
