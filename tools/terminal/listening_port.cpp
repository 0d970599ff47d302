#include "tools/terminal/listening_port.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>

namespace scwsim::terminal {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

// When any free port will do, a port that is free for IPv4 may be taken for IPv6.
constexpr int kMostAttempts = 16;

// Before trying again to accept when the process is out of file descriptors.
constexpr std::chrono::milliseconds kAcceptPause{100};

// Browsers open connections that they never use, and others forget to close
// them: beyond so many, the oldest of those without a word makes room.
constexpr size_t kMostHeld = 256;

error_code listen_on(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  if (acceptor.open(endpoint.protocol(), error)) return error;
  if (endpoint.protocol() == tcp::v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  return error;
}

bool is_without_ipv6(const error_code& error) {
  return error == asio::error::address_family_not_supported ||
         error == boost::system::errc::address_not_available;
}

}  // namespace

ListeningPort::ListeningPort(asio::io_context& io, uint16_t card_port, Attach attach, Owner& owner)
    : v4_(io), v6_(io), owner_(&owner), attach_(attach), card_port_(card_port) {}

std::shared_ptr<ListeningPort> ListeningPort::open(asio::io_context& io, uint16_t card_port,
                                                   uint16_t host_port, Attach attach, Owner& owner,
                                                   error_code& error) {
  for (int attempt = 0; attempt < (host_port == 0 ? kMostAttempts : 1); ++attempt) {
    // The constructor is private: make_shared cannot call it.
    std::shared_ptr<ListeningPort> port(new ListeningPort(io, card_port, attach, owner));
    error = port->listen(host_port);
    if (error) continue;
    port->accept(port->v4_);
    if (port->v6_.socket.is_open()) port->accept(port->v6_);
    return port;
  }
  return nullptr;
}

error_code ListeningPort::listen(uint16_t host_port) {
  error_code error = listen_on(v4_.socket, {asio::ip::address_v4::loopback(), host_port});
  if (error) return error;
  host_port_ = v4_.socket.local_endpoint(error).port();
  if (error) return error;
  error = listen_on(v6_.socket, {asio::ip::address_v6::loopback(), host_port_});
  if (!error || !is_without_ipv6(error)) return error;
  error_code ignored;
  v6_.socket.close(ignored);
  return {};
}

void ListeningPort::close() {
  owner_ = nullptr;
  error_code ignored;
  for (Acceptor* acceptor : {&v4_, &v6_}) {
    acceptor->socket.close(ignored);
    acceptor->pause.cancel();
  }
  held_.clear();
  ready_.clear();
}

std::optional<ListeningPort::Socket> ListeningPort::take() {
  if (ready_.empty()) return std::nullopt;
  std::optional<Socket> socket(std::move(ready_.front()));
  ready_.pop_front();
  return socket;
}

void ListeningPort::accept(Acceptor& acceptor) {
  acceptor.socket.async_accept(
      [self = shared_from_this(), &acceptor](const error_code& error, Socket socket) {
        if (self->owner_ == nullptr) return;
        if (!error) {
          self->on_accepted(acceptor, std::move(socket));
        } else if (error == asio::error::connection_aborted) {
          self->accept(acceptor);
        } else {
          acceptor.pause.expires_after(kAcceptPause);
          acceptor.pause.async_wait([self, &acceptor](const error_code&) {
            if (self->owner_ != nullptr) self->accept(acceptor);
          });
        }
      });
}

void ListeningPort::on_accepted(Acceptor& acceptor, Socket socket) {
  ++accepted_;
  accept(acceptor);
  if (attach_ == Attach::kFirstByte) {
    wait_first_octet(held_.emplace_back(std::make_shared<Socket>(std::move(socket))));
    if (held_.size() > kMostHeld) {
      error_code ignored;
      held_.front()->close(ignored);  // its wait, which keeps it, ends
      held_.pop_front();
    }
  } else {
    ready_.push_back(std::move(socket));
    owner_->on_waiting(*this);
  }
}

void ListeningPort::wait_first_octet(const Held& held) {
  held->async_wait(Socket::wait_read, [self = shared_from_this(), held](const error_code&) {
    if (self->owner_ != nullptr) self->on_first_octet(held);
  });
}

void ListeningPort::on_first_octet(const Held& held) {
  // It may have made room for others while this was on its way.
  const auto place = std::ranges::find(held_, held);
  if (place == held_.end()) return;
  // Readiness is a hint only: the octet is looked at, and left where it is.
  uint8_t octet = 0;
  const ssize_t n = ::recv(held->native_handle(), &octet, 1, MSG_PEEK | MSG_DONTWAIT);
  const bool nothing_yet = n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
  if (nothing_yet) return wait_first_octet(held);
  held_.erase(place);
  if (n <= 0) return;  // closed without a word: no business of the card's
  ready_.push_back(std::move(*held));
  owner_->on_waiting(*this);
}

}  // namespace scwsim::terminal
