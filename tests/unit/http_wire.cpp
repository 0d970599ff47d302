// The decoders by themselves: targets and bodies in every segmentation.
#include <catch2/catch.hpp>
#include <string>

#include "http/wire/body_decoder.h"
#include "http/wire/characters.h"
#include "http/wire/request_target.h"

namespace scwsim::http {
namespace {

struct Seen {
  Decode progress = Decode::kMore;
  std::string content;
  size_t left = 0;
  bool operator==(const Seen&) const = default;
};

Seen decode(const Request& request, std::string_view input, size_t first) {
  const Limits limits;
  BodyDecoder decoder(limits);
  decoder.start(request);
  Seen seen;
  size_t left_later = input.size();
  for (const std::string_view part : {input.substr(0, first), input.substr(first)}) {
    left_later -= part.size();
    ByteReader in(as_bytes(part));
    while (seen.progress == Decode::kMore && in.left() > 0) {
      Bytes fragment;
      seen.progress = decoder.next(in, fragment);
      seen.content += as_text(fragment);
    }
    if (seen.progress != Decode::kMore) {
      seen.left = left_later + in.left();
      break;
    }
  }
  return seen;
}

std::string path_of(std::string text, std::string* query = nullptr) {
  Refusal refusal;
  std::vector<uint8_t> octets(text.begin(), text.end());
  const auto target = decode_target(octets, Method::kGet, {}, refusal);
  if (!target) return "refused";
  CHECK((target->path == "*" || is_plain_path(target->path)));
  if (query != nullptr) *query = target->query;
  return std::string(target->path);
}

}  // namespace

TEST_CASE("http target: decoding and dot segments", "[http]") {
  CHECK(path_of("/") == "/");
  CHECK(path_of("//") == "//");
  CHECK(path_of("/a/b") == "/a/b");
  CHECK(path_of("/a//b") == "/a//b");
  CHECK(path_of("/%41%7e%C3%a4") == "/A~\xC3\xA4");
  CHECK(path_of("/a%2fb") == "/a/b");
  CHECK(path_of("/a%3Fb") == "/a?b");
  CHECK(path_of("/a%25%36%31") == "/a%61");  // decoded once, never twice
  CHECK(path_of("/.") == "/");
  CHECK(path_of("/./") == "/");
  CHECK(path_of("/a/.") == "/a/");
  CHECK(path_of("/a/..") == "/");
  CHECK(path_of("/a/../") == "/");
  CHECK(path_of("/a/b/../c") == "/a/c");
  CHECK(path_of("/a/b/../../c") == "/c");
  CHECK(path_of("/a%2f..%2fb") == "/b");
  CHECK(path_of("/...") == "/...");
  CHECK(path_of("/..a/.b") == "/..a/.b");
  CHECK(path_of("/..") == "refused");
  CHECK(path_of("/../") == "refused");
  CHECK(path_of("/a/../..") == "refused");
  CHECK(path_of("/%2e%2e") == "refused");
  CHECK(path_of("//../..") == "refused");
  CHECK(path_of("/%252e%252e/x") == "/%2e%2e/x");

  std::string query;
  CHECK(path_of("/a?b=%20&c/../d?e", &query) == "/a");
  CHECK(query == "b=%20&c/../d?e");
  CHECK(path_of("http://h?q", &query) == "/");
  CHECK(query == "q");
  CHECK(path_of("http://h:80/p", &query) == "/p");
  CHECK(query.empty());
}

TEST_CASE("http body: chunks in every segmentation and truncation", "[http]") {
  Request request{Bytes{}};
  request.framing = BodyFraming::kChunked;
  const std::string input =
      "5\r\nhello\r\n00000001;a=b;c\r\n,\r\n6 ; d = \"\\\"\"\r\n world\r\n0;last\r\nX: "
      "y\r\nEmpty:\r\n\r\nNEXT";
  const Seen whole = decode(request, input, input.size());
  CHECK(whole.progress == Decode::kDone);
  CHECK(whole.content == "hello, world");
  CHECK(whole.left == 4);
  for (size_t first = 0; first <= input.size(); ++first) {
    REQUIRE(decode(request, input, first) == whole);
  }
  for (size_t size = 0; size < input.size() - 4; ++size) {
    const Seen part = decode(request, input.substr(0, size), size / 2);
    REQUIRE(part.progress == Decode::kMore);
    REQUIRE(whole.content.starts_with(part.content));
  }
}

TEST_CASE("http body: by length", "[http]") {
  Request request{Bytes{}};
  request.framing = BodyFraming::kLength;
  request.content_length = 4;
  for (size_t first = 0; first <= 6; ++first) {
    CHECK(decode(request, "bodyXX", first) == Seen{Decode::kDone, "body", 2});
  }
  CHECK(decode(request, "bod", 1) == Seen{Decode::kMore, "bod", 0});
}

TEST_CASE("http authority: hosts and ports", "[http]") {
  for (const std::string_view good :
       {"", "x", "127.0.0.1:3516", "localuicc", "[::1]", "[::1]:3516", "a:", "%41", "a_b!",
        "[1:2:3:4:5:6:7::]", "[::ffff:1.2.3.4]", "a:65535"}) {
    CHECK(is_authority(good));
  }
  for (const std::string_view bad :
       {"a b",       "a@b",    "a/b",       "a:b",     "a:1:2",         "[",    "[]",
        "[::1",      "[::1]x", "::1",       "%4",      "a\"",           "\xE4", "a,b:1,",
        "a,b",       ":",      ":80",       "a:65536", "a:99999999999", "a%00", "[:]",
        "[1::2::3]", "[1:2]",  "[::1.2.3]", "[v1.a]"}) {
    CAPTURE(bad);
    CHECK(!is_authority(bad));
  }
}

// The octet table against the grammar, written a second way.
TEST_CASE("http characters: the sets of the grammar", "[http]") {
  for (unsigned value = 0; value < 256; ++value) {
    CAPTURE(value);
    const auto octet = static_cast<uint8_t>(value);
    const bool graphic = value > 0x20 && value < 0x7F;
    const bool delimiter = std::string_view("\"(),/:;<=>?@[\\]{}").find(static_cast<char>(value)) !=
                           std::string_view::npos;  // RFC 9110 §5.6.2
    CHECK(is(octet, Octets::kToken) == (graphic && !delimiter));
    CHECK(is(octet, Octets::kLine) == (value == 9 || (value >= 0x20 && value != 0x7F)));
    if (is(octet, Octets::kTarget)) CHECK(!is(octet, Octets::kRawTarget));
    if (graphic && value != '#') {
      CHECK(is(octet, Octets::kTarget) != is(octet, Octets::kRawTarget));
    }
  }
}

}  // namespace scwsim::http
