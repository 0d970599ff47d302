// A protected server, and clients that prove who they are to it.
#pragma once

#include <catch2/catch.hpp>

#include "http/auth/digest.h"
#include "http/status_page.h"
#include "tests/unit/http_support.h"

namespace scwsim::http::test {

inline constexpr Schemes kAll{.basic = true, .digest_md5 = true, .digest_sha256 = true};

inline std::vector<ProtectionSet> default_sets() {
  return {
      {"Staff", kAll, false, {"/staff/", "/both/*", "/mounted", "/index.htm", "/d/index.html"}},
      {"Old", {.basic = false, .digest_md5 = true, .digest_sha256 = false}, false, {"/old"}},
      {"Open", {}, false, {"/staff/open/", "/staff/one"}},
      {"Secure", {.basic = true, .digest_md5 = false, .digest_sha256 = false}, true, {"/secure/"}},
      {"Secure open", {}, true, {"/tls"}}};
}

inline std::vector<User> default_users() {
  return {{"ann", "ann's secret", {}, {}, {"Staff", "Secure"}},
          {"bob", "bob's", {}, {}, {"Staff", "Old"}},
          {"J\xC3\xA4\"s", "p\xC3\xA4ss:word", {}, {}, {"Staff"}},
          {"out", "out", {}, {}, {}}};
}

/// Answers GET, POST, PUT and DELETE with 204 and counts them.
class CountingHandler : public Handler {
 public:
  Page& open(const Request& request, PageSlot& slot) override {
    if (Page* page = answer_unless_allowed(
            request, {Method::kGet, Method::kPost, Method::kPut, Method::kDelete}, slot)) {
      return *page;
    }
    ++count;
    return slot.emplace<StatusPage>(Status::kNoContent, "");
  }
  int count = 0;
};

/// A digest response in the making.
struct Proof {
  std::string user = "ann";
  std::string password = "ann's secret";
  std::string nonce;
  std::string realm = "Staff";
  Algorithm algorithm = Algorithm::kSha256;
  std::string method = "GET";
  std::string uri = "/staff/a";
  std::string count = "00000001";
  std::string qop = "auth";

  [[nodiscard]] std::string field() const {
    const Hash secret = digest_secret(algorithm, user, realm, password);
    const DigestInput input{method, uri, nonce, qop, count, "c"};
    const HexText response = digest_response(algorithm, secret.bytes(), input);
    std::string escaped;
    for (const char c : user) {
      if (c == '"') escaped += '\\';
      escaped += c;
    }
    std::string text = "Authorization: Digest username=\"" + escaped + "\", realm=\"" + realm +
                       "\", nonce=\"" + nonce + "\", uri=\"" + uri + "\", response=\"" +
                       std::string(response.text()) +
                       "\", algorithm=" + std::string(name_of(algorithm));
    if (!qop.empty()) text += ", qop=" + qop + ", nc=" + count + ", cnonce=\"c\"";
    return text + "\r\n";
  }
};

/// A protected server.
struct House {
  explicit House(uint8_t tries = 3, const Policy& policy = {},
                 const std::vector<ProtectionSet>& sets = default_sets(),
                 const std::vector<User>& users = default_users())
      : store(make_store(sets, users)), guard(*store, random, tries), server(site, policy) {
    guard.restart();
    server.protect(guard);
    REQUIRE(server.mount("/mounted", mounted));
    REQUIRE(server.mount("/free", free));
  }

  static std::unique_ptr<store::Store> make_store(const std::vector<ProtectionSet>& sets,
                                                  const std::vector<User>& users) {
    auto image = std::make_shared<store::Image>();
    std::vector<Resource> resources;
    for (const char* path :
         {"/index.htm", "/d/index.html", "/a", "/staff", "/staff/", "/staff/a", "/staff/one",
          "/staff/open/x", "/staff/a b", "/bot", "/both/", "/bothx", "/old", "/secure/x", "/tls"}) {
      resources.push_back(text_resource(path, path));
    }
    REQUIRE(!lay_out(resources, *image));
    const auto fault = lay_out_protection(sets, users, *image);
    CAPTURE(fault ? fault->place : "", fault ? fault->reason : "");
    REQUIRE(!fault);
    return std::make_unique<store::Store>(image);
  }

  Reply ask(std::string_view method, std::string_view target, std::string_view fields = "",
            Peer peer = {}) {
    std::string input =
        std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n";
    if (method == "POST" || method == "PUT") input += "Content-Length: 0\r\n";
    input += std::string(fields) + "\r\n";
    const Outcome outcome = converse(server, input, {SIZE_MAX}, 4096, false, peer);
    CHECK_FALSE(outcome.finished);  // whatever was refused, the connection goes on
    const auto replies = read_replies(outcome.output, {method == "HEAD"});
    REQUIRE(replies.size() == 1);
    return replies[0];
  }

  int get(std::string_view target, std::string_view fields = "", Peer peer = {}) {
    return ask("GET", target, fields, peer).status;
  }

  /// A nonce out of a new challenge.
  std::string nonce(std::string_view target = "/staff/a") { return nonce_in(ask("GET", target)); }

  static std::string nonce_in(const Reply& reply) {
    const std::string start = "nonce=\"";
    const size_t at = reply.head.find(start);
    REQUIRE(at != std::string::npos);
    return reply.head.substr(at + start.size(), Nonces::kTextSize);
  }

  static bool is_stale(const Reply& reply) {
    return reply.head.find("stale=true") != std::string::npos;
  }

  std::unique_ptr<store::Store> store;
  RandomStream random{Seed{}, {}, 1};
  Site site{*store};
  Guard guard;
  CountingHandler mounted;
  CountingHandler free;
  Server server;
};

/// The field that offers "USER:PASSWORD" by Basic.
inline std::string basic(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string coded;
  for (size_t i = 0; i < text.size(); i += 3) {
    const std::string_view group = text.substr(i, 3);
    unsigned bits = 0;
    for (size_t n = 0; n < 3; ++n) {
      bits = bits << 8 | (n < group.size() ? static_cast<uint8_t>(group[n]) : 0U);
    }
    for (size_t n = 0; n < 4; ++n) {
      coded += n <= group.size() ? kDigits[bits >> (18 - 6 * n) & 0x3F] : '=';
    }
  }
  return "Authorization: Basic " + coded + "\r\n";
}

inline const std::string kAnn = basic("ann:ann's secret");

}  // namespace scwsim::http::test
