#include "tools/terminal/connection.h"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>

#include "card/cat/values.h"

namespace scwsim::terminal {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// How long a finished connection waits for the application to close its side, or
// to read on.
constexpr std::chrono::seconds kPatience{10};

// The system may wait for what comes next, and wake the application once for all.
constexpr int kMoreFollows = MSG_MORE;

}  // namespace

Connection::Connection(Socket socket, size_t buffer_size, Owner& owner)
    : socket_(std::move(socket)), owner_(&owner), rx_(buffer_size), tx_(buffer_size) {
  error_code ignored;  // a socket that is broken already tells so when it is read
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void Connection::read() {
  if (reading_ || peer_finished_ || !rx_.empty() || !socket_.is_open()) return;
  reading_ = true;
  const std::span<uint8_t> room = rx_.room();
  socket_.async_read_some(asio::buffer(room.data(), room.size()),
                          [self = shared_from_this()](const error_code& error, size_t n) {
                            self->on_read(error == asio::error::eof, static_cast<bool>(error), n);
                          });
}

void Connection::on_read(bool end, bool failed, size_t n) {
  reading_ = false;
  if (!socket_.is_open()) return;
  peer_finished_ = end;
  if (owner_ == nullptr) {
    // Lingering: whatever still comes is of no interest, but must be read so that
    // closing the socket is no reset.
    if (!failed) {
      read();
    } else if (!end || !sending_) {
      abort();
    }
    return;
  }
  if (!failed) {
    rx_.commit(n);
    owner_->on_received(*this);
  } else if (end) {
    owner_->on_peer_finished(*this);
  } else {
    owner_->on_broken(*this);
  }
}

void Connection::consume(size_t n) {
  rx_.consume(n);
  read();
}

Connection::Sent Connection::send(Bytes bytes, bool now) {
  // Room for these octets, and ample room after them.
  const size_t wanted = bytes.size() + (now ? cat::kLengthOrMore : 0U);
  if (wanted > tx_.free() && flush(kMoreFollows) == Flushed::kBroken) return Sent::kBroken;
  if (!tx_.append(bytes)) return Sent::kFull;
  if (!now) return Sent::kTaken;
  sending_ = true;
  const bool more_fits = tx_.free() >= cat::kLengthOrMore;
  return more_fits || flush() != Flushed::kBroken ? Sent::kTaken : Sent::kBroken;
}

bool Connection::send_due() { return !sending_ || flush() != Flushed::kBroken; }

Connection::Flushed Connection::flush(int flags) {
  sending_ = true;
  if (waiting_writable_) return Flushed::kPart;
  while (!tx_.empty()) {
    error_code error;
    const size_t n = socket_.send(asio::buffer(tx_.data().data(), tx_.size()), flags, error);
    tx_.consume(n);
    if (error == asio::error::would_block || error == asio::error::try_again) {
      wait_writable();
      return Flushed::kPart;
    }
    if (error) return Flushed::kBroken;
  }
  sending_ = false;
  return Flushed::kAll;
}

void Connection::wait_writable() {
  waiting_writable_ = true;
  socket_.async_wait(Socket::wait_write,
                     [self = shared_from_this()](const error_code&) { self->on_writable(); });
}

void Connection::on_writable() {
  waiting_writable_ = false;
  if (!socket_.is_open()) return;
  const Flushed flushed = flush();
  if (owner_ == nullptr) {
    if (flushed == Flushed::kAll) end_gracefully();
    if (flushed == Flushed::kBroken) abort();
  } else if (flushed == Flushed::kBroken) {
    owner_->on_broken(*this);
  } else {
    owner_->on_drained(*this);
  }
}

void Connection::watch() {
  if (watching_ || reading_ || peer_finished_ || !socket_.is_open()) return;
  watching_ = true;
  socket_.async_wait(Socket::wait_error, [self = shared_from_this()](const error_code& error) {
    self->watching_ = false;
    if (!error && self->owner_ != nullptr && self->has_failed()) self->owner_->on_broken(*self);
  });
}

bool Connection::has_failed() {
  // The wait also ends with urgent data, which are no failure.
  int code = 0;
  socklen_t size = sizeof(code);
  return socket_.is_open() &&
         ::getsockopt(socket_.native_handle(), SOL_SOCKET, SO_ERROR, &code, &size) == 0 &&
         code != 0;
}

void Connection::finish() {
  owner_ = nullptr;
  rx_.clear();
  const Flushed flushed = flush();
  if (flushed == Flushed::kBroken) return abort();
  if (flushed == Flushed::kAll) return end_gracefully();
  give_up_later();
  read();
}

void Connection::end_gracefully() {
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error || peer_finished_) return abort();
  give_up_later();
  read();
}

void Connection::give_up_later() {
  patience_.emplace(socket_.get_executor(), kPatience);
  patience_->async_wait([self = shared_from_this()](const error_code& error) {
    if (!error) self->abort();
  });
}

void Connection::abort() {
  owner_ = nullptr;
  patience_.reset();
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace scwsim::terminal
