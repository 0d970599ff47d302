#include "tools/links/framed_socket.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace scwsim::links {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// vpcd writes length and payload apart and waits, by Nagle's rule, for the
// acknowledgement in between: without this option, which the kernel takes back by
// itself, each APDU costs some 40 ms. It acknowledges, too, what has come already.
void acknowledge_at_once(int socket) {
  const int on = 1;
  (void)::setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

}  // namespace

FramedSocket::FramedSocket(Socket socket, Owner& owner)
    : socket_(std::move(socket)), owner_(&owner) {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
}

void FramedSocket::read() {
  if (owner_ == nullptr) return;
  if (std::exchange(reading_, true)) return;
  if (in_pieces_) acknowledge_at_once(socket_.native_handle());
  // Waits first: an answer takes its time, and a read before it is a call in vain.
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& error) {
    self->on_readable(error);
  });
}

void FramedSocket::on_readable(error_code error) {
  reading_ = false;
  // Reading a first piece acknowledges it, which lets the second go: it is there now.
  for (int pieces = 0; pieces < 2 && owner_ != nullptr; ++pieces) {
    const std::span<uint8_t> room = reader_.room();
    const size_t n = error ? 0 : socket_.read_some(asio::buffer(room.data(), room.size()), error);
    if (error == asio::error::would_block || error == asio::error::try_again) break;
    if (error) return fail(error);
    reader_.commit(n);
    if (!take_frames()) return;
    if (!reader_.in_frame()) break;
    in_pieces_ = true;
  }
  read();
}

// Hands frames over; whether there may be more of them. Who does not read our
// answers is not asked what else he wants.
bool FramedSocket::take_frames() {
  const auto free = [this] { return owner_ != nullptr && sending_.empty(); };
  for (Bytes payload; free() && reader_.next(payload);) owner_->on_frame(payload);
  return free();
}

// As much as the socket takes. A broken connection takes all: reading it tells.
size_t FramedSocket::send_now(Bytes octets) {
  if (owner_ == nullptr) return octets.size();
  error_code error;
  const size_t sent = socket_.write_some(asio::buffer(octets.data(), octets.size()), error);
  const bool full = error == asio::error::would_block || error == asio::error::try_again;
  return error && !full ? octets.size() : sent;
}

void FramedSocket::send(Bytes octets) {
  if (sending_.empty()) octets = octets.subspan(send_now(octets));
  queued_.insert(queued_.end(), octets.begin(), octets.end());
  if (sending_.empty()) flush();
}

void FramedSocket::flush() {
  if (owner_ == nullptr || queued_.empty()) return;
  sending_.swap(queued_);
  asio::async_write(socket_, asio::buffer(sending_),
                    [self = shared_from_this()](const error_code& error, size_t) {
                      self->sending_.clear();
                      if (self->owner_ == nullptr) return;
                      if (error) return self->fail(error);
                      self->flush();
                      if (self->take_frames()) self->read();
                    });
}

void FramedSocket::fail(const error_code& error) {
  Owner* owner = owner_;
  close();
  std::string reason =
      error == asio::error::eof ? "the other end has closed the link" : error.message();
  if (reader_.in_frame()) reason += ", in the middle of a frame";
  owner->on_closed(reason);
}

void FramedSocket::close() {
  owner_ = nullptr;
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace scwsim::links
