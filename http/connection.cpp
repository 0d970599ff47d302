#include "http/connection.h"

#include <algorithm>
#include <cassert>

#include "http/server.h"
#include "http/status_page.h"

namespace scwsim::http {

// A card has up to seven of these; it must stay a matter of a few kilobytes.
static_assert(sizeof(Connection) <= size_t{6} * 1024);

Connection::Connection(Server& server, Stream& stream, Peer peer, bool took_last_place)
    : server_(server),
      stream_(stream),
      took_last_place_(took_last_place),
      parser_(input_, server.policy(), peer),
      body_(server.policy().limits) {}

size_t Connection::receive_window() const {
  return step_ == Step::kClosing ? input_.size() : input_.size() - filled_;
}

void Connection::receive(Bytes bytes) {
  assert(bytes.size() <= receive_window());
  server_.counters().octets_in += bytes.size();
  // Once the last response is decided the rest is read and dropped: a reset could
  // take the response away from the client (RFC 9112 §9.6).
  if (step_ == Step::kClosing) return;
  std::ranges::copy(bytes, input_.begin() + static_cast<std::ptrdiff_t>(filled_));
  filled_ += bytes.size();
  advance();
}

size_t Connection::transmit(std::span<uint8_t> out) {
  size_t given = 0;
  while (given < out.size() && sender_.has_output()) {
    given += sender_.transmit(out.subspan(given));
    advance();  // the next request may already be here, and nobody will push it
  }
  server_.counters().octets_out += given;
  return given;
}

void Connection::idle() {
  if (make_room()) return;
  if (step_ == Step::kHead || step_ == Step::kBody) {
    refuse({Status::kRequestTimeout, "the rest of the request did not come"});
  }
}

// Octets now and then are not enough: what has begun must come to its end.
void Connection::tick(uint16_t seconds) {
  if (step_ == Step::kHead && !parser_.begun()) return;
  spent_s_ += seconds;
  const Policy& policy = server_.policy();
  const bool receiving = step_ == Step::kHead || step_ == Step::kBody;
  const uint32_t limit = receiving ? policy.request_s : policy.response_s;
  if (limit == 0 || spent_s_ <= limit) return;
  if (receiving) {
    refuse({Status::kRequestTimeout, "the request takes too long"});
  } else {
    sender_.break_off();
    step_ = Step::kClosing;
  }
}

bool Connection::make_room() {
  if (step_ == Step::kHead && !parser_.begun()) step_ = Step::kClosing;
  return step_ == Step::kClosing;
}

void Connection::closed(StreamEnd) { slot_.clear(); }

// Does what can be done with the input at hand.
void Connection::advance() {
  bool more = true;
  while (more) {
    switch (step_) {
      case Step::kHead: more = read_head(); break;
      case Step::kBody: more = read_body(); break;
      case Step::kAnswer: more = finish_answer(); break;
      case Step::kClosing: more = false; break;
    }
  }
}

bool Connection::read_head() {
  const Decode progress = parser_.parse(filled_);
  if (progress == Decode::kMore) return false;
  if (progress == Decode::kError) {
    refuse(parser_.refusal());
  } else {
    taken_ = parser_.head_size();
    begin_request();
  }
  return true;
}

void Connection::begin_request() {
  const Request& request = parser_.request();
  page_ = &server_.open(request, slot_);
  if (!request.has_body()) return answer(request.keep_alive);
  if (request.expects_continue || request.expectation_unknown) {
    // A client that waits is told at once. Whether it then sends the body that
    // nobody wants cannot be known, so the connection closes (RFC 9110 §10.1.1).
    if (!page_->wants_body()) return answer(false);
    sender_.send_continue();
  }
  body_.start(request);
  step_ = Step::kBody;
}

bool Connection::read_body() {
  ByteReader in(Bytes(input_).subspan(taken_, filled_ - taken_));
  Decode progress = Decode::kMore;
  while (progress == Decode::kMore && in.left() > 0) {
    Bytes fragment;
    progress = body_.next(in, fragment);
    if (!fragment.empty() && page_->wants_body()) page_->receive(fragment);
  }
  switch (progress) {
    case Decode::kMore: filled_ = taken_; return false;  // all used up
    case Decode::kDone:
      taken_ = filled_ - in.left();
      answer(parser_.request().keep_alive);
      return true;
    case Decode::kError: refuse(body_.refusal()); return true;
  }
  return false;
}

void Connection::answer(bool keep_alive) {
  const Request& request = parser_.request();
  keep_alive = keep_alive && may_persist();
  if (!sender_.start(*page_, request, keep_alive)) {
    page_ =
        &slot_.emplace<StatusPage>(Status::kInternalServerError, "the page gave no proper answer");
    static_cast<void>(sender_.start(*page_, request, keep_alive));  // this page does
  }
  ++served_;
  spent_s_ = 0;
  server_.counters().count_response(sender_.status());
  step_ = sender_.closes() ? Step::kClosing : Step::kAnswer;
}

// Whoever took the last place gives it back after one response, so that all who
// wait get their turn there; others may stay as long as it is theirs.
bool Connection::may_persist() const {
  const Policy& policy = server_.policy();
  if (!policy.persistent_connections || took_last_place_) return false;
  return served_ + 1 < policy.requests_when_crowded || !stream_.crowded();
}

// Answers a request whose end cannot be told any more.
void Connection::refuse(Refusal refusal) {
  page_ = &slot_.emplace<StatusPage>(refusal.status, refusal.reason);
  answer(false);
}

bool Connection::finish_answer() {
  if (sender_.has_output()) return false;
  slot_.clear();
  page_ = nullptr;
  if (sender_.closes()) {  // the page broke off
    step_ = Step::kClosing;
    return false;
  }
  std::ranges::copy(Bytes(input_).subspan(taken_, filled_ - taken_), input_.begin());
  filled_ -= taken_;
  taken_ = 0;
  spent_s_ = 0;
  parser_.reset();
  step_ = Step::kHead;
  return true;
}

}  // namespace scwsim::http
