#include "tests/unit/http_support.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "http/status_page.h"

namespace scwsim::http::test {
namespace {

class EchoPage : public PiecePage {
 public:
  [[nodiscard]] bool wants_body() const override { return true; }
  void receive(Bytes fragment) override {
    count_ += fragment.size();
    text_.append(as_text(fragment.first(std::min(fragment.size(), 64 - text_.size()))));
  }
  void respond(ResponseHead& head) override {
    head.start(Status::kOk);
    head.field("Content-Type", "text/plain");
  }

 protected:
  bool write_piece(size_t index, ByteWriter& out) override {
    if (index > 0) return false;
    const std::string text = std::to_string(count_) + ":" + text_;
    out.bytes(as_bytes(text));
    return true;
  }

 private:
  size_t count_ = 0;
  std::string text_;
};

class PiecesPage : public PiecePage {
 public:
  PiecesPage(size_t pieces, size_t octets) : pieces_(pieces), octets_(octets) {}
  void respond(ResponseHead& head) override { head.start(Status::kOk); }

 protected:
  bool write_piece(size_t index, ByteWriter& out) override {
    if (index >= pieces_) return false;
    for (uint8_t& octet : out.append(octets_)) octet = static_cast<uint8_t>('a' + index % 26);
    return true;
  }

 private:
  size_t pieces_;
  size_t octets_;
};

class BrokenPage : public Page {
 public:
  explicit BrokenPage(BrokenHandler::Kind kind) : kind_(kind) {}
  void respond(ResponseHead& head) override {
    if (kind_ == BrokenHandler::Kind::kHeadless) return;
    head.start(Status::kOk);
    if (kind_ == BrokenHandler::Kind::kInjecting) head.field("X-Name", "a\r\nX-Injected: b");
    if (kind_ != BrokenHandler::Kind::kUnknown) head.length(100);
  }
  size_t read(std::span<uint8_t> out) override {
    const size_t all = kind_ == BrokenHandler::Kind::kUnknown ? 600 : 10;
    const size_t n = std::min(out.size(), all - given_);
    std::ranges::fill(out.first(n), uint8_t{'b'});
    given_ += n;
    return n;
  }
  [[nodiscard]] bool done() const override { return false; }

 private:
  BrokenHandler::Kind kind_;
  size_t given_ = 0;
};

}  // namespace

Resource text_resource(std::string path, std::string_view body) {
  return {.path = std::move(path),
          .content_type = "text/plain",
          .content_encoding = {},
          .content_language = {},
          .cache_control = {},
          .body = as_bytes(body)};
}

std::unique_ptr<store::Store> make_store(const std::vector<Resource>& resources,
                                         const SiteLimits& limits, store::Sink* sink) {
  auto image = std::make_shared<store::Image>();
  const auto fault = lay_out(resources, *image, limits);
  REQUIRE(!fault);
  return std::make_unique<store::Store>(image, sink);
}

Page& EchoHandler::open(const Request& request, PageSlot& slot) {
  if (Page* page = answer_unless_allowed(request, {Method::kPost}, slot)) return *page;
  return slot.emplace<EchoPage>();
}

Page& PiecesHandler::open(const Request& request, PageSlot& slot) {
  if (Page* page = answer_unless_allowed(request, {Method::kGet, Method::kHead}, slot))
    return *page;
  return slot.emplace<PiecesPage>(pieces_, octets_);
}

Page& BrokenHandler::open(const Request&, PageSlot& slot) {
  return slot.emplace<BrokenPage>(kind_);
}

struct Bench::Parts {
  explicit Parts(const Policy& policy) : server(site, policy) {}

  std::string large = std::string(5000, 'L');
  std::unique_ptr<store::Store> store =
      make_store({text_resource("/index.html", "welcome"), text_resource("/a", "resource a"),
                  text_resource("/a b", "with blank"), text_resource("/dir/x", "x in dir"),
                  text_resource("/empty", ""), text_resource("/large", large)});
  Site site{*store};
  EchoHandler echo;
  PiecesHandler pieces{9, 100};
  PiecesHandler none{0, 0};
  BrokenHandler short_page{BrokenHandler::Kind::kShort};
  BrokenHandler unknown{BrokenHandler::Kind::kUnknown};
  BrokenHandler headless{BrokenHandler::Kind::kHeadless};
  BrokenHandler injecting{BrokenHandler::Kind::kInjecting};
  Server server;
};

Bench::Bench(const Policy& policy)
    : parts_(std::make_unique<Parts>(policy)), server(parts_->server) {
  REQUIRE(server.mount("/echo", parts_->echo));
  REQUIRE(server.mount("/pieces", parts_->pieces));
  REQUIRE(server.mount("/none", parts_->none));
  REQUIRE(server.mount("/short", parts_->short_page));
  REQUIRE(server.mount("/unknown", parts_->unknown));
  REQUIRE(server.mount("/headless", parts_->headless));
  REQUIRE(server.mount("/injecting", parts_->injecting));
}

Bench::~Bench() = default;

Outcome converse(Server& server, std::string_view input, const std::vector<size_t>& cuts,
                 size_t chunk, bool last_free, Peer peer) {
  NoStream stream;
  stream.crowded_now = last_free;
  const auto connection = server.connect(stream, peer, last_free);
  Outcome outcome;
  std::vector<uint8_t> out(chunk);
  const auto draw = [&] {
    while (connection->has_output()) {
      const size_t n = connection->transmit(out);
      if (n == 0) break;
      outcome.output.append(as_text(Bytes(out).first(n)));
    }
  };
  for (size_t turn = 0; !input.empty(); ++turn) {
    const size_t cut = cuts[std::min(turn, cuts.size() - 1)];
    const size_t window = connection->receive_window();
    REQUIRE(window > 0);  // all output was drawn: it must take more
    const size_t n = std::min({cut, window, input.size()});
    connection->receive(as_bytes(input.substr(0, n)));
    input.remove_prefix(n);
    draw();
  }
  outcome.finished = connection->finished();
  connection->closed(outcome.finished ? StreamEnd::kFinished : StreamEnd::kPeerClosed);
  return outcome;
}

std::string field_of(const Reply& reply, std::string_view name) {
  const std::string start = "\r\n" + std::string(name) + ": ";
  const size_t at = reply.head.find(start);
  if (at == std::string::npos) return "(none)";
  const size_t begin = at + start.size();
  return reply.head.substr(begin, reply.head.find("\r\n", begin) - begin);
}

std::vector<Reply> read_replies(std::string_view output, const std::vector<bool>& heads) {
  std::vector<Reply> replies;
  size_t finals = 0;
  while (!output.empty()) {
    const size_t end = output.find("\r\n\r\n");
    if (!output.starts_with("HTTP/1.1 ") || end == std::string_view::npos) {
      replies.push_back({-1, std::string(output), {}});
      break;
    }
    Reply reply;
    reply.status = std::atoi(std::string(output.substr(9, 3)).c_str());
    reply.head = output.substr(0, end + 2);
    output.remove_prefix(end + 4);
    const bool interim = reply.status == 100;
    const bool head = !interim && finals < heads.size() && heads[finals];
    if (!interim) ++finals;
    const std::string length = field_of(reply, "Content-Length");
    if (head || interim || reply.status == 204 || reply.status == 304) {
      // no content
    } else if (field_of(reply, "Transfer-Encoding") == "chunked") {
      for (bool more = true; more;) {
        const size_t line = output.find("\r\n");
        const size_t size = std::strtoul(std::string(output.substr(0, line)).c_str(), nullptr, 16);
        if (line == std::string_view::npos || output.size() < line + 2 + size + 2) {
          reply.status = -1;
          output = {};
          break;
        }
        reply.body += output.substr(line + 2, size);
        if (output.substr(line + 2 + size, 2) != "\r\n") reply.status = -1;
        output.remove_prefix(line + 2 + size + 2);
        more = size > 0;
      }
    } else if (length != "(none)") {
      const size_t size = std::strtoul(length.c_str(), nullptr, 10);
      reply.body = output.substr(0, size);
      output.remove_prefix(std::min(size, output.size()));
    } else {
      reply.body = output;
      output = {};
    }
    replies.push_back(reply);
  }
  return replies;
}

}  // namespace scwsim::http::test
