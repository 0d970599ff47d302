#include "bip/server_mode.h"

#include <algorithm>

namespace scwsim::bip {

namespace {
constexpr std::array<uint8_t, 2> kEvents = {cat::event::kDataAvailable, cat::event::kChannelStatus};
}  // namespace

ServerMode::ServerMode(cat::Toolkit& toolkit, const Sizes& sizes)
    : toolkit_(toolkit), sizes_(sizes) {}

void ServerMode::end_idle_connections(cat::Ticker& ticker, uint16_t limit) {
  ticker.set_listener(*this);
  ticker_ = &ticker;
  idle_limit_s_ = limit;
}

void ServerMode::connection_began(uint16_t port) {
  if (ticker_ != nullptr) ticker_->start();
  make_room(port);
}

// Who took the last place may not be the last who comes: one that stands still gives
// its place back.
void ServerMode::make_room(uint16_t port) {
  if (another_free(port)) return;
  for (const auto& channel : channels_) {
    if (channel->port() == port && channel->make_room()) return;
  }
}

bool ServerMode::on_tick(uint16_t seconds) {
  bool any = false;
  for (const auto& channel : channels_) any = channel->on_tick(seconds, idle_limit_s_) || any;
  for (const auto& channel : channels_) make_room(channel->port());
  return any;
}

bool ServerMode::listen(uint16_t port, uint8_t connections, Acceptor& acceptor) {
  if (channels_.size() + connections > cat::kMaxChannels) return false;
  ChannelOwner& owner = *this;
  for (uint8_t i = 0; i < connections; ++i) {
    const size_t rank = rank_in(port, channels_.size());
    size_t place = 0;
    while (place < channels_.size() && rank_in(channels_[place]->port(), place) <= rank) ++place;
    channels_.insert(channels_.begin() + static_cast<std::ptrdiff_t>(place),
                     std::make_unique<Channel>(owner, port, acceptor, sizes_));
  }
  return true;
}

size_t ServerMode::rank_in(uint16_t port, size_t before) const {
  return static_cast<size_t>(
      std::count_if(channels_.begin(), channels_.begin() + static_cast<std::ptrdiff_t>(before),
                    [port](const auto& channel) { return channel->port() == port; }));
}

std::span<const uint8_t> ServerMode::events() const {
  return channels_.empty() ? std::span<const uint8_t>() : kEvents;
}

size_t ServerMode::usable() const {
  const size_t offered = toolkit_.profile().channels();
  return std::min(channels_.size(), offered > 1 ? offered - 1 : offered);
}

bool ServerMode::another_free(uint16_t port) const {
  return std::ranges::any_of(channels_, [port](const auto& channel) {
    return channel->port() == port && channel->state() == ChannelState::kListen;
  });
}

bool ServerMode::can_ask_status() const {
  return toolkit_.profile().has(cat::Ability::kGetChannelStatus);
}

void ServerMode::on_terminal_profile(const cat::TerminalProfile& /*profile*/) {
  asking_ = nullptr;
  turn_ = 0;
  for (const auto& channel : channels_) channel->handle(ChannelEvent::kUnusable);
}

void ServerMode::on_event_list_accepted() {
  if (!toolkit_.profile().supports_server_mode()) return;
  for (size_t i = 0; i < usable(); ++i) channels_[i]->handle(ChannelEvent::kUsable);
}

bool ServerMode::next_command(cat::ProactiveCommand& command) {
  for (size_t i = 0; i < channels_.size(); ++i) {
    Channel& channel = *channels_[(turn_ + i) % channels_.size()];
    if (!channel.next_command(command)) continue;
    asking_ = &channel;
    turn_ = (turn_ + i + 1) % channels_.size();
    return true;
  }
  return false;
}

void ServerMode::on_terminal_response(const cat::TerminalResponse& response) {
  Channel* channel = std::exchange(asking_, nullptr);
  if (channel != nullptr) channel->on_response(response);
}

void ServerMode::on_withdrawn() {
  if (Channel* channel = std::exchange(asking_, nullptr)) channel->on_withdrawn();
}

void ServerMode::on_unanswered() {
  if (Channel* channel = std::exchange(asking_, nullptr)) channel->on_unanswered();
}

void ServerMode::on_event(const cat::EventDownload& download) {
  const uint8_t identifier = download.channel_status->channel;
  bool found = false;
  for (const auto& channel : channels_) {
    if (identifier != 0 && channel->identifier() == identifier) {
      found = true;
      // A command that still waits for FETCH was meant for the channel as it was.
      const bool changes = download.event == cat::event::kChannelStatus;
      if (changes && asking_ == channel.get()) toolkit_.withdraw(*this);
      channel->on_event(download);
    }
    channel->on_opportunity();
  }
  if (!found) ++counters_.ignored_events;
}

void ServerMode::on_poll() {
  for (const auto& channel : channels_) channel->on_poll();
}

}  // namespace scwsim::bip
