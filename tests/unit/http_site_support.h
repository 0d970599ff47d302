// A site for tests, asked by its administrator and by anybody else, whole messages
// at a time or step by step; and what a sink keeps, for cards that lose power.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/http_support.h"

namespace scwsim::http::test {

inline constexpr Peer kAdministrator{.administrator = true, .secure = false};
inline constexpr Peer kAnybody{};

/// Keeps pages of the site as memory without power would; or fails.
struct RememberingSink : store::Sink {
  bool works = true;
  size_t commits = 0;
  std::map<uint32_t, std::vector<uint8_t>> pages;

  bool commit(std::span<const store::PageWrite> writes) override {
    if (!works) return false;
    ++commits;
    for (const store::PageWrite& w : writes) {
      if (w.area == store::Area::kSite) pages[w.page] = {w.bytes.begin(), w.bytes.end()};
    }
    return true;
  }
};

/// A server over nothing but a site.
struct Shop {
  explicit Shop(const std::vector<Resource>& resources = {}, const SiteLimits& limits = {},
                store::Sink* sink = nullptr)
      : store(make_store(resources, limits, sink)) {}
  explicit Shop(std::unique_ptr<store::Store> used_store) : store(std::move(used_store)) {}

  Reply ask(std::string_view method, std::string_view path, std::string_view fields = "",
            std::string_view body = "", Peer peer = kAdministrator) {
    const bool has_body = method == "PUT" || method == "POST" || !body.empty();
    std::string input = std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" +
                        std::string(fields);
    if (has_body) input += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    input += "\r\n" + std::string(body);
    const auto replies =
        read_replies(converse(server, input, {3000}, 4096, false, peer).output, {method == "HEAD"});
    REQUIRE_FALSE(replies.empty());
    return replies.back();
  }

  Reply get(std::string_view path, std::string_view fields = "") {
    return ask("GET", path, fields, "", kAnybody);
  }
  int put(std::string_view path, std::string_view body, std::string_view fields = "") {
    return ask("PUT", path, fields, body).status;
  }
  int remove(std::string_view path, std::string_view fields = "") {
    return ask("DELETE", path, fields).status;
  }

  std::unique_ptr<store::Store> store;
  Site site{*store};
  Server server{site, Policy{}};
};

/// One connection, step by step.
class Visit {
 public:
  explicit Visit(Server& server, Peer peer = kAdministrator)
      : connection_(server.connect(stream_, peer, false)) {}
  ~Visit() { connection_->closed(StreamEnd::kPeerClosed); }

  void send(std::string_view text) { connection_->receive(as_bytes(text)); }
  /// Draws at most `most` octets of output.
  std::string draw(size_t most = SIZE_MAX) {
    std::string output;
    std::vector<uint8_t> room(100);
    while (output.size() < most && connection_->has_output()) {
      const size_t n = connection_->transmit(
          std::span<uint8_t>(room).first(std::min(room.size(), most - output.size())));
      if (n == 0) break;
      output.append(as_text(Bytes(room).first(n)));
    }
    return output;
  }
  [[nodiscard]] bool finished() const { return connection_->finished(); }

 private:
  NoStream stream_;
  std::unique_ptr<StreamHandler> connection_;
};

/// The head of a PUT that says how long its body is.
inline std::string put_head(std::string_view path, size_t length) {
  return "PUT " + std::string(path) +
         " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

}  // namespace scwsim::http::test
