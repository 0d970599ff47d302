#include "tools/scwsim/http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

namespace scwsim::cli {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {
constexpr std::chrono::seconds kPatience{10};
}

struct HttpClient::Connection {
  using TlsStream = beast::ssl_stream<beast::tcp_stream>;

  asio::io_context io;
  std::optional<asio::ssl::context> tls;  // with a server that must prove itself
  std::unique_ptr<beast::tcp_stream> plain;
  std::unique_ptr<TlsStream> secure;
  std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)> session{nullptr, SSL_SESSION_free};
  beast::flat_buffer buffer;
  std::string host;
  asio::ip::tcp::endpoint endpoint;
  bool open = false;

  beast::tcp_stream& lowest() { return secure ? secure->next_layer() : *plain; }

  // Runs one asynchronous operation to its end, so that it can time out.
  template <typename Start>
  void run(const char* what, Start start) {
    std::optional<boost::system::error_code> result;
    lowest().expires_after(kPatience);
    start([&result](boost::system::error_code error, auto&&...) { result = error; });
    io.restart();
    io.run();
    if (result && *result) throw std::runtime_error(std::string(what) + ": " + result->message());
  }

  // `use` gets the stream that messages go over.
  template <typename Use>
  void with_stream(Use use) {
    if (secure) {
      use(*secure);
    } else {
      use(*plain);
    }
  }
};

HttpClient::HttpClient(const std::string& host, uint16_t port)
    : connection_(std::make_unique<Connection>()) {
  connection_->host = host + ":" + std::to_string(port);
  connection_->endpoint = {asio::ip::make_address(host), port};
  connect();
}

HttpClient::HttpClient(const std::string& host, uint16_t port, const std::vector<uint8_t>& trusted)
    : connection_(std::make_unique<Connection>()) {
  connection_->host = host + ":" + std::to_string(port);
  connection_->endpoint = {asio::ip::make_address(host), port};
  asio::ssl::context& tls = connection_->tls.emplace(asio::ssl::context::tls_client);
  const uint8_t* next = trusted.data();
  const std::unique_ptr<X509, void (*)(X509*)> certificate(
      d2i_X509(nullptr, &next, static_cast<long>(trusted.size())), X509_free);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(tls.native_handle()), certificate.get());
  tls.set_verify_mode(asio::ssl::verify_peer);
  tls.set_verify_callback(asio::ssl::host_name_verification(host));
  connect();
}

void HttpClient::connect() {
  Connection& c = *connection_;
  c.buffer.clear();
  c.secure.reset();
  c.plain = std::make_unique<beast::tcp_stream>(c.io);
  if (c.tls) {
    c.secure = std::make_unique<Connection::TlsStream>(std::move(*c.plain), *c.tls);
    if (c.session) SSL_set_session(c.secure->native_handle(), c.session.get());
  }
  c.run("connect", [&](auto done) { c.lowest().async_connect(c.endpoint, done); });
  if (c.secure) {
    c.run("TLS handshake",
          [&](auto done) { c.secure->async_handshake(asio::ssl::stream_base::client, done); });
    c.session.reset(SSL_get1_session(c.secure->native_handle()));
  }
  c.open = true;
}

void HttpClient::close() {
  Connection& c = *connection_;
  if (!std::exchange(c.open, false)) return;
  if (c.secure) {
    try {
      // In order, by both: OpenSSL resumes no session that ended otherwise.
      c.run("TLS close", [&](auto done) { c.secure->async_shutdown(done); });
    } catch (const std::runtime_error&) {
      // the other end did not wait for it
    }
  }
  boost::system::error_code ignored;
  c.lowest().socket().close(ignored);
}

TlsFacts HttpClient::tls_facts() const {
  SSL* ssl = connection_->secure->native_handle();
  return {SSL_get_version(ssl), SSL_get_cipher_name(ssl), SSL_session_reused(ssl) == 1};
}

HttpClient::~HttpClient() = default;

void HttpClient::send(std::string_view method, std::string_view path, const Fields& fields) {
  if (!connection_->open) connect();
  http::request<http::empty_body> request;
  request.version(11);
  request.method_string({method.data(), method.size()});
  request.target({path.data(), path.size()});
  request.set(http::field::host, connection_->host);
  request.set(http::field::user_agent, "scwsim-tour");
  for (const auto& [name, value] : fields) request.set(name, value);
  connection_->run("send the request", [&](auto done) {
    connection_->with_stream([&](auto& stream) { http::async_write(stream, request, done); });
  });
}

HttpResponse HttpClient::receive(bool head) {
  http::response_parser<http::string_body> parser;
  parser.skip(head);
  connection_->run("read the response", [&](auto done) {
    connection_->with_stream(
        [&](auto& stream) { http::async_read(stream, connection_->buffer, parser, done); });
  });
  const auto& message = parser.get();
  const auto field = [&message](http::field name) {
    const auto value = message[name];
    return std::string(value.data(), value.size());
  };
  HttpResponse response;
  response.status = message.result_int();
  response.reason = std::string(message.reason().data(), message.reason().size());
  response.etag = field(http::field::etag);
  response.content_type = field(http::field::content_type);
  response.allow = field(http::field::allow);
  response.body = message.body();
  response.keep_alive = message.keep_alive();
  if (!response.keep_alive) close();
  return response;
}

HttpResponse HttpClient::exchange(std::string_view method, std::string_view path,
                                  const Fields& fields) {
  send(method, path, fields);
  return receive(method == "HEAD");
}

}  // namespace scwsim::cli
