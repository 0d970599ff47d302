// The gateway's side towards the card: the BIP commands in UICC server mode.
#include <algorithm>
#include <limits>

#include "tools/terminal/gateway.h"

namespace scwsim::terminal {

namespace result = cat::result;
namespace cause = cat::bip_cause;

namespace {

void bip_error(TerminalResponse& response, uint8_t why) { response.result(result::kBipError, why); }

// An object of exactly `size` octets. Otherwise none, and the response says so.
std::optional<ByteReader> mandatory(const ProactiveCommand& command, uint8_t tag, size_t size,
                                    TerminalResponse& response) {
  const std::optional<ComprehensionTlv> object = command.objects.find(tag);
  if (object && object->value.size() == size) return ByteReader(object->value);
  response.result(object ? result::kDataNotUnderstood : result::kValuesMissing);
  return std::nullopt;
}

uint8_t length_or_more(size_t length) {
  return static_cast<uint8_t>(std::min<size_t>(length, cat::kLengthOrMore));
}

}  // namespace

void Gateway::open_channel(const ProactiveCommand& command, TerminalResponse& response) {
  std::optional<ByteReader> buffer = mandatory(command, tag::kBufferSize, 2, response);
  if (!buffer) return;
  const uint16_t asked = buffer->u16();
  const auto refuse = [&](uint8_t why, uint16_t size) {
    bip_error(response, why);
    response.object_u16(tag::kBufferSize, size);
  };
  if (!command.objects.find(tag::kTransportLevel) &&
      command.objects.find(tag::kBearerDescription)) {
    return refuse(cause::kTransportLevelNotAvailable, asked);
  }
  std::optional<ByteReader> transport = mandatory(command, tag::kTransportLevel, 3, response);
  if (!transport) return;
  const auto protocol = static_cast<cat::TransportProtocol>(transport->u8());
  const uint16_t card_port = transport->u16();
  if (protocol != cat::TransportProtocol::kTcpServer) {
    return refuse(cause::kTransportLevelNotAvailable, asked);
  }

  const size_t usable = std::min<size_t>(policy_.channels, channels_.size());
  const auto free = std::ranges::find_if(
      channels_.begin(), channels_.begin() + static_cast<std::ptrdiff_t>(usable),
      [](const Channel& c) { return c.info.state == ChannelState::kFree; });
  if (free == channels_.begin() + static_cast<std::ptrdiff_t>(usable)) {
    return refuse(cause::kNoChannelAvailable, asked);
  }
  const uint16_t granted = std::min(asked, policy_.largest_buffer);
  if (granted == 0 || (granted < asked && policy_.refuse_large_buffers)) {
    return refuse(cause::kBufferSizeNotAvailable, policy_.largest_buffer);
  }
  std::shared_ptr<ListeningPort> port = card_port == 0 ? nullptr : port_for(card_port);
  if (!port) return refuse(cause::kPortNotAvailable, asked);

  free->port = std::move(port);
  free->buffer_size = granted;
  free->info = {.state = ChannelState::kListen, .card_port = card_port};
  response.result(granted < asked ? result::kModified : result::kPerformed);
  response.object(tag::kChannelStatus, status_of(*free));
  response.object_u16(tag::kBufferSize, granted);
  attach_waiting(*free->port);
}

Gateway::Channel* Gateway::addressed(const ProactiveCommand& command, TerminalResponse& response) {
  Channel* channel = find(command.channel());
  if (channel == nullptr) bip_error(response, cause::kChannelIdNotValid);
  return channel;
}

void Gateway::close_channel(const ProactiveCommand& command, TerminalResponse& response) {
  Channel* channel = addressed(command, response);
  if (channel == nullptr) return;
  response.result(result::kPerformed);
  if (channel->connection) channel->connection->finish();
  detach(*channel, ChannelState::kListen);
  channel->tell_ended = false;  // the card has seen to it itself
  if ((command.details.qualifier & cat::close_qualifier::kToListen) != 0) {
    attach_waiting(*channel->port);
  } else {
    release(*channel);
  }
}

void Gateway::receive_data(const ProactiveCommand& command, TerminalResponse& response) {
  Channel* channel = addressed(command, response);
  if (channel == nullptr) return;
  std::optional<ByteReader> length = mandatory(command, tag::kChannelDataLength, 1, response);
  if (!length) return;
  if (!channel->connection) return bip_error(response, cause::kChannelClosed);

  const size_t asked = length->u8();
  const Bytes received = channel->connection->received();
  const size_t n = std::min({asked, received.size(), allowance(*channel),
                             size_t{std::min(policy_.most_received, kMaxReceived)}});
  response.result(n < asked ? result::kMissingInformation : result::kPerformed);
  response.object(tag::kChannelData, received.first(n));
  response.object(tag::kChannelDataLength, length_or_more(received.size() - n));

  channel->relayed += n;
  channel->info.to_card += n;
  channel->connection->consume(n);
  if (allowance(*channel) == 0) {
    channel->connection->abort();
    lose(*channel, ChannelState::kDropped);
  }
}

void Gateway::send_data(const ProactiveCommand& command, TerminalResponse& response) {
  Channel* channel = addressed(command, response);
  if (channel == nullptr) return;
  const std::optional<ComprehensionTlv> data = command.objects.find(tag::kChannelData);
  if (!data) return response.result(result::kValuesMissing);
  if (!channel->connection) return bip_error(response, cause::kChannelClosed);
  Connection& connection = *channel->connection;
  if (data->value.size() > connection.capacity()) {
    return response.result(result::kBeyondCapabilities);
  }

  const bool now = (command.details.qualifier & cat::send_qualifier::kImmediate) != 0;
  const Bytes sent = data->value.first(std::min(data->value.size(), allowance(*channel)));
  const bool last = sent.size() == allowance(*channel);
  const Connection::Sent outcome = connection.send(sent, now || last);
  if (outcome == Connection::Sent::kTaken) {
    channel->relayed += sent.size();
    channel->info.from_card += sent.size();
    channel->asked = false;  // it is not done with this connection
  }
  const bool dropped = last && outcome == Connection::Sent::kTaken;
  if (dropped || outcome == Connection::Sent::kBroken) {
    if (dropped) (void)connection.send_due();
    connection.abort();
    lose(*channel, dropped ? ChannelState::kDropped : ChannelState::kListen);
    return bip_error(response, cause::kChannelClosed);
  }
  if (outcome == Connection::Sent::kTaken) {
    response.result(result::kPerformed);
  } else {
    // A temporary problem: the card tries again at the STATUS that it gets when
    // there is room.
    response.result(result::kTerminalBusy, uint8_t{0});
  }
  channel->starved = outcome == Connection::Sent::kFull ||
                     (connection.sending() && connection.room() < cat::kLengthOrMore);
  response.object(tag::kChannelDataLength, length_or_more(connection.room()));
}

void Gateway::get_channel_status(const ProactiveCommand&, TerminalResponse& response) {
  response.result(result::kPerformed);
  bool any = false;
  for (const Channel& channel : channels_) {
    if (channel.info.state == ChannelState::kFree) continue;
    response.object(tag::kChannelStatus, status_of(channel));
    any = true;
  }
  if (!any) response.object_u16(tag::kChannelStatus, 0);
}

// Octets that this connection may still relay before its link is dropped.
size_t Gateway::allowance(const Channel& channel) const {
  if (policy_.drop_after == 0) return std::numeric_limits<size_t>::max();
  return policy_.drop_after - std::min(policy_.drop_after, channel.relayed);
}

ChannelStatus Gateway::status_of(const Channel& channel) const {
  struct Row {
    ChannelState state;
    uint8_t status;
    uint8_t information;
  };
  static constexpr Row kRows[] = {
      {ChannelState::kFree, cat::channel_status::kClosed, 0},
      {ChannelState::kListen, cat::channel_status::kListen, 0},
      {ChannelState::kEstablished, cat::channel_status::kEstablished, 0},
      {ChannelState::kDropped, cat::channel_status::kClosed, cat::channel_status::kLinkDropped},
  };
  const Row& row = kRows[static_cast<size_t>(channel.info.state)];
  const auto identifier = static_cast<uint8_t>(&channel - channels_.data() + 1);
  return {static_cast<uint8_t>(row.status | identifier), row.information};
}

}  // namespace scwsim::terminal
