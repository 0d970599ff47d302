#include "tools/scwsim/http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <memory>
#include <optional>
#include <stdexcept>

namespace scwsim::cli {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {
constexpr std::chrono::seconds kPatience{10};
}

struct HttpClient::Connection {
  asio::io_context io;
  beast::tcp_stream stream{io};
  beast::flat_buffer buffer;
  std::string host;
  asio::ip::tcp::endpoint endpoint;
  bool open = false;

  // Runs one asynchronous operation to its end, so that it can time out.
  template <typename Start>
  void run(const char* what, Start start) {
    std::optional<boost::system::error_code> result;
    stream.expires_after(kPatience);
    start([&result](boost::system::error_code error, auto&&...) { result = error; });
    io.restart();
    io.run();
    if (result && *result) throw std::runtime_error(std::string(what) + ": " + result->message());
  }
};

HttpClient::HttpClient(const std::string& host, uint16_t port)
    : connection_(std::make_unique<Connection>()) {
  connection_->host = host + ":" + std::to_string(port);
  connection_->endpoint = {asio::ip::make_address(host), port};
  connect();
}

void HttpClient::connect() {
  Connection& c = *connection_;
  c.stream.close();
  c.buffer.clear();
  c.run("connect", [&](auto done) { c.stream.async_connect(c.endpoint, done); });
  c.open = true;
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
  connection_->run("send the request",
                   [&](auto done) { http::async_write(connection_->stream, request, done); });
}

HttpResponse HttpClient::receive(bool head) {
  http::response_parser<http::string_body> parser;
  parser.skip(head);
  connection_->run("read the response", [&](auto done) {
    http::async_read(connection_->stream, connection_->buffer, parser, done);
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
  response.keep_alive = connection_->open = message.keep_alive();
  return response;
}

HttpResponse HttpClient::exchange(std::string_view method, std::string_view path,
                                  const Fields& fields) {
  send(method, path, fields);
  return receive(method == "HEAD");
}

}  // namespace scwsim::cli
