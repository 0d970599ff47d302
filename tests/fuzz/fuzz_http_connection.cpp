// A whole connection over a small site: whatever arrives, the same octets go out
// in every segmentation, responses are well begun, and nobody waits for ever. The
// first two octets choose the segmentation; the rest is what arrives.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string>

#include "card/store/store.h"
#include "http/piece_page.h"
#include "http/server.h"
#include "http/site/site.h"
#include "http/status_page.h"

namespace {

using namespace scwsim;
using namespace scwsim::http;

void require(bool holds) {
  if (!holds) std::abort();
}

class NoStream : public Stream {
 public:
  void wake() override {}
  [[nodiscard]] bool crowded() const override { return false; }
};

/// Answers with a sum over the body that it was sent.
class SumPage : public PiecePage {
 public:
  [[nodiscard]] bool wants_body() const override { return true; }
  void receive(Bytes fragment) override {
    require(!fragment.empty());
    for (const uint8_t octet : fragment) sum_ = sum_ * 31 + octet;
  }
  void respond(ResponseHead& head) override { head.start(Status::kOk); }

 protected:
  bool write_piece(size_t index, ByteWriter& out) override {
    if (index > 9) return false;
    out.u32(sum_);
    for (size_t i = 0; i < 16 * index; ++i) out.u8('.');
    return true;
  }

 private:
  uint32_t sum_ = 0;
};

class SumHandler : public Handler {
 public:
  Page& open(const Request& request, PageSlot& slot) override {
    require(request.path.starts_with('/'));
    if (Page* page = answer_unless_allowed(request, {Method::kPost, Method::kPut}, slot)) {
      return *page;
    }
    return slot.emplace<SumPage>();
  }
};

std::unique_ptr<store::Store> make_store() {
  const std::string body(700, 'b');
  const auto resource = [&body](const char* path) {
    return Resource{.path = path,
                    .content_type = "text/html",
                    .content_encoding = {},
                    .content_language = {},
                    .cache_control = {},
                    .body = as_bytes(body)};
  };
  auto image = std::make_shared<store::Image>();
  const std::array resources = {resource("/index.html"), resource("/a"), resource("/a/b")};
  require(!lay_out(resources, *image));
  return std::make_unique<store::Store>(image);
}

struct Outcome {
  std::string output;
  bool finished = false;
  bool operator==(const Outcome&) const = default;
};

Outcome converse(Server& server, Bytes input, size_t cut, size_t chunk) {
  NoStream stream;
  const auto connection = server.accept(stream);
  Outcome outcome;
  std::array<uint8_t, 512> out{};
  const std::span<uint8_t> room = std::span<uint8_t>(out).first(chunk);
  while (!input.empty() || connection->has_output()) {
    // Fill it first, then draw once: as much as possible is held within.
    while (!input.empty() && connection->receive_window() > 0) {
      const size_t n = std::min({input.size(), cut, connection->receive_window()});
      connection->receive(input.first(n));
      input = input.subspan(n);
    }
    if (!connection->has_output()) {
      require(input.empty());  // it neither takes nor gives: stuck
      break;
    }
    const size_t n = connection->transmit(room);
    require(n > 0 && n <= room.size());  // no page here breaks off
    outcome.output.append(as_text(Bytes(room).first(n)));
  }
  require(outcome.output.empty() || outcome.output.starts_with("HTTP/1.1 "));
  outcome.finished = connection->finished();
  connection->closed(StreamEnd::kPeerClosed);
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::unique_ptr<store::Store> kStore = make_store();
  ByteReader in(Bytes(data, size));
  const size_t cut = in.u8() + size_t{1};
  const size_t chunk = in.u8() + size_t{1};
  if (!in.ok()) return 0;
  const Bytes input = in.take_rest();

  Site site(*kStore);
  SumHandler sum;
  Server server(site);
  require(server.mount("/sum", sum));
  const Outcome whole = converse(server, input, SIZE_MAX, 512);
  require(converse(server, input, cut, chunk) == whole);
  require(converse(server, input, 1, 1) == whole);
  return 0;
}
