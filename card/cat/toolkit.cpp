#include "card/cat/toolkit.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace scwsim::cat {

namespace sw = apdu::sw;

void Toolkit::add(Client& client) {
  if (client_count_ < kMaxClients) clients_[client_count_++] = &client;
}

void Toolkit::request_turn(const Client& client) {
  for (size_t i = 0; i < client_count_; ++i) {
    if (clients_[i] == &client) ready_ |= 1U << i;
  }
}

void Toolkit::withdraw(Client& client) {
  if (state_ != State::kPending || owner_ != &client) return;
  state_ = State::kIdle;
  owner_ = nullptr;
  client.on_withdrawn();
  request_turn(client);
}

void Toolkit::reset() {
  state_ = State::kIdle;
  owner_ = nullptr;
  ready_ = 0;
  profile_ = {};
  // A client that hears of a terminal without abilities lets everything go.
  for (Client* client : clients()) client->on_terminal_profile(profile_);
  ready_ = 0;
}

void Toolkit::terminal_profile(const apdu::Command& command, apdu::Response& response) {
  reset();
  profile_ = TerminalProfile(command.data);
  for (Client* client : clients()) client->on_terminal_profile(profile_);
  response.end(sw::kOk);
}

size_t Toolkit::pending() {
  if (state_ == State::kPending) return pending_.size();
  if (state_ == State::kFetched) return 0;
  while (ready_ != 0) {
    const auto turn = static_cast<size_t>(std::countr_zero(ready_));
    Client& client = *clients_[turn];
    if (client.next_command(command_)) {
      pending_ = command_.finish();
      if (!pending_.empty()) {
        state_ = State::kPending;
        owner_ = &client;
        return pending_.size();
      }
    }
    ready_ &= ~(1U << turn);
  }
  return 0;
}

void Toolkit::fetch(const apdu::Command& command, apdu::Response& response) {
  if (state_ != State::kPending) return response.end(sw::kConditionsNotSatisfied);
  if (command.le != pending_.size()) {
    return response.end(static_cast<uint16_t>(sw::kWrongLe | (pending_.size() & 0xFF)));
  }
  response.data().bytes(pending_);
  state_ = State::kFetched;
  refused_ = false;
  ++counters_.proactive_commands;
  response.end(sw::kOk);
}

void Toolkit::terminal_response(const apdu::Command& command, apdu::Response& response) {
  const Result<TerminalResponse> answer = TerminalResponse::parse(command.data);
  uint16_t status = sw::kOk;
  if (!answer) {
    status = sw::kTechnicalProblem;
  } else if (state_ != State::kFetched) {
    status = sw::kConditionsNotSatisfied;
  } else if (answer->number != ProactiveCommand::kNumber || answer->type != command_.type()) {
    status = sw::kWrongData;
  }
  response.end(status);
  if (status != sw::kOk) {
    ++counters_.refused;
    refused_ = true;
    return;
  }
  ++counters_.terminal_responses;
  state_ = State::kIdle;
  Client& owner = *owner_;
  owner_ = nullptr;
  request_turn(owner);
  owner.on_terminal_response(*answer);
}

void Toolkit::envelope(const apdu::Command& command, apdu::Response& response) {
  const Result<Envelope> envelope = Envelope::parse(command.data);
  if (!envelope) {
    ++counters_.refused;
    return response.end(sw::kTechnicalProblem);
  }
  if (envelope->tag == ber::kEventDownload) {
    const Result<EventDownload> download = EventDownload::parse(*envelope);
    if (!download) {
      ++counters_.refused;
      return response.end(sw::kTechnicalProblem);
    }
    for (Client* client : clients()) {
      const auto wanted = client->events();
      if (std::ranges::find(wanted, download->event) != wanted.end()) client->on_event(*download);
    }
  }
  if (envelope->tag == ber::kTimerExpiration) {
    const auto timer = envelope->objects.find(tag::kTimerIdentifier);
    if (!timer || timer->value.size() != 1) {
      ++counters_.refused;
      return response.end(sw::kTechnicalProblem);
    }
    for (Client* client : clients()) client->on_timer_expiration(timer->value[0]);
  }
  ++counters_.envelopes;
  response.end(sw::kOk);
}

void Toolkit::poll() {
  // A terminal that goes back to polling has said what it had to say.
  if (state_ == State::kFetched && refused_) {
    state_ = State::kIdle;
    Client& owner = *std::exchange(owner_, nullptr);
    request_turn(owner);
    owner.on_unanswered();
  }
  for (Client* client : clients()) client->on_poll();
}

size_t Toolkit::wanted_events(std::span<uint8_t> list) const {
  size_t count = 0;
  for (const Client* client : clients()) {
    for (const uint8_t event : client->events()) {
      const auto so_far = list.first(count);
      if (count == list.size() || std::ranges::find(so_far, event) != so_far.end()) continue;
      if (!profile_.reports(event)) continue;
      list[count++] = event;
    }
  }
  return count;
}

void Toolkit::event_list_accepted() {
  for (Client* client : clients()) client->on_event_list_accepted();
}

}  // namespace scwsim::cat
