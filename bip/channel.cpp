#include "bip/channel.h"

#include <algorithm>

namespace scwsim::bip {

namespace {

namespace device = cat::device;
namespace tag = cat::tag;
using cat::CommandType;

// Where a terminal cannot read a two-octet length, pieces of this size fit its
// one-octet form.
constexpr uint8_t kShortPiece = 100;

// OPEN CHANNEL repeated more often than this is given up for the session.
constexpr uint16_t kMostOpenAttempts = 64;

// The smallest buffer that is worth a channel.
constexpr uint16_t kLeastBuffer = 32;

}  // namespace

void Channel::handle(ChannelEvent event) {
  const auto row = channel_row(state_, event);
  if (!row) return;
  state_ = row->to;
  switch (row->action) {
    case ChannelAction::kNone: break;
    case ChannelAction::kReplace: end(StreamEnd::kPeerClosed); [[fallthrough]];
    case ChannelAction::kAccept: accept(); break;
    case ChannelAction::kEndFinished: end(StreamEnd::kFinished); break;
    case ChannelAction::kEndClosed: end(StreamEnd::kPeerClosed); break;
    case ChannelAction::kEndDropped: end(StreamEnd::kLinkDropped); break;
  }
  switch (state_) {
    case ChannelState::kOff:
      backoff_.reset();
      buffer_ = sizes_.buffer;
      send_size_ = sizes_.send;
      [[fallthrough]];
    case ChannelState::kWaiting: forget_identifier(); break;
    default: break;
  }
  owner_.request_turn();
}

void Channel::forget_identifier() {
  identifier_ = 0;
  rx_available_ = 0;
}

void Channel::accept() {
  ++connection_;
  moved();
  owner_.connection_began(port_);
  rx_held_ = tx_held_ = false;
  tx_room_ = buffer_;
  handler_ = acceptor_.accept(*this);
  if (handler_) unsent_ = std::make_unique<Unsent>();
}

void Channel::moved() {
  idle_s_ = 0;
  stands_still_ = false;
}

void Channel::end(StreamEnd end) {
  rx_available_ = 0;
  unsent_.reset();
  if (const auto handler = std::exchange(handler_, nullptr)) handler->closed(end);
}

bool Channel::next_command(cat::ProactiveCommand& command) {
  asked_for_ = connection_;
  switch (state_) {
    case ChannelState::kToOpen:
      write_open(command);
      handle(ChannelEvent::kOpenSent);
      return true;
    case ChannelState::kEstablished:
    case ChannelState::kDraining: return next_transfer(command);
    case ChannelState::kUncertain:
      if (!owner_.can_ask_status()) {
        handle(ChannelEvent::kTerminalClosed);
        return next_command(command);
      }
      if (tx_held_) return false;
      command.begin(CommandType::kGetChannelStatus, 0x00, device::kTerminal);
      return true;
    case ChannelState::kReleasing:
      if (tx_held_) return false;
      write_close(command, cat::close_qualifier::kToClosed);
      return true;
    default: return false;
  }
}

bool Channel::can_receive() const {
  return rx_available_ > 0 && !rx_held_ && handler_->receive_window() > 0;
}

bool Channel::next_transfer(cat::ProactiveCommand& command) {
  if (state_ == ChannelState::kDraining) {
    discard_output();
    if (handler_->receive_window() == 0) {
      handle(ChannelEvent::kDrained);  // its handler wants no more of it
      return false;
    }
    return can_receive() && write_receive(command);
  }
  const bool output = handler_ && (unsent_->size > 0 || handler_->has_output());
  if (output) return !tx_held_ && write_send(command);
  if (!handler_ || handler_->finished()) {
    if (tx_held_) return false;
    write_close(command, cat::close_qualifier::kToListen);
    handle(ChannelEvent::kCloseSent);
    return true;
  }
  return can_receive() && write_receive(command);
}

// The peer is gone and hears no answer; its last request is still carried out.
void Channel::discard_output() {
  unsent_->size = 0;
  while (handler_->has_output() && handler_->transmit(unsent_->octets) > 0) {
  }
}

void Channel::write_open(cat::ProactiveCommand& command) {
  command.begin(CommandType::kOpenChannel, 0x00, device::kTerminal);
  command.object_u16(tag::kBufferSize, buffer_);
  const std::array<uint8_t, 3> transport{static_cast<uint8_t>(cat::TransportProtocol::kTcpServer),
                                         static_cast<uint8_t>(port_ >> 8),
                                         static_cast<uint8_t>(port_)};
  command.object(tag::kTransportLevel, transport);
}

void Channel::write_close(cat::ProactiveCommand& command, uint8_t qualifier) {
  command.begin(CommandType::kCloseChannel, qualifier,
                static_cast<uint8_t>(device::kChannel + identifier_));
}

bool Channel::write_receive(cat::ProactiveCommand& command) {
  const size_t most = std::min<size_t>(sizes_.receive, handler_->receive_window());
  rx_asked_ = static_cast<uint8_t>(std::min<size_t>(most, rx_available_));
  command.begin(CommandType::kReceiveData, 0x00,
                static_cast<uint8_t>(device::kChannel + identifier_));
  command.object_u8(tag::kChannelDataLength | tag::kComprehension, rx_asked_);
  return true;
}

bool Channel::write_send(cat::ProactiveCommand& command) {
  Unsent& unsent = *unsent_;
  const size_t piece = std::min<size_t>(send_size_, tx_room_);
  if (unsent.size == 0) {
    unsent.size = handler_->transmit(std::span<uint8_t>(unsent.octets).first(piece));
  }
  unsent.in_flight = std::min(unsent.size, piece);
  if (unsent.in_flight == 0) return false;

  // Stored as long as more is to come and the terminal's buffer has room for it.
  const bool more = unsent.in_flight < unsent.size || handler_->has_output();
  const bool room = tx_room_ - unsent.in_flight >= send_size_;
  command.begin(CommandType::kSendData,
                more && room ? cat::send_qualifier::kStore : cat::send_qualifier::kImmediate,
                static_cast<uint8_t>(device::kChannel + identifier_));
  command.object(tag::kChannelData | tag::kComprehension,
                 Bytes(unsent.octets).first(unsent.in_flight));
  return true;
}

void Channel::on_response(const cat::TerminalResponse& response) {
  const Reaction reaction = reaction_to(response);
  switch (response.type) {
    case CommandType::kOpenChannel: on_open(response, reaction); break;
    case CommandType::kReceiveData: on_receive(response, reaction); break;
    case CommandType::kSendData: on_send(response, reaction); break;
    case CommandType::kCloseChannel: on_close(reaction); break;
    case CommandType::kGetChannelStatus: on_status(response, reaction); break;
    default: break;
  }
}

void Channel::on_unanswered() {
  switch (state_) {
    case ChannelState::kOpening: backoff_.failed(); return handle(ChannelEvent::kOpenFailed);
    case ChannelState::kEstablished:
    case ChannelState::kDraining:
    case ChannelState::kClosing: return lose(Reaction::kConnectionLost);
    default: return;  // it is sent again when its turn comes
  }
}

void Channel::on_open(const cat::TerminalResponse& response, Reaction reaction) {
  const auto size = response.objects.find(tag::kBufferSize);
  const uint16_t granted = size && size->value.size() == 2 ? ByteReader(size->value).u16() : 0;
  if (reaction == Reaction::kDone) {
    const auto object = response.objects.find(tag::kChannelStatus);
    const auto status = object ? cat::ChannelStatus::parse(object->value) : std::nullopt;
    if (!status || status->channel == 0) {
      // Nobody can use a channel without an identifier.
      backoff_.failed();
      return handle(ChannelEvent::kOpenFailed);
    }
    identifier_ = status->channel;
    if (granted > 0) buffer_ = granted;
    backoff_.reset();
    return handle(status->state == cat::channel_status::kEstablished
                      ? ChannelEvent::kPeerConnected
                      : ChannelEvent::kOpenedListening);
  }
  backoff_.failed();
  if (reaction == Reaction::kGiveUp || backoff_.attempts() >= kMostOpenAttempts) {
    return handle(ChannelEvent::kOpenRefused);
  }
  if (reaction == Reaction::kRetrySmaller) {
    // The size the terminal names, or half as much when it names none.
    const auto smaller =
        static_cast<uint16_t>(granted > 0 && granted < buffer_ ? granted : buffer_ / 2);
    if (smaller < kLeastBuffer) return handle(ChannelEvent::kOpenRefused);
    buffer_ = smaller;
    return handle(ChannelEvent::kRetryDue);
  }
  handle(ChannelEvent::kOpenFailed);
}

void Channel::on_receive(const cat::TerminalResponse& response, Reaction reaction) {
  if (is_outdated()) return;
  if (reaction == Reaction::kRetryLater) {
    rx_held_ = true;
    return;
  }
  if (reaction != Reaction::kDone) return lose(reaction);

  const auto data = response.objects.find(tag::kChannelData);
  const auto left = response.objects.find(tag::kChannelDataLength);
  const Bytes octets = data ? data->value : Bytes();
  // More than was asked for cannot be placed in the stream with certainty.
  if (octets.size() > rx_asked_) return lose(Reaction::kConnectionLost);
  if (left && left->value.size() == 1) {
    rx_available_ = left->value[0];
  } else if (octets.size() < rx_asked_) {
    rx_available_ = 0;
  } else if (rx_available_ != cat::kLengthOrMore) {
    // An event may have named fewer since the command was sent.
    rx_available_ -= std::min(rx_available_, static_cast<uint8_t>(octets.size()));
  }
  // A terminal that says there is more but gives nothing is not asked in a loop.
  if (octets.empty()) rx_held_ = true;
  if (!octets.empty()) {
    moved();
    handler_->receive(octets);
  }
  if (rx_available_ == 0 && state_ == ChannelState::kDraining) {
    discard_output();
    handle(ChannelEvent::kDrained);
  }
}

void Channel::on_send(const cat::TerminalResponse& response, Reaction reaction) {
  if (is_outdated()) return;
  Unsent& unsent = *unsent_;
  switch (reaction) {
    case Reaction::kDone: break;
    case Reaction::kRetryLater: tx_held_ = true; return;
    case Reaction::kRetrySmaller: {
      if (unsent.in_flight <= kShortPiece) return lose(Reaction::kConnectionLost);
      send_size_ = kShortPiece;
      return;
    }
    default: return lose(reaction);
  }
  const auto accepted = static_cast<std::ptrdiff_t>(unsent.in_flight);
  std::copy(unsent.octets.begin() + accepted,
            unsent.octets.begin() + static_cast<std::ptrdiff_t>(unsent.size),
            unsent.octets.begin());
  unsent.size -= unsent.in_flight;
  moved();

  const auto room = response.objects.find(tag::kChannelDataLength);
  const bool known = room && room->value.size() == 1 && room->value[0] != cat::kLengthOrMore;
  tx_room_ = known ? room->value[0] : std::max<size_t>(buffer_, cat::kLengthOrMore);
  if (tx_room_ == 0) tx_held_ = true;
}

void Channel::on_close(Reaction reaction) {
  if (state_ == ChannelState::kReleasing) {
    if (reaction == Reaction::kRetryLater) {
      tx_held_ = true;
      return;
    }
    backoff_.failed();
    return handle(ChannelEvent::kChannelGone);  // the identifier is free either way
  }
  switch (reaction) {
    case Reaction::kDone: return handle(ChannelEvent::kCloseDone);
    case Reaction::kRetryLater: tx_held_ = true; return handle(ChannelEvent::kRetryDue);
    default: return lose(reaction);
  }
}

void Channel::on_status(const cat::TerminalResponse& response, Reaction reaction) {
  if (state_ != ChannelState::kUncertain) return;
  if (reaction == Reaction::kRetryLater) {
    tx_held_ = true;
    return;
  }
  if (reaction == Reaction::kDone) {
    for (size_t i = 0; const auto object = response.objects.find(tag::kChannelStatus, i); ++i) {
      const auto status = cat::ChannelStatus::parse(object->value);
      if (!status || status->channel != identifier_) continue;
      switch (status->state) {
        case cat::channel_status::kListen: return handle(ChannelEvent::kOpenedListening);
        case cat::channel_status::kEstablished: return handle(ChannelEvent::kStillConnected);
        default: return handle(ChannelEvent::kTerminalClosed);
      }
    }
  }
  if (reaction != Reaction::kDone) return handle(ChannelEvent::kTerminalClosed);
  backoff_.failed();
  handle(ChannelEvent::kChannelGone);
}

void Channel::lose(Reaction reaction) {
  tx_held_ = false;
  if (reaction == Reaction::kChannelLost) {
    backoff_.failed();
    return handle(ChannelEvent::kChannelGone);
  }
  handle(ChannelEvent::kConnectionLost);
}

void Channel::on_event(const cat::EventDownload& download) {
  const cat::ChannelStatus& status = *download.channel_status;
  if (download.event == cat::event::kDataAvailable) {
    if (status.state != cat::channel_status::kEstablished) return;
    // Data may be announced before the connection that they came on.
    if (state_ == ChannelState::kListen) handle(ChannelEvent::kPeerConnected);
    rx_available_ = download.data_length;
    rx_held_ = false;
    return owner_.request_turn();
  }
  switch (status.state) {
    case cat::channel_status::kEstablished: return handle(ChannelEvent::kPeerConnected);
    case cat::channel_status::kListen:
      return handle(rx_available_ > 0 && handler_ ? ChannelEvent::kPeerClosedUnread
                                                  : ChannelEvent::kPeerClosed);
    case cat::channel_status::kClosed: return handle(ChannelEvent::kTerminalClosed);
    default: return;  // reserved
  }
}

void Channel::on_opportunity() {
  if (!rx_held_ && !tx_held_) return;
  rx_held_ = tx_held_ = false;
  // The terminal told of no room; whether there is some now only a try can tell.
  if (tx_room_ == 0) tx_room_ = send_size_;
  owner_.request_turn();
}

bool Channel::on_tick(uint16_t seconds, uint16_t limit) {
  on_opportunity();
  if (!handler_) return false;
  handler_->tick(seconds);
  stands_still_ = idle_s_ > 0;
  idle_s_ += seconds;
  if (idle_s_ <= limit) return true;
  idle_s_ = 0;
  if (state_ == ChannelState::kDraining) {
    handle(ChannelEvent::kDrained);
  } else if (unsent_->size > 0 || handler_->has_output()) {
    abandon();  // nobody reads what we say
  } else {
    handler_->idle();
  }
  owner_.request_turn();
  return handler_ != nullptr;
}

bool Channel::make_room() {
  if (state_ != ChannelState::kEstablished || !handler_ || rx_available_ > 0) return false;
  // Less than that, and a request may well be on its way.
  if (!stands_still_ || unsent_->size > 0 || !handler_->make_room()) return false;
  owner_.request_turn();
  return true;
}

// Without a handler the channel is closed to LISTEN when its turn comes.
void Channel::abandon() {
  tx_held_ = false;
  end(StreamEnd::kLinkDropped);
}

void Channel::on_poll() {
  on_opportunity();
  if (state_ == ChannelState::kWaiting && backoff_.poll()) handle(ChannelEvent::kRetryDue);
}

}  // namespace scwsim::bip
