// Requests and the statuses that they must get, in every segmentation: the strict
// reading of RFC 9112, request smuggling included. Each row's connection is also
// told apart by whether it stays open.
#include <catch2/catch.hpp>

#include "tests/unit/http_support.h"

namespace scwsim::http::test {
namespace {

using namespace std::string_view_literals;

enum class After { kOpen, kClosed };

struct Row {
  std::string_view name;
  std::string_view input;
  std::vector<int> statuses;  ///< of all responses, 100 included
  After after = After::kClosed;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> kRows = {
      // What must work.
      {"get", "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", {200}, After::kOpen},
      {"head", "HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n", {200}, After::kOpen},
      {"empty host", "GET /a HTTP/1.1\r\nHost:\r\n\r\n", {200}, After::kOpen},
      {"ipv6 host", "GET /a HTTP/1.1\r\nHost: [::1]:3516\r\n\r\n", {200}, After::kOpen},
      {"later minor", "GET /a HTTP/1.2\r\nHost: x\r\n\r\n", {200}, After::kOpen},
      {"close", "GET /a HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\n\r\n", {200}},
      {"1.0", "GET /a HTTP/1.0\r\n\r\n", {200}},
      {"1.0 kept", "GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", {200}, After::kOpen},
      {"close wins",
       "GET /a HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n",
       {200}},
      {"empty lines first", "\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", {200}, After::kOpen},
      {"absolute", "GET http://127.0.0.1:3516/a HTTP/1.1\r\nHost: x\r\n\r\n", {200}, After::kOpen},
      {"absolute bare", "GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", {200}, After::kOpen},
      {"absolute query", "GET http://x?q HTTP/1.1\r\nHost: x\r\n\r\n", {200}, After::kOpen},
      {"escaped", "GET /%61%20b HTTP/1.1\r\nHost: x\r\n\r\n", {200}, After::kOpen},
      {"dots within", "GET /dir/../dir/./x HTTP/1.1\r\nHost: x\r\n\r\n", {200}, After::kOpen},
      {"encoded dots within",
       "GET /q/%2e%2E/dir/x HTTP/1.1\r\nHost: x\r\n\r\n",
       {200},
       After::kOpen},
      {"odd field names",
       "GET /a HTTP/1.1\r\n!#$%&'*+-.^_`|~: y\r\nHost: x\r\n\r\n",
       {200},
       After::kOpen},
      {"obs-text value", "GET /a HTTP/1.1\r\nHost: x\r\nX: \xE4\xFF\r\n\r\n", {200}, After::kOpen},
      {"get with body",
       "GET /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
       {200},
       After::kOpen},
      {"options *", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", {204}, After::kOpen},
      {"options absolute", "OPTIONS http://x HTTP/1.1\r\nHost: x\r\n\r\n", {204}, After::kOpen},
      {"options", "OPTIONS /a HTTP/1.1\r\nHost: x\r\n\r\n", {204}, After::kOpen},
      {"post",
       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
       {200},
       After::kOpen},
      {"post of nothing",
       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
       {200},
       After::kOpen},
      {"post chunked",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n"
       "3\r\nabc\r\n0A;x=\"y\"\r\n0123456789\r\n0\r\nX-T: y\r\nZ:\r\n\r\n",
       {200},
       After::kOpen},
      {"expect",
       "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\nab",
       {100, 200},
       After::kOpen},
      {"expect without body",
       "GET /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
       {200},
       After::kOpen},
      {"expect on 1.0",
       "POST /echo HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
       {200}},
      // Refused, with the framing intact.
      {"not found", "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", {404}, After::kOpen},
      {"path is exact", "GET /a/ HTTP/1.1\r\nHost: x\r\n\r\n", {404}, After::kOpen},
      {"delete", "DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n", {405}, After::kOpen},
      {"put", "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", {405}, After::kOpen},
      {"post on static",
       "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
       {405},
       After::kOpen},
      {"get on echo", "GET /echo HTTP/1.1\r\nHost: x\r\n\r\n", {405}, After::kOpen},
      {"unknown method", "FOO /a HTTP/1.1\r\nHost: x\r\n\r\n", {501}, After::kOpen},
      {"unknown method with body",
       "FOO /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na",
       {501},
       After::kOpen},
      {"trace", "TRACE /a HTTP/1.1\r\nHost: x\r\n\r\n", {501}, After::kOpen},
      {"other expectation",
       "GET /a HTTP/1.1\r\nHost: x\r\nExpect: cake\r\n\r\n",
       {417},
       After::kOpen},
      // Refused, and what follows cannot be trusted.
      {"other expectation with body",
       "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: cake\r\nContent-Length: 1\r\n\r\na",
       {417}},
      {"expect where nobody wants it",
       "PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na",
       {405}},
      {"connect", "CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n", {501}},
      {"absolute https", "GET HTTPS://[::1]/a?q HTTP/1.1\r\nHost: x\r\n\r\n", {421}},
      {"no length", "POST /echo HTTP/1.1\r\nHost: x\r\n\r\n", {411}},
      {"huge body", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n", {413}},
      {"overflowing length",
       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551617\r\n\r\n",
       {413}},
      {"huge chunk",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n",
       {413}},
      {"host missing", "GET /a HTTP/1.1\r\n\r\n", {400}},
      {"host repeated", "GET /a HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n", {400}},
      {"host repeated on 1.0", "GET /a HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n", {400}},
      {"host list", "GET /a HTTP/1.1\r\nHost: x, y z\r\n\r\n", {400}},
      {"host with user", "GET /a HTTP/1.1\r\nHost: u@x\r\n\r\n", {400}},
      {"host with path", "GET /a HTTP/1.1\r\nHost: x/y\r\n\r\n", {400}},
      {"host with bad port", "GET /a HTTP/1.1\r\nHost: x:8o\r\n\r\n", {400}},
      {"host open bracket", "GET /a HTTP/1.1\r\nHost: [::1\r\n\r\n", {400}},
      {"version 2.0", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}},
      {"version 0.9", "GET /a HTTP/0.9\r\n\r\n", {505}},
      {"version small", "GET /a http/1.1\r\nHost: x\r\n\r\n", {400}},
      {"version long", "GET /a HTTP/1.10\r\nHost: x\r\n\r\n", {400}},
      {"version short", "GET /a HTTP/1\r\nHost: x\r\n\r\n", {400}},
      {"version of HTTPS", "GET /a HTTPS/1.1\r\nHost: x\r\n\r\n", {400}},
      {"no version", "GET /a\r\n\r\n", {400}},
      {"only a method", "GET\r\n\r\n", {400}},
      {"no target", "GET  HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"small method", "get /a HTTP/1.1\r\nHost: x\r\n\r\n", {501}, After::kOpen},
      {"bad method", "G(T /a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"blank first", " GET /a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"two blanks", "GET  /a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"blank last", "GET /a HTTP/1.1 \r\nHost: x\r\n\r\n", {400}},
      {"tab", "GET\t/a\tHTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"five empty lines", "\r\n\r\n\r\n\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"relative target", "GET a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"asterisk", "GET * HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"other scheme", "GET ftp://x/a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"absolute without host", "GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"absolute with user", "GET http://u@x/a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"absolute lacks Host", "GET http://x/a HTTP/1.1\r\n\r\n", {400}},
      {"fragment", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"blank in target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"quote in target", "GET /\"a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"backslash in target", "GET /..\\a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"raw UTF-8 in target", "GET /\xC3\xA4 HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"escape cut", "GET /a% HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"escape cut later", "GET /a%6 HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"escape bad", "GET /%g1 HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"escape bad in query", "GET /a?%6 HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"escaped NUL", "GET /a%00 HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"escaped CR", "GET /a%0d%0aX: HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"above the root", "GET /.. HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"above the root, deep", "GET /dir/../../x HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"above the root, encoded", "GET /%2e%2e/x HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"above the root, half", "GET /.%2e/a HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"above the root, slash encoded", "GET /..%2fa HTTP/1.1\r\nHost: x\r\n\r\n", {400}},
      {"NUL", "GET /a\0 HTTP/1.1\r\nHost: x\r\n\r\n"sv, {400}},
      {"NUL in value", "GET /a HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"sv, {400}},
      {"DEL in value", "GET /a HTTP/1.1\r\nHost: x\r\nX: a\x7F\r\n\r\n", {400}},
      {"TLS on the plain port", "\x16\x03\x01\x02\x00\x01\x00\x01"sv, {400}},
      {"bare LF", "GET /a HTTP/1.1\nHost: x\n\n", {400}},
      {"bare LF once", "GET /a HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", {400}},
      {"bare LF at the end", "GET /a HTTP/1.1\r\nHost: x\r\n\n", {400}},
      {"bare CR", "GET /a HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", {400}},
      {"CR CR LF", "GET /a HTTP/1.1\r\nHost: x\r\r\n\r\n", {400}},
      {"folded", "GET /a HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", {400}},
      {"folded first", "GET /a HTTP/1.1\r\n Host: x\r\n\r\n", {400}},
      {"folded by tab", "GET /a HTTP/1.1\r\nHost: x\r\n\tContent-Length: 5\r\n\r\n", {400}},
      {"blank before colon", "GET /a HTTP/1.1\r\nHost : x\r\n\r\n", {400}},
      {"tab before colon",
       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length\t: 3\r\n\r\nabc",
       {400}},
      {"no colon", "GET /a HTTP/1.1\r\nHost: x\r\nfoo\r\n\r\n", {400}},
      {"no name", "GET /a HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", {400}},
      {"name with slash", "GET /a HTTP/1.1\r\nHost: x\r\na/b: y\r\n\r\n", {400}},
      {"name not ASCII", "GET /a HTTP/1.1\r\nHost: x\r\n\xE4: y\r\n\r\n", {400}},
      // Request smuggling.
      {"CL and TE",
       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
       "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
       {400}},
      {"TE and CL",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n"
       "0\r\n\r\n",
       {400}},
      {"CL twice",
       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
       {400}},
      {"CL contradicting",
       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 30\r\n\r\nabc",
       {400}},
      {"CL list", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3, 3\r\n\r\nabc", {400}},
      {"CL signed", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc", {400}},
      {"CL negative", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -3\r\n\r\nabc", {400}},
      {"CL hexadecimal", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0x3\r\n\r\nabc", {400}},
      {"CL empty", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\nabc", {400}},
      {"CL with blank", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1 2\r\n\r\nabc", {400}},
      {"TE unknown", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", {400}},
      {"TE list",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
       {501}},
      {"TE xchunked",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n",
       {400}},
      {"TE identity",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n",
       {400}},
      {"TE twice",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
       "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       {400}},
      {"TE chunked, chunked",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
       {400}},
      {"TE empty", "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n", {400}},
      {"TE ends in comma",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked,\r\n\r\n0\r\n\r\n",
       {400}},
      {"TE vertical tab",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \x0B"
       "chunked\r\n\r\n0\r\n\r\n",
       {400}},
      {"TE on 1.0",
       "POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       {400}},
      {"chunk size empty",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
       {400}},
      {"chunk size prefixed",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n",
       {400}},
      {"chunk size signed",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n+3\r\nabc\r\n",
       {400}},
      {"chunk size with blank",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n",
       {400}},
      {"chunk size overflowing",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n100000003\r\nabc\r\n",
       {400}},
      {"chunk size ended by LF",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
       {400}},
      {"chunk extension with LF",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a\nb\r\nabc\r\n",
       {400}},
      {"chunk extension with CR",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a\rb\r\nabc\r\n",
       {400}},
      {"chunk data too long",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
       {400}},
      {"chunk data ended by LF",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n",
       {400}},
      {"chunked ended by LF",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\n",
       {400}},
      {"trailer folded",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: a\r\n "
       "b\r\n\r\n",
       {400}},
      {"trailer without colon",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nGET\r\n\r\n",
       {400}},
      {"trailer without name",
       "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n: a\r\n\r\n",
       {400}},
      {"rubbish after body",
       "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na(GET /a HTTP/1.1\r\n",
       {200, 400}},
  };
  return kRows;
}

std::vector<int> statuses_of(const Outcome& outcome, std::string_view input) {
  std::vector<int> statuses;
  const bool head = input.starts_with("HEAD");
  for (const Reply& reply : read_replies(outcome.output, {head})) statuses.push_back(reply.status);
  return statuses;
}

}  // namespace

TEST_CASE("http: each request gets its one status", "[http]") {
  Bench bench;
  for (const Row& row : rows()) {
    CAPTURE(row.name);
    const Outcome outcome = converse(bench.server, row.input);
    CAPTURE(outcome.output);
    CHECK(statuses_of(outcome, row.input) == row.statuses);
    CHECK(outcome.finished == (row.after == After::kClosed));
    CHECK((outcome.output.find("Connection: close") != std::string::npos) ==
          (row.after == After::kClosed));
  }
}

TEST_CASE("http: segmentation of input and output changes nothing", "[http]") {
  Bench bench;
  for (const Row& row : rows()) {
    CAPTURE(row.name);
    const Outcome whole = converse(bench.server, row.input);
    CHECK(converse(bench.server, row.input, {1}) == whole);
    for (size_t first = 1; first < row.input.size(); ++first) {
      CAPTURE(first);
      REQUIRE(converse(bench.server, row.input, {first, SIZE_MAX}) == whole);
      REQUIRE(converse(bench.server, row.input, {first, 1, SIZE_MAX}, 3) == whole);
    }
    for (const size_t chunk : {1U, 2U, 7U, 127U, 241U}) {
      REQUIRE(converse(bench.server, row.input, {SIZE_MAX}, chunk) == whole);
    }
  }
}

// Every prefix of a request either waits for more or has been refused for good: a
// prefix never says something that the whole takes back.
TEST_CASE("http: truncated requests wait", "[http]") {
  Bench bench;
  for (const Row& row : rows()) {
    CAPTURE(row.name);
    const Outcome whole = converse(bench.server, row.input);
    for (size_t size = 0; size < row.input.size(); ++size) {
      const Outcome part = converse(bench.server, row.input.substr(0, size));
      REQUIRE(whole.output.starts_with(part.output));
      if (row.statuses == std::vector<int>{200}) REQUIRE(part.output.empty());
    }
  }
}

TEST_CASE("http: a request that stops in the middle ends with 408", "[http]") {
  Bench bench;
  NoStream stream;
  const auto last_word = [&](std::string_view input) {
    const auto connection = bench.server.accept(stream);
    connection->receive(as_bytes(input));
    std::array<uint8_t, 1024> out{};
    while (connection->has_output()) (void)connection->transmit(out);
    connection->idle();
    const size_t n = connection->transmit(out);
    CHECK(connection->finished());
    return std::string(as_text(Bytes(out).first(n)));
  };
  constexpr std::string_view kTimeout = "HTTP/1.1 408 Request Timeout\r\n";
  for (const char* input :
       {"G", "GET /a HTTP/1.1\r\nHost: x\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9"}) {
    CAPTURE(input);
    const std::string word = last_word(input);
    CHECK(word.starts_with(kTimeout));
    CHECK(word.find("Connection: close\r\n") != std::string::npos);
  }
  CHECK(last_word("").empty());
  CHECK(last_word("\r\n").empty());  // what some send behind a body is no request
  CHECK(last_word("GET /a HTTP/1.1\r\nHost: x\r\n\r\n").empty());
}

TEST_CASE("http: what https names is told only where nobody listens", "[http]") {
  Bench bench;
  const auto status = [&](std::string_view input, Peer peer) {
    const auto replies =
        read_replies(converse(bench.server, input, {SIZE_MAX}, 4096, false, peer).output);
    REQUIRE(replies.size() == 1);
    return replies[0].status;
  };
  for (const std::string_view input :
       {"GET https://x/a HTTP/1.1\r\nHost: x\r\n\r\n", "GET HTTPS://x/a HTTP/1.0\r\n\r\n"}) {
    CHECK(status(input, {.administrator = false, .secure = false}) == 421);
    CHECK(status(input, {.administrator = false, .secure = true}) == 200);
  }
  constexpr std::string_view kPlain = "GET http://x/a HTTP/1.1\r\nHost: x\r\n\r\n";
  CHECK(status(kPlain, {.administrator = false, .secure = true}) == 200);
}

TEST_CASE("http: leniencies are off unless the policy names them", "[http]") {
  const auto status = [](const Policy& policy, std::string_view input) {
    Bench bench(policy);
    const auto statuses = statuses_of(converse(bench.server, input), input);
    REQUIRE(statuses.size() == 1);
    return statuses[0];
  };
  constexpr std::string_view kBareLf = "GET /a HTTP/1.1\nHost: x\r\n\n";
  CHECK(status({}, kBareLf) == 400);
  CHECK(status({.limits = {}, .accept_bare_lf = true}, kBareLf) == 200);
  constexpr std::string_view kRawTarget = "GET /a?[x]|\xC3\xA4 HTTP/1.1\r\nHost: x\r\n\r\n";
  CHECK(status({}, kRawTarget) == 400);
  CHECK(status({.limits = {}, .accept_unescaped_target = true}, kRawTarget) == 200);
  constexpr std::string_view kNoLength = "POST /echo HTTP/1.1\r\nHost: x\r\n\r\n";
  CHECK(status({}, kNoLength) == 411);
  CHECK(status({.limits = {}, .require_length = false}, kNoLength) == 200);
}

TEST_CASE("http: limits hold at their exact octet", "[http]") {
  Bench bench;
  const auto status = [&](const std::string& input) {
    const Outcome outcome = converse(bench.server, input);
    CHECK(converse(bench.server, input, {1}) == outcome);
    const auto replies = read_replies(outcome.output);
    return replies.empty() ? 0 : replies[0].status;
  };
  const Limits limits;
  const auto line = [](size_t size) { return "GET /" + std::string(size - 14, 'x') + " HTTP/1.1"; };
  const std::string host = "\r\nHost: x\r\n\r\n";
  CHECK(status(line(limits.request_line) + host) == 404);
  CHECK(status(line(limits.request_line + 1) + host) == 414);
  CHECK(status(std::string(limits.request_line + 1, 'G')) == 501);

  const std::string start = "GET /a HTTP/1.1\r\nHost: x\r\n";
  const auto head = [&](size_t size) {
    return start + "X: " + std::string(size - start.size() - 7, 'v') + "\r\n\r\n";
  };
  CHECK(head(limits.head).size() == limits.head);
  CHECK(status(head(limits.head)) == 200);
  CHECK(status(head(limits.head + 1)) == 431);
  CHECK(status(start + "X: " + std::string(4000, 'v')) == 431);

  const auto fields = [&](size_t n) {
    std::string text = start;
    for (size_t i = 1; i < n; ++i) text += "X: y\r\n";
    return text + "\r\n";
  };
  CHECK(status(fields(limits.fields)) == 200);
  CHECK(status(fields(limits.fields + 1)) == 431);

  const std::string chunked =
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  const auto extended = [&](size_t n) {
    return chunked + "1;" + std::string(n - 3, 'e') + "\r\na\r\n0\r\n\r\n";
  };
  CHECK(status(extended(limits.chunk_line)) == 200);  // its CR counts
  CHECK(status(extended(limits.chunk_line + 1)) == 400);
  const auto trailed = [&](size_t n) {
    return chunked + "0\r\nT: " + std::string(n - 5, 't') + "\r\n\r\n";
  };
  CHECK(status(trailed(limits.trailer)) == 200);  // LFs do not count
  CHECK(status(trailed(limits.trailer + 1)) == 431);

  const std::string length = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 65536\r\n\r\n";
  const Outcome largest = converse(bench.server, length + std::string(65536, 'b'));
  CHECK(read_replies(largest.output)[0].body.starts_with("65536:bbb"));
  CHECK(!largest.finished);
}

}  // namespace scwsim::http::test
