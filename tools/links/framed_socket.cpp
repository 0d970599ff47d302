#include "tools/links/framed_socket.h"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace scwsim::links {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// vpcd writes length and payload apart and waits, by Nagle's rule, for the
// acknowledgement in between: without this option, which the kernel takes back by
// itself, each APDU costs some 40 ms.
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
  acknowledge_at_once(socket_.native_handle());
  // Waits first: an answer takes its time, and a read before it is a call in vain.
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const error_code& error) {
    self->on_readable(error);
  });
}

void FramedSocket::on_readable(error_code error) {
  if (owner_ == nullptr) return;
  const std::span<uint8_t> room = reader_.room();
  const size_t n = error ? 0 : socket_.read_some(asio::buffer(room.data(), room.size()), error);
  if (error == asio::error::would_block || error == asio::error::try_again) return read();
  if (error) return fail(error);
  reader_.commit(n);
  for (Bytes payload; owner_ != nullptr && reader_.next(payload);) owner_->on_frame(payload);
  if (owner_ != nullptr) read();
}

void FramedSocket::send(Bytes octets) {
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
                    });
}

void FramedSocket::fail(const error_code& error) {
  Owner* owner = owner_;
  close();
  owner->on_closed(error == asio::error::eof ? "the other end has closed the link"
                                             : error.message());
}

void FramedSocket::close() {
  owner_ = nullptr;
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace scwsim::links
