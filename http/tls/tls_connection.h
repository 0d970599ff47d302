// One HTTPS connection at the card's end: a TLS session of mbedTLS between the
// bearer's octets and a connection of the web server, which is made once the
// handshake has come to its end. Back-pressure goes through: input waits with the
// bearer when the web server takes none, output is encrypted as the link has room.
#pragma once

#include <mbedtls/ssl.h>

#include <array>
#include <memory>
#include <string_view>

#include "card/base/stream.h"
#include "http/tls/arena.h"
#include "http/tls/owned.h"
#include "http/tls/session_cache.h"

namespace scwsim::http {

class TlsServer;

class TlsConnection final : public StreamHandler {
 public:
  /// A connection of `server` on `stream`; both must outlive it.
  TlsConnection(TlsServer& server, Stream& stream);
  ~TlsConnection() override;

  /// Makes the session by `config`, which must outlive the connection. Once, before
  /// anything else. False, and noted, when the session's memory does not suffice.
  [[nodiscard]] bool start(const mbedtls_ssl_config& config);

  [[nodiscard]] size_t receive_window() const override;
  void receive(Bytes bytes) override;
  [[nodiscard]] bool has_output() const override;
  size_t transmit(std::span<uint8_t> out) override;
  void idle() override;
  void tick(uint16_t seconds) override;
  bool make_room() override;
  [[nodiscard]] bool finished() const override { return phase_ == Phase::kEnded; }
  void closed(StreamEnd end) override;

 private:
  enum class Phase : uint8_t {
    kHandshake,
    kOpen,   // both ways
    kEnded,  // close_notify or an alert may still go out; what comes is dropped
  };

  static int give_input(void* self, unsigned char* room, size_t size);
  static int take_output(void* self, const unsigned char* octets, size_t size);

  [[nodiscard]] bool lacks_mac() const;
  bool step();
  bool step_handshake();
  void settle_fragments();
  bool step_read();
  bool write_staged();
  void close();
  void fail(int error);
  void give_up(std::string_view why);
  void end(StreamEnd end);
  // Whether a record has begun to come in.
  [[nodiscard]] bool record_begun() const { return input_begin_ < input_end_ || ssl_->in_left > 0; }
  [[nodiscard]] bool is_staged() const { return staged_begin_ < staged_end_; }

  // Octets before the content of each record (RFC 5246 §6.2.1).
  static constexpr size_t kRecordHeader = 5;
  // What one RECEIVE DATA brings fits twice.
  static constexpr size_t kInput = 512;
  // Content of one record that we send, at most.
  static constexpr size_t kRecord = 2048;

  TlsServer& server_;
  Stream& stream_;
  Arena arena_;
  Owned<mbedtls_ssl_context, mbedtls_ssl_init, mbedtls_ssl_free> ssl_;
  Phase phase_ = Phase::kHandshake;
  const bool took_last_place_;
  Hello hello_;
  bool resumed_ = false;
  uint32_t spent_s_ = 0;                  // on the handshake, or on the record that is coming in
  std::unique_ptr<StreamHandler> inner_;  // while open
  std::array<uint8_t, kInput> input_;
  size_t input_begin_ = 0;
  size_t input_end_ = 0;
  std::span<uint8_t> output_;            // what of the link's room is left
  std::array<uint8_t, kRecord> staged_;  // content of the record being sent
  size_t staged_begin_ = 0;
  size_t staged_end_ = 0;
};

}  // namespace scwsim::http
