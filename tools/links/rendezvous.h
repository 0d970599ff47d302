// Where the two ends of the raw card link meet: either listens there, or connects
// to it again and again until the other end does. Gives one connection at a time;
// whoever else connects meanwhile waits in the queue of the listening socket, in
// the order of coming.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tools/links/endpoint.h"

namespace scwsim::links {

class Rendezvous {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  /// Hears, in words, what the people at the log should know.
  using Report = std::function<void(const std::string&)>;

  class Owner {
   public:
    virtual ~Owner() = default;
    /// The other end is there. From the event loop.
    virtual void on_met(Socket socket) = 0;
  };

  /// All must outlive it.
  Rendezvous(boost::asio::io_context& io, Owner& owner, Report report);
  Rendezvous(const Rendezvous&) = delete;
  Rendezvous& operator=(const Rendezvous&) = delete;

  /// Listens from now on, port 0: any free one. Gives where, or what is wrong in
  /// `error`.
  Endpoint listen(const Endpoint& endpoint, boost::system::error_code& error);
  /// Will connect there.
  void connect_to(const Endpoint& endpoint) { endpoint_ = endpoint; }

  /// Waits for the other end, after listen() or connect_to(); on_met() follows
  /// once. A connection that follows another is sought after a pause.
  void meet();
  /// Waits no more; listening goes on.
  void cancel();
  /// The end of it: listens no more.
  void close();

  /// Where.
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  void seek();
  void accept();
  void connect();
  void seek_later();
  void met(Socket socket);
  void say(const std::string& what);

  Owner& owner_;
  Report report_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  Endpoint endpoint_;
  bool waiting_ = false;  // the owner does
  bool busy_ = false;     // a handler is to come
  bool met_before_ = false;
  std::string said_;                   // last of why it takes so long; said once
  std::shared_ptr<Rendezvous*> self_;  // outlived by handlers, which hold it weakly
};

}  // namespace scwsim::links
