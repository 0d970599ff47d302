// The framing of the raw card link, and addresses as people write them.
#include <algorithm>
#include <catch2/catch.hpp>

#include "card/base/hex.h"
#include "tests/support/hex_literal.h"
#include "tools/links/endpoint.h"
#include "tools/links/vpcd_frame.h"

using namespace scwsim;
using namespace scwsim::links;
using namespace scwsim::tests;

namespace {

// The frames in `stream`, received in pieces of `cut` octets.
std::vector<std::string> frames(Bytes stream, size_t cut) {
  FrameReader reader;
  std::vector<std::string> found;
  while (!stream.empty()) {
    const auto room = reader.room();
    REQUIRE_FALSE(room.empty());
    const size_t n = std::min({cut, room.size(), stream.size()});
    std::ranges::copy(stream.first(n), room.begin());
    reader.commit(n);
    stream = stream.subspan(n);
    for (Bytes payload; reader.next(payload);) found.push_back(to_hex(payload));
  }
  return found;
}

}  // namespace

TEST_CASE("frames of the link are the same in every segmentation") {
  std::vector<uint8_t> stream;
  append_control(stream, Control::kPowerOn);
  append_control(stream, Control::kSendAtr);
  append_frame(stream, "00A40004023F00"_x);
  append_frame(stream, {});
  append_frame(stream, std::vector<uint8_t>(kMostFramePayload, 0xA5));
  append_frame(stream, "9000"_x);
  const auto whole = frames(stream, stream.size());
  REQUIRE(whole.size() == 6);
  CHECK(whole[0] == "01");
  CHECK(whole[1] == "04");
  CHECK(whole[2] == "00A40004023F00");
  CHECK(whole[3].empty());
  CHECK(whole[4].size() == 2 * kMostFramePayload);
  CHECK(whole[5] == "9000");
  for (const size_t cut : {1, 2, 3, 7, 1000, 65536}) CHECK(frames(stream, cut) == whole);
  // Cut short, it gives the frames that are whole.
  for (size_t size = 0; size < 20; ++size) {
    const auto part = frames(Bytes(stream).first(size), 4);
    CHECK(part.size() == (size < 3 ? 0 : size < 6 ? 1 : size < 15 ? 2 : size < 17 ? 3 : 4));
  }
}

TEST_CASE("endpoints are read as people write them") {
  for (const char* text : {"127.0.0.1:35963", "0.0.0.0:0", "[::1]:65535"}) {
    CHECK(to_string(*parse_endpoint(text)) == text);
  }
  CHECK(to_string(*parse_endpoint("localhost:1")) == "127.0.0.1:1");
  for (const char* text : {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:-1",
                           "::1:80", "[::1]", "[]:1", "example:80", "127.0.0.1:80 "}) {
    CAPTURE(text);
    CHECK_FALSE(parse_endpoint(text));
  }
}
