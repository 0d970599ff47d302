// What goes back: framing for each kind of page, pipelining in order, persistence,
// back-pressure, pages that fail, counters.
#include <catch2/catch.hpp>

#include "http/connection.h"
#include "tests/unit/http_support.h"

namespace scwsim::http::test {
namespace {

std::string get(std::string_view path, std::string_view fields = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(fields) + "\r\n";
}

Reply one(Server& server, const std::string& input) {
  const auto replies = read_replies(converse(server, input).output, {input.starts_with("HEAD")});
  REQUIRE(replies.size() == 1);
  return replies[0];
}

std::string nine_pieces() {
  std::string text;
  for (size_t i = 0; i < 9; ++i) text += std::string(100, static_cast<char>('a' + i));
  return text;
}

}  // namespace

TEST_CASE("http: a static resource, octet by octet as specified", "[http]") {
  Bench bench;
  CHECK(converse(bench.server, get("/a")).output ==
        "HTTP/1.1 200 OK\r\n"
        "ETag: \"ff27b1fb\"\r\n"
        "Cache-Control: no-cache\r\n"
        "Content-Type: text/plain\r\n"
        "Content-Length: 10\r\n"
        "\r\n"
        "resource a");
}

TEST_CASE("http: HEAD is GET without content", "[http]") {
  Bench bench;
  for (const std::string version : {"1.0", "1.1"}) {
    for (const std::string path : {"/a", "/", "/large", "/empty", "/missing", "/pieces", "/none"}) {
      CAPTURE(version, path);
      const std::string rest = " " + path + " HTTP/" + version + "\r\nHost: x\r\n\r\n";
      const Reply of_get = one(bench.server, "GET" + rest);
      const Outcome of_head = converse(bench.server, "HEAD" + rest);
      CHECK(of_head.output == of_get.head + "\r\n");
      CHECK(of_head.finished == (version == "1.0"));
    }
  }
}

TEST_CASE("http: content of unknown length", "[http]") {
  Bench bench;
  const Reply chunked = one(bench.server, get("/pieces"));
  CHECK(field_of(chunked, "Transfer-Encoding") == "chunked");
  CHECK(field_of(chunked, "Content-Length") == "(none)");
  CHECK(field_of(chunked, "Cache-Control") == "no-store");
  CHECK(chunked.body == nine_pieces());

  for (const std::string_view fields : {"\r\n", "Connection: keep-alive\r\n\r\n"}) {
    const Outcome outcome =
        converse(bench.server, "GET /pieces HTTP/1.0\r\n" + std::string(fields));
    const Reply closed = read_replies(outcome.output).at(0);
    CHECK(outcome.finished);
    CHECK(field_of(closed, "Transfer-Encoding") == "(none)");
    CHECK(field_of(closed, "Connection") == "close");
    CHECK(closed.body == nine_pieces());
  }

  const Outcome none = converse(bench.server, get("/none") + get("/a"));
  CHECK(none.output.find("\r\n\r\n0\r\n\r\nHTTP/1.1 200") != std::string::npos);
  CHECK(read_replies(converse(bench.server, "GET /none HTTP/1.0\r\n\r\n").output).at(0).body == "");
}

TEST_CASE("http: a request's body reaches its page", "[http]") {
  Bench bench;
  CHECK(
      one(bench.server, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello").body ==
      "5:hello");
  CHECK(one(bench.server,
            "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            "3\r\nhel\r\n02\r\nlo\r\n0\r\n\r\n")
            .body == "5:hello");
}

TEST_CASE("http: pipelined requests are answered in order", "[http]") {
  Bench bench;
  const std::string input =
      get("/a") + "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi" +
      "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + get("/missing") + get("/pieces") +
      "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "1\r\nx\r\n0\r\n\r\n" +
      get("/large", "Connection: close\r\n") + get("/a");
  const Outcome whole = converse(bench.server, input);
  const auto replies = read_replies(whole.output, {false, false, true});
  std::vector<int> statuses;
  for (const Reply& reply : replies) statuses.push_back(reply.status);
  CHECK(statuses == std::vector<int>{200, 200, 200, 404, 200, 405, 200});  // none after close
  CHECK(whole.finished);
  CHECK(replies.at(1).body == "2:hi");
  CHECK(replies.at(4).body == nine_pieces());
  CHECK(field_of(replies.at(5), "Allow") == "GET, HEAD");
  CHECK(replies.at(6).body == std::string(5000, 'L'));

  for (size_t first = 1; first < input.size(); ++first) {
    REQUIRE(converse(bench.server, input, {first, SIZE_MAX}) == whole);
  }
  for (size_t chunk = 1; chunk <= 300; ++chunk) {
    REQUIRE(converse(bench.server, input, {SIZE_MAX}, chunk) == whole);
    REQUIRE(converse(bench.server, input, {chunk}, 64) == whole);
  }
}

// The other end pushes without ever reading until nothing more is taken: what is
// held is bounded, and all of it is answered afterwards.
TEST_CASE("http: a sender that does not read is held back, not lost", "[http]") {
  Bench bench;
  NoStream stream;
  const auto connection = bench.server.accept(stream);
  const std::string request = get("/a");
  constexpr size_t kRequests = 500;
  std::string input;
  for (size_t i = 0; i < kRequests; ++i) input += request;

  std::string output;
  std::string_view rest = input;
  while (!rest.empty() || connection->has_output()) {
    size_t pushed = 0;
    while (!rest.empty() && connection->receive_window() > 0) {
      const size_t n = std::min({rest.size(), connection->receive_window(), size_t{100}});
      connection->receive(as_bytes(rest.substr(0, n)));
      rest.remove_prefix(n);
      pushed += n;
    }
    REQUIRE(pushed <= kMaxHead + kReadAhead);
    REQUIRE(connection->has_output());
    std::array<uint8_t, 97> out{};
    const size_t n = connection->transmit(out);
    REQUIRE(n > 0);
    output.append(as_text(Bytes(out).first(n)));
  }
  CHECK(read_replies(output).size() == kRequests);
}

TEST_CASE("http: 100 Continue comes before the body, and only once", "[http]") {
  Bench bench;
  NoStream stream;
  const auto connection = bench.server.accept(stream);
  connection->receive(
      as_bytes("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
               "Content-Length: 2\r\n\r\n"));
  std::array<uint8_t, 1024> out{};
  const size_t n = connection->transmit(out);
  CHECK(as_text(Bytes(out).first(n)) == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(!connection->has_output());
  connection->receive(as_bytes("a"));
  CHECK(!connection->has_output());
  connection->receive(as_bytes("b"));
  const size_t m = connection->transmit(out);
  CHECK(as_text(Bytes(out).first(m)).starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("http: the last free connection and policy close after one response", "[http]") {
  Bench bench;
  const Outcome last = converse(bench.server, get("/a") + get("/a"), {SIZE_MAX}, 4096, true);
  CHECK(read_replies(last.output).size() == 1);
  CHECK(field_of(read_replies(last.output)[0], "Connection") == "close");
  CHECK(last.finished);

  Bench single({.limits = {}, .persistent_connections = false});
  const Outcome outcome = converse(single.server, get("/a") + get("/a"));
  CHECK(read_replies(outcome.output).size() == 1);
  CHECK(outcome.finished);
}

TEST_CASE("http: a request and a response may take so long, octets now and then or not", "[http]") {
  Bench bench({.limits = {}, .request_s = 10, .response_s = 20});
  NoStream stream;
  const auto connection = bench.server.accept(stream);
  std::array<uint8_t, 1024> out{};
  const auto drawn = [&] {
    const size_t n = connection->transmit(out);
    return std::string(as_text(Bytes(out).first(n)));
  };
  SECTION("between requests time does not count") {
    for (int i = 0; i < 10; ++i) connection->tick(10);
    connection->receive(as_bytes(get("/a")));
    CHECK(drawn().starts_with("HTTP/1.1 200 "));
    for (int i = 0; i < 10; ++i) connection->tick(10);
    CHECK_FALSE(connection->finished());
  }
  SECTION("a head, or a body") {
    const std::string begun = GENERATE(
        "GET /a HTTP/1.1\r\nX: ", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n");
    connection->receive(as_bytes(begun));
    connection->tick(5);
    connection->receive(as_bytes("x"));
    connection->tick(5);
    CHECK_FALSE(connection->finished());
    connection->receive(as_bytes("x"));
    connection->tick(5);
    CHECK(connection->finished());
    CHECK(drawn().starts_with("HTTP/1.1 408 "));
  }
  SECTION("a response is cut off") {
    connection->receive(as_bytes(get("/large")));
    for (int i = 0; i < 4; ++i) {
      CHECK(connection->transmit(std::span<uint8_t>(out).first(1)) == 1);
      connection->tick(5);
    }
    CHECK_FALSE(connection->finished());
    connection->tick(5);
    CHECK(connection->finished());
    CHECK_FALSE(connection->has_output());
  }
  SECTION("which begins anew with each") {
    for (int i = 0; i < 5; ++i) {
      connection->receive(as_bytes("GET /a HTTP/1.1\r\nHost: x\r\n"));
      connection->tick(10);
      connection->receive(as_bytes("\r\n"));
      connection->tick(10);
      CHECK(drawn().starts_with("HTTP/1.1 200 "));
    }
  }
}

TEST_CASE("http: input after the last response is taken and dropped", "[http]") {
  Bench bench;
  const Outcome closed = converse(bench.server, get("/a", "Connection: close\r\n"));
  const std::string flood(100'000, 'x');
  const Outcome flooded = converse(bench.server, get("/a", "Connection: close\r\n") + flood);
  CHECK(flooded == closed);
}

TEST_CASE("http: a page that fails does not fool the client", "[http]") {
  Bench bench;
  const Outcome cut = converse(bench.server, get("/short") + get("/a"));
  CHECK(cut.finished);
  CHECK(cut.output.ends_with("\r\n\r\nbbbbbbbbbb"));  // fewer than promised, then closed
  CHECK(converse(bench.server, get("/short") + get("/a"), {1}, 1) == cut);

  const Outcome unknown = converse(bench.server, get("/unknown") + get("/a"));
  CHECK(unknown.finished);
  CHECK(unknown.output.find("\r\n0\r\n") == std::string::npos);  // no last chunk

  for (const std::string_view path : {"/headless", "/injecting"}) {
    const Outcome outcome = converse(bench.server, get(path) + get("/a"));
    const auto replies = read_replies(outcome.output);
    REQUIRE(replies.size() == 2);
    CHECK(replies[0].status == 500);
    CHECK(outcome.output.find("Injected") == std::string::npos);
    CHECK(replies[1].status == 200);
  }
}

TEST_CASE("http: errors say what is wrong, and not in the client's words", "[http]") {
  Bench bench;
  const Reply reply = one(bench.server, "GET /a HTTP/1.1\r\nHost : <script>\r\n\r\n");
  CHECK(field_of(reply, "Content-Type") == "text/html; charset=utf-8");
  CHECK(field_of(reply, "Cache-Control") == "no-store");
  CHECK(reply.body.find("400 Bad Request") != std::string::npos);
  CHECK(reply.body.find("a field name is not a token before a colon.") != std::string::npos);
  CHECK(reply.body.find("script") == std::string::npos);
}

TEST_CASE("http: OPTIONS tells what is allowed", "[http]") {
  Bench bench;
  const auto allow = [&](const std::string& target) {
    return field_of(one(bench.server, "OPTIONS " + target + " HTTP/1.1\r\nHost: x\r\n\r\n"),
                    "Allow");
  };
  CHECK(allow("*") == "GET, HEAD, POST, PUT, DELETE, OPTIONS");
  CHECK(allow("/a") == "GET, HEAD");
  CHECK(allow("/echo") == "POST");
}

TEST_CASE("http: the server counts", "[http]") {
  Bench bench;
  const std::string input = get("/a") + get("/missing") + "bad\r\n";
  const Outcome outcome = converse(bench.server, input);
  const Counters& counters = bench.server.counters();
  CHECK(counters.connections == 1);
  CHECK(counters.requests() == 3);
  CHECK(counters.responses[2] == 1);
  CHECK(counters.responses[4] == 2);
  CHECK(counters.octets_in == input.size());
  CHECK(counters.octets_out == outcome.output.size());
}

TEST_CASE("http: handlers are mounted once, at plain paths", "[http]") {
  Bench bench;
  EchoHandler echo;
  CHECK(bench.server.mount("/new", echo));
  CHECK(!bench.server.mount("/new", echo));
  CHECK(!bench.server.mount("new", echo));
  CHECK(!bench.server.mount("/a/../b", echo));
  CHECK(!bench.server.mount("", echo));
  CHECK(one(bench.server, "POST /new HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1").body ==
        "1:1");
}

}  // namespace scwsim::http::test
