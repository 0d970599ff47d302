// A small blocking HTTP client for the tour. The parser is Boost.Beast's, not the
// card's own: the two ends of every exchange are independent.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace scwsim::cli {

struct HttpResponse {
  unsigned status = 0;
  std::string reason;
  std::string etag;
  std::string content_type;
  std::string allow;
  std::string body;
  bool keep_alive = false;  ///< the connection stays open
};

/// How a connection over TLS came about.
struct TlsFacts {
  std::string version;  ///< "TLSv1.2"
  std::string suite;
  bool resumed = false;
};

/// A connection to an HTTP server, opened again when the server has closed it as
/// it said it would. Every call throws std::runtime_error when
/// the connection fails, and after ten seconds without an answer.
class HttpClient {
 public:
  /// In clear.
  HttpClient(const std::string& host, uint16_t port);
  /// Over TLS, to a server that proves to be the one whose certificate is `trusted`
  /// (DER), for that host. Connections after the first resume its session.
  HttpClient(const std::string& host, uint16_t port, const std::vector<uint8_t>& trusted);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  using Fields = std::vector<std::pair<std::string, std::string>>;

  /// Sends a request without content.
  void send(std::string_view method, std::string_view path, const Fields& fields = {});
  /// Reads the next response; `head` tells that the request was HEAD.
  HttpResponse receive(bool head = false);

  /// Of the connection that was opened last; over TLS only.
  [[nodiscard]] TlsFacts tls_facts() const;

  /// Ends the connection in order; the next request opens another.
  void close();

  /// Sends and receives.
  HttpResponse exchange(std::string_view method, std::string_view path, const Fields& fields = {});

 private:
  void connect();

  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace scwsim::cli
