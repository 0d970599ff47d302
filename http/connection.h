// One connection of the web server: requests in, responses out in their order
// (RFC 9112 §9.3). Input waits in one buffer of fixed size; while a response goes
// out, what does not fit there is held back at the sender. No allocation once it
// is made.
#pragma once

#include <array>

#include "card/base/stream.h"
#include "http/handler.h"
#include "http/policy.h"
#include "http/response_sender.h"
#include "http/wire/body_decoder.h"
#include "http/wire/request_parser.h"

namespace scwsim::http {

class Server;

class Connection final : public StreamHandler {
 public:
  /// A connection of `server` with `peer` on `stream`; both must outlive it.
  /// `took_last_place`: it gives its place back after one response.
  Connection(Server& server, Stream& stream, Peer peer, bool took_last_place);

  [[nodiscard]] size_t receive_window() const override;
  void receive(Bytes bytes) override;
  [[nodiscard]] bool has_output() const override { return sender_.has_output(); }
  size_t transmit(std::span<uint8_t> out) override;
  void idle() override;
  void tick(uint16_t seconds) override;
  bool make_room() override;
  [[nodiscard]] bool finished() const override { return step_ == Step::kClosing; }
  void closed(StreamEnd end) override;

 private:
  enum class Step : uint8_t {
    kHead,     // reading a request's head
    kBody,     // reading its body
    kAnswer,   // sending a response after which the connection goes on
    kClosing,  // sending the last response; input is thrown away
  };

  void advance();
  bool read_head();
  bool read_body();
  bool finish_answer();
  void begin_request();
  void answer(bool keep_alive);
  void refuse(Refusal refusal);
  [[nodiscard]] bool may_persist() const;

  Server& server_;
  Stream& stream_;
  const bool took_last_place_;
  Step step_ = Step::kHead;
  std::array<uint8_t, kMaxHead + kReadAhead> input_;  // a request, then what follows it
  size_t filled_ = 0;                                 // octets that stand in input_
  size_t served_ = 0;                                 // requests answered
  uint32_t spent_s_ = 0;                              // on this request, or this response
  size_t taken_ = 0;                                  // those of the request being served
  RequestParser parser_;
  BodyDecoder body_;
  PageSlot slot_;
  Page* page_ = nullptr;
  ResponseSender sender_;
};

}  // namespace scwsim::http
