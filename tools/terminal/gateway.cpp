// The gateway's side towards the applications: ports, connections, and what the
// card is to be told of them. The BIP commands are in gateway_commands.cpp.
#include "tools/terminal/gateway.h"

#include <algorithm>

namespace scwsim::terminal {

namespace {

// So much room in a Tx buffer that a card need not think of it: it is told FF.
constexpr size_t kAmpleRoom = cat::kLengthOrMore;

}  // namespace

Gateway::Gateway(boost::asio::io_context& io, PortMap ports, const Policy& policy, Owner& owner)
    : io_(io), ports_(std::move(ports)), policy_(policy), owner_(owner) {}

void Gateway::reset() {
  send_due();
  for (Channel& channel : channels_) {
    if (channel.connection) channel.connection->abort();
    channel = {};
  }
  for (const auto& port : listening_) {
    closed_connections_ += port->accepted();
    port->close();
  }
  listening_.clear();
}

// ---- ports -----------------------------------------------------------------

std::shared_ptr<ListeningPort> Gateway::port_for(uint16_t card_port) {
  const auto open = std::ranges::find(listening_, card_port, &ListeningPort::card_port);
  if (open != listening_.end()) return *open;

  const auto mapped = std::ranges::find(ports_, card_port, &PortMap::value_type::first);
  const uint16_t host_port = mapped == ports_.end() ? card_port : mapped->second;
  boost::system::error_code error;
  std::shared_ptr<ListeningPort> port =
      ListeningPort::open(io_, card_port, host_port, policy_.attach, *this, error);
  if (port) {
    listening_.push_back(port);
    // A port found free stays the card's, so that applications find it again.
    if (mapped != ports_.end()) mapped->second = port->host_port();
    owner_.on_listening(card_port, port->host_port());
  } else {
    owner_.on_port_unavailable(card_port, host_port, error.message());
  }
  return port;
}

void Gateway::release(Channel& channel) {
  const std::shared_ptr<ListeningPort> port = channel.port;
  channel = {};
  if (std::ranges::find(channels_, port, &Channel::port) != channels_.end()) return;
  closed_connections_ += port->accepted();
  port->close();
  std::erase(listening_, port);
}

// ---- connections -----------------------------------------------------------

bool Gateway::attach_waiting(ListeningPort& port) {
  bool attached = false;
  for (Channel& channel : channels_) {
    if (channel.port.get() != &port || channel.info.state != ChannelState::kListen) continue;
    // The card must know of the end of one connection before the next begins.
    if (channel.tell_ended) continue;
    std::optional<Connection::Socket> socket = port.take();
    if (!socket) break;
    attach(channel, std::move(*socket));
    attached = true;
  }
  return attached;
}

void Gateway::attach(Channel& channel, Connection::Socket socket) {
  Connection::Owner& owner = *this;
  channel.connection = std::make_shared<Connection>(std::move(socket), channel.buffer_size, owner);
  channel.relayed = 0;
  channel.info.state = ChannelState::kEstablished;
  ++channel.info.connections;
  raise(channel, &Channel::tell_established);
  channel.connection->start();
}

// The channel is without its connection: nothing that concerned it is told any
// more.
void Gateway::detach(Channel& channel, ChannelState state) {
  channel.connection.reset();
  channel.info.state = state;
  channel.tell_established = channel.tell_data = false;
  channel.starved = channel.has_room_again = channel.asked = false;
}

// As detach(), and the card is told; unless it has never heard of the connection
// and finds the channel in the state it knows.
void Gateway::lose(Channel& channel, ChannelState state) {
  const bool unheard_of = channel.tell_established && state == ChannelState::kListen;
  detach(channel, state);
  if (unheard_of) {
    attach_waiting(*channel.port);
  } else {
    raise(channel, &Channel::tell_ended);
  }
}

void Gateway::on_waiting(ListeningPort& port) {
  if (attach_waiting(port)) owner_.on_gateway_work();
}

void Gateway::on_received(Connection& connection) {
  Channel* channel = find(connection);
  if (channel == nullptr) return;
  raise(*channel, &Channel::tell_data);
  owner_.on_gateway_work();
}

void Gateway::on_peer_finished(Connection&) { owner_.on_gateway_work(); }

void Gateway::on_broken(Connection& connection) {
  Channel* channel = find(connection);
  if (channel == nullptr) return;
  connection.abort();
  lose(*channel, ChannelState::kListen);
  owner_.on_gateway_work();
}

void Gateway::on_drained(Connection& connection) {
  Channel* channel = find(connection);
  if (channel == nullptr) return;
  const size_t ample = std::min(kAmpleRoom, connection.capacity());
  channel->has_room_again = channel->starved && connection.room() >= ample;
  owner_.on_gateway_work();
}

bool Gateway::send_due() {
  bool news = false;
  for (Channel& channel : channels_) {
    if (!channel.connection || channel.connection->send_due()) continue;
    channel.connection->abort();
    lose(channel, ChannelState::kListen);
    news = true;
  }
  return news;
}

void Gateway::watch() {
  for (const Channel& channel : channels_) {
    if (channel.connection) channel.connection->watch();
  }
}

// ---- events ----------------------------------------------------------------

void Gateway::raise(Channel& channel, bool Channel::*what) {
  if (!channel.has_news()) channel.raised_at = owner_.commands_sent();
  channel.*what = true;
}

bool Gateway::is_late(const Channel& channel) const {
  return channel.has_news() && owner_.commands_sent() - channel.raised_at < policy_.event_delay;
}

bool Gateway::has_late_event() const {
  return policy_.event_delay > 0 &&
         std::ranges::any_of(channels_, [this](const Channel& c) { return is_late(c); });
}

std::optional<ChannelEvent> Gateway::next_event(const EventList& wanted) {
  for (size_t i = 0; i < channels_.size(); ++i) {
    Channel& channel = channels_[(turn_ + i) % channels_.size()];
    if (!channel.has_news() || is_late(channel)) continue;
    if (std::optional<ChannelEvent> event = next_event_of(channel, wanted)) {
      turn_ = (turn_ + i + 1) % channels_.size();
      return event;
    }
  }
  return std::nullopt;
}

std::optional<ChannelEvent> Gateway::next_event_of(Channel& channel, const EventList& wanted) {
  const ChannelStatus status = status_of(channel);
  const size_t available = channel.connection ? channel.connection->received().size() : 0;
  channel.tell_data = channel.tell_data && available > 0;

  const bool wait_for_data =
      policy_.data_before_status && channel.connection && !channel.connection->peer_finished();
  if (channel.tell_established && wait_for_data) {
    if (!channel.tell_data && available == 0) return std::nullopt;
  } else if (std::exchange(channel.tell_established, false) && wanted[cat::event::kChannelStatus]) {
    return ChannelEvent{cat::event::kChannelStatus, status};
  }
  if (std::exchange(channel.tell_data, false) && wanted[cat::event::kDataAvailable]) {
    return ChannelEvent{cat::event::kDataAvailable, status, available};
  }
  if (std::exchange(channel.tell_established, false) && wanted[cat::event::kChannelStatus]) {
    return ChannelEvent{cat::event::kChannelStatus, status};
  }
  if (std::exchange(channel.tell_ended, false)) {
    if (channel.info.state == ChannelState::kListen) attach_waiting(*channel.port);
    if (wanted[cat::event::kChannelStatus]) {
      return ChannelEvent{cat::event::kChannelStatus, status};
    }
  }
  return std::nullopt;
}

// ---- the card's turn to speak ----------------------------------------------

bool Gateway::is_over(const Channel& channel) const {
  return channel.connection && channel.connection->peer_finished() &&
         !channel.connection->sending();
}

bool Gateway::wants_status() const {
  return std::ranges::any_of(
      channels_, [this](const Channel& c) { return c.has_room_again || (is_over(c) && !c.asked); });
}

void Gateway::status_sent() {
  for (Channel& channel : channels_) {
    channel.asked = is_over(channel);
    if (std::exchange(channel.has_room_again, false)) channel.starved = false;
  }
}

void Gateway::card_is_quiet() {
  for (Channel& channel : channels_) {
    if (!channel.asked || !is_over(channel)) continue;
    channel.connection->finish();
    lose(channel, ChannelState::kListen);
  }
}

// ---- looking up ------------------------------------------------------------

Gateway::Channel* Gateway::find(uint8_t identifier) {
  if (identifier == 0 || identifier > channels_.size()) return nullptr;
  Channel& channel = channels_[identifier - 1U];
  return channel.info.state == ChannelState::kFree ? nullptr : &channel;
}

Gateway::Channel* Gateway::find(const Connection& connection) {
  const auto channel = std::ranges::find_if(
      channels_, [&](const Channel& c) { return c.connection.get() == &connection; });
  return channel == channels_.end() ? nullptr : &*channel;
}

ChannelInfo Gateway::channel(uint8_t identifier) const {
  return identifier == 0 || identifier > channels_.size() ? ChannelInfo{}
                                                          : channels_[identifier - 1U].info;
}

uint16_t Gateway::host_port(uint16_t card_port) const {
  const auto port = std::ranges::find(listening_, card_port, &ListeningPort::card_port);
  return port == listening_.end() ? uint16_t{0} : (*port)->host_port();
}

uint64_t Gateway::connections() const {
  uint64_t sum = closed_connections_;
  for (const auto& port : listening_) sum += port->accepted();
  return sum;
}

}  // namespace scwsim::terminal
