#include "tools/links/rendezvous.h"

#include <utility>

namespace scwsim::links {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {
// Before it is tried again, whatever was in the way.
constexpr std::chrono::milliseconds kPause{200};

// Who tries a port of his own host often enough, while nobody listens there, is
// given it for his own end one day, and TCP joins the two.
bool is_joined_to_itself(const tcp::socket& socket) {
  error_code ignored;
  return socket.local_endpoint(ignored) == socket.remote_endpoint(ignored);
}

}  // namespace

Rendezvous::Rendezvous(asio::io_context& io, Owner& owner, Report report)
    : owner_(owner),
      report_(std::move(report)),
      acceptor_(io),
      pause_(io),
      self_(std::make_shared<Rendezvous*>(this)) {}

Endpoint Rendezvous::listen(const Endpoint& endpoint, error_code& error) {
  endpoint_ = endpoint;
  if (!acceptor_.open(endpoint.protocol(), error))
    acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (!error) endpoint_ = acceptor_.local_endpoint(error);
  if (error) {
    error_code ignored;
    acceptor_.close(ignored);
  }
  return endpoint_;
}

void Rendezvous::meet() {
  waiting_ = true;
  if (busy_) return;
  if (acceptor_.is_open() || !met_before_) return seek();
  // An end that takes connections only to close them must not be run down.
  seek_later();
}

void Rendezvous::cancel() {
  waiting_ = false;
  error_code ignored;
  acceptor_.cancel(ignored);
  pause_.cancel();
}

void Rendezvous::close() {
  cancel();
  error_code ignored;
  acceptor_.close(ignored);
}

void Rendezvous::seek() {
  if (!waiting_) return;
  busy_ = true;
  if (acceptor_.is_open()) {
    accept();
  } else {
    connect();
  }
}

void Rendezvous::accept() {
  acceptor_.async_accept([weak = std::weak_ptr(self_)](const error_code& error, Socket socket) {
    const std::shared_ptr<Rendezvous*> self = weak.lock();
    if (!self) return;
    Rendezvous& here = **self;
    here.busy_ = false;
    if (!error) return here.met(std::move(socket));
    // Cancelled, and perhaps wanted again since; or short of descriptors.
    if (error == asio::error::operation_aborted) return here.seek();
    here.say(error.message());
    here.seek_later();
  });
}

void Rendezvous::connect() {
  auto socket = std::make_shared<Socket>(pause_.get_executor());
  socket->async_connect(endpoint_, [weak = std::weak_ptr(self_), socket](const error_code& error) {
    const std::shared_ptr<Rendezvous*> self = weak.lock();
    if (!self) return;
    Rendezvous& here = **self;
    here.busy_ = false;
    if (error) {
      here.say(error.message());
    } else if (is_joined_to_itself(*socket)) {
      here.say("nobody listens");
    } else {
      return here.met(std::move(*socket));
    }
    error_code ignored;
    socket->close(ignored);
    here.seek_later();
  });
}

void Rendezvous::seek_later() {
  if (!waiting_) return;
  busy_ = true;
  pause_.expires_after(kPause);
  pause_.async_wait([weak = std::weak_ptr(self_)](const error_code&) {
    const std::shared_ptr<Rendezvous*> self = weak.lock();
    if (!self) return;
    (*self)->busy_ = false;
    (*self)->seek();
  });
}

void Rendezvous::met(Socket socket) {
  // Nobody waits any more: the socket is closed, and its other end will try again.
  if (!std::exchange(waiting_, false)) return;
  met_before_ = true;
  said_.clear();
  error_code unknown;
  const Endpoint peer = socket.remote_endpoint(unknown);
  report_("linked with " + (unknown ? "somebody" : to_string(peer)));
  owner_.on_met(std::move(socket));
}

void Rendezvous::say(const std::string& what) {
  if (!waiting_ || std::exchange(said_, what) == what) return;
  report_("waiting at " + to_string(endpoint_) + ": " + what);
}

}  // namespace scwsim::links
