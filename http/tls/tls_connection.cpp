#include "http/tls/tls_connection.h"

#include <mbedtls/error.h>
#include <mbedtls/ssl_internal.h>

#include <algorithm>
#include <utility>

#include "http/tls/tls_server.h"

namespace scwsim::http {

TlsConnection::TlsConnection(TlsServer& server, Stream& stream)
    : server_(server),
      stream_(stream),
      arena_(server.session_memory()),
      took_last_place_(stream.crowded()) {}

TlsConnection::~TlsConnection() {
  server_.counters().saw(arena_.peak());
  inner_.reset();
}

bool TlsConnection::start(const mbedtls_ssl_config& config) {
  const Arena::Scope scope(arena_);
  mbedtls_ssl_set_bio(ssl_.get(), this, take_output, give_input, nullptr);
  const int error = mbedtls_ssl_setup(ssl_.get(), &config);
  if (error != 0) fail(error);
  return error == 0;
}

// ---- between mbedTLS and the bearer ------------------------------------------

// Whether the record whose header mbedTLS has just read is of a suite without
// encryption and shorter than its MAC. Up to 2.28.4 mbedTLS takes it, and reads far
// beyond it (CVE-2023-43615).
bool TlsConnection::lacks_mac() const {
  const mbedtls_ssl_transform* keys = ssl_->transform_in;
  if (keys == nullptr ||
      mbedtls_cipher_get_cipher_mode(&keys->cipher_ctx_dec) != MBEDTLS_MODE_STREAM) {
    return false;
  }
  ByteReader header(Bytes(ssl_->in_hdr, kRecordHeader));
  header.take(3);  // type and version
  return header.u16() < keys->maclen;
}

int TlsConnection::give_input(void* self, unsigned char* room, size_t size) {
  auto& c = *static_cast<TlsConnection*>(self);
  const size_t had = c.ssl_->in_left;  // of the record that mbedTLS is reading
  const size_t n = std::min(size, c.input_end_ - c.input_begin_);
  if (n == 0) return MBEDTLS_ERR_SSL_WANT_READ;
  std::ranges::copy(Bytes(c.input_).subspan(c.input_begin_, n), room);
  c.input_begin_ += n;
  if (c.input_begin_ == c.input_end_) c.input_begin_ = c.input_end_ = 0;
  if (had < kRecordHeader && had + n == kRecordHeader && c.lacks_mac()) {
    return MBEDTLS_ERR_SSL_INVALID_MAC;
  }
  return static_cast<int>(n);
}

int TlsConnection::take_output(void* self, const unsigned char* octets, size_t size) {
  auto& c = *static_cast<TlsConnection*>(self);
  const size_t n = std::min(size, c.output_.size());
  if (n == 0) return MBEDTLS_ERR_SSL_WANT_WRITE;
  std::ranges::copy(Bytes(octets, n), c.output_.begin());
  c.output_ = c.output_.subspan(n);
  return static_cast<int>(n);
}

size_t TlsConnection::receive_window() const {
  return phase_ == Phase::kEnded ? input_.size() : input_.size() - input_end_;
}

void TlsConnection::receive(Bytes bytes) {
  if (phase_ == Phase::kEnded) return;
  const Arena::Scope scope(arena_);
  std::ranges::copy(bytes, input_.begin() + static_cast<std::ptrdiff_t>(input_end_));
  input_end_ += bytes.size();
  while (step()) {
  }
}

bool TlsConnection::has_output() const {
  if (ssl_->out_left > 0) return true;
  return phase_ == Phase::kOpen && (is_staged() || inner_->has_output() || inner_->finished());
}

size_t TlsConnection::transmit(std::span<uint8_t> out) {
  const Arena::Scope scope(arena_);
  output_ = out;
  while (step()) {
  }
  const size_t given = out.size() - output_.size();
  output_ = {};
  return given;
}

// ---- the session -------------------------------------------------------------

// Does one thing that can be done now. False when there is none: it wants input, or
// room for output.
bool TlsConnection::step() {
  if (is_staged()) return write_staged();
  if (ssl_->out_left > 0) {
    const int error = mbedtls_ssl_flush_output(ssl_.get());
    if (error != 0) return false;  // take_output() knows no other than that it is full
  }
  switch (phase_) {
    case Phase::kHandshake: return step_handshake();
    case Phase::kOpen: break;
    case Phase::kEnded: return false;
  }
  if (inner_->has_output()) {
    if (output_.empty()) return false;
    staged_begin_ = 0;
    staged_end_ = inner_->transmit(staged_);
    return true;
  }
  if (inner_->finished()) {
    close();
    return true;
  }
  return step_read();
}

bool TlsConnection::step_handshake() {
  if (ssl_->state == MBEDTLS_SSL_SERVER_HELLO) hello_ = hello_of(*ssl_.get());
  server_.set_hello(hello_);
  int error = mbedtls_ssl_handshake_step(ssl_.get());
  if (arena_.ran_out()) {
    // The end, also where mbedTLS has gone on with what it could not compute.
    error = MBEDTLS_ERR_SSL_ALLOC_FAILED;
    server_.renew_keys();
  }
  if (error == MBEDTLS_ERR_SSL_WANT_READ || error == MBEDTLS_ERR_SSL_WANT_WRITE) return false;
  if (error != 0) {
    fail(error);
    return true;
  }
  if (ssl_->state == MBEDTLS_SSL_SERVER_HELLO) settle_fragments();
  if (ssl_->handshake != nullptr && ssl_->handshake->resume != 0) resumed_ = true;
  if (ssl_->state != MBEDTLS_SSL_HANDSHAKE_OVER) return true;
  spent_s_ = 0;
  ++server_.counters().handshakes;
  if (resumed_) ++server_.counters().resumed;
  phase_ = Phase::kOpen;
  inner_ =
      server_.http().connect(stream_, {.administrator = false, .secure = true}, took_last_place_);
  return true;
}

// mbedTLS writes each message of a handshake as one record, also where it has agreed
// to shorter ones. There the client's wish is not granted (RFC 6066 §4 lets it be).
void TlsConnection::settle_fragments() {
  constexpr size_t kHeaders = 10;    // of a Certificate message; 3 with each certificate
  constexpr size_t kExchange = 160;  // of a ServerKeyExchange, curve point included
  mbedtls_ssl_session& session = *ssl_->session_negotiate;
  const auto* suite = ssl_->handshake->ciphersuite_info;
  if (session.mfl_code == MBEDTLS_SSL_MAX_FRAG_LEN_NONE || suite == nullptr) return;
  size_t largest = 0;
  if (mbedtls_ssl_get_ciphersuite_sig_pk_alg(suite) != MBEDTLS_PK_NONE) {
    largest = kHeaders;
    for (const auto* c = mbedtls_ssl_own_cert(ssl_.get()); c != nullptr; c = c->next) {
      largest += c->raw.len + 3;
    }
    const size_t signature = mbedtls_pk_get_len(mbedtls_ssl_own_key(ssl_.get()));
    largest = std::max(largest, kExchange + signature);
  }
  if (mbedtls_ssl_ciphersuite_uses_dhe(suite) != 0) largest += size_t{2} * MBEDTLS_MPI_MAX_SIZE;
  if (largest > mbedtls_ssl_get_output_max_frag_len(ssl_.get())) {
    session.mfl_code = MBEDTLS_SSL_MAX_FRAG_LEN_NONE;
  }
}

bool TlsConnection::step_read() {
  std::array<uint8_t, 1024> content;
  const size_t window = std::min(content.size(), inner_->receive_window());
  if (window == 0) return false;
  if (ssl_->in_offt == nullptr) ssl_->in_msgtype = 0;  // of the record before
  const int n = mbedtls_ssl_read(ssl_.get(), content.data(), window);
  if (n == MBEDTLS_ERR_SSL_WANT_READ || n == MBEDTLS_ERR_SSL_WANT_WRITE) {
    if (ssl_->in_msgtype != MBEDTLS_SSL_MSG_HANDSHAKE) return false;
    // mbedTLS has answered it with no_renegotiation (RFC 5246 §7.2.2), and goes on.
    server_.note("renegotiation refused", "the session goes on as it is");
    return true;
  }
  if (n > 0) {
    spent_s_ = 0;
    inner_->receive(Bytes(content).first(static_cast<size_t>(n)));
  } else if (n == 0 || n == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
    // RFC 5246 §7.2.1: answered at once; what was still to be said is not.
    end(StreamEnd::kPeerClosed);
    close();
  } else {
    fail(n);
  }
  return true;
}

// Called with the same content until the record is out: mbedTLS wants it so, and
// may make two of it (TLS 1.0 with CBC).
bool TlsConnection::write_staged() {
  const Bytes content = Bytes(staged_).subspan(staged_begin_, staged_end_ - staged_begin_);
  const int n = mbedtls_ssl_write(ssl_.get(), content.data(), content.size());
  if (n == MBEDTLS_ERR_SSL_WANT_WRITE || n == MBEDTLS_ERR_SSL_WANT_READ) return false;
  if (n < 0) {
    fail(n);
  } else {
    staged_begin_ += static_cast<size_t>(n);
  }
  return true;
}

void TlsConnection::close() {
  static_cast<void>(mbedtls_ssl_close_notify(ssl_.get()));
  end(StreamEnd::kFinished);
}

void TlsConnection::fail(int error) {
  ++server_.counters().refused;
  const char* reason = mbedtls_high_level_strerr(error);
  if (reason == nullptr) reason = mbedtls_low_level_strerr(error);
  server_.note(phase_ == Phase::kHandshake ? "handshake failed" : "session broke off",
               reason == nullptr ? "unknown error" : reason);
  if (phase_ == Phase::kOpen) server_.forget(*ssl_->session);
  end(StreamEnd::kLinkDropped);
}

// What is said from here on is TLS's own.
void TlsConnection::end(StreamEnd end) {
  phase_ = Phase::kEnded;
  staged_begin_ = staged_end_ = 0;
  input_begin_ = input_end_ = 0;
  if (const auto inner = std::exchange(inner_, nullptr)) inner->closed(end);
}

// ---- the end -----------------------------------------------------------------

void TlsConnection::give_up(std::string_view why) {
  ++server_.counters().refused;
  server_.note("handshake given up", why);
  end(StreamEnd::kLinkDropped);
}

void TlsConnection::idle() {
  const Arena::Scope scope(arena_);
  if (phase_ == Phase::kOpen) {
    inner_->idle();
    while (step()) {
    }
  } else if (phase_ == Phase::kHandshake) {
    give_up("the client has gone silent");
  }
}

// As a request, a handshake or a record must come to its end.
void TlsConnection::tick(uint16_t seconds) {
  const Arena::Scope scope(arena_);
  const uint32_t limit = server_.http().policy().request_s;
  spent_s_ = phase_ == Phase::kHandshake || record_begun() ? spent_s_ + seconds : 0;
  const bool too_long = limit > 0 && spent_s_ > limit;
  if (phase_ == Phase::kHandshake && too_long) return give_up("it takes too long");
  if (phase_ != Phase::kOpen) return;
  if (too_long) {
    ++server_.counters().refused;
    server_.note("session broke off", "a record takes too long");
    return close();
  }
  inner_->tick(seconds);
  while (step()) {
  }
}

bool TlsConnection::make_room() {
  if (phase_ == Phase::kOpen && !record_begun()) return inner_->make_room();
  return phase_ == Phase::kEnded;
}

void TlsConnection::closed(StreamEnd end) {
  const bool begun = ssl_->in_left > 0 || ssl_->state > MBEDTLS_SSL_CLIENT_HELLO;
  if (phase_ == Phase::kHandshake && begun) give_up("the client has gone away");
  if (const auto inner = std::exchange(inner_, nullptr)) inner->closed(end);
  phase_ = Phase::kEnded;
}

}  // namespace scwsim::http
