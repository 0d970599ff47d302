// The memory of the site: what does not fit, what is given back, who may go on
// reading, cards that are torn out at any write, memory that fails.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "tests/unit/http_site_support.h"

namespace scwsim::http::test {
namespace {

constexpr size_t kPage = store::kPageSize;

// Pages of a resource that PUT made without any fields: the card adds an entity
// tag and Cache-Control.
size_t pages_of(size_t path, size_t body) {
  return pages_for(ResourceHead::kSize + path + std::string_view("ETag: \r\n").size() + 19 +
                   std::string_view("Cache-Control: no-cache\r\n").size() + body);
}

// The most octets of body in so many pages.
size_t body_for(size_t pages, size_t path) {
  size_t body = pages * kPagePayload;
  while (pages_of(path, body) > pages) --body;
  return body;
}

SiteLimits pages(size_t n) {
  return {.capacity = static_cast<uint32_t>(n * kPage), .default_page = {}};
}

// The card that comes to life from `image` and what a sink has kept.
std::unique_ptr<store::Store> reborn(const std::vector<Resource>& resources,
                                     const SiteLimits& limits, const RememberingSink& sink) {
  auto image = std::make_shared<store::Image>();
  REQUIRE_FALSE(lay_out(resources, *image, limits));
  for (const auto& [number, octets] : sink.pages) {
    image->patch(store::Area::kSite, static_cast<uint32_t>(number * kPage), octets);
  }
  return std::make_unique<store::Store>(image);
}

std::string text_of(size_t size, char c) { return std::string(size, c); }

}  // namespace

TEST_CASE("http site: a resource fits to the last octet, or is 507", "[http]") {
  Shop shop({}, pages(5));
  const size_t most = body_for(5, 2);
  CHECK(shop.put("/x", text_of(most + 1, 'a')) == 507);
  CHECK(shop.site.free_octets() == 5 * kPage);
  CHECK(shop.put("/x", text_of(most, 'a')) == 201);
  CHECK(shop.site.free_octets() == 0);
  CHECK(shop.get("/x").body == text_of(most, 'a'));
  CHECK(shop.put("/x", "b") == 507);  // the old one must last until the new one is complete
  CHECK(shop.put("/y", "b") == 507);
  CHECK(shop.get("/x").body == text_of(most, 'a'));
  CHECK(shop.remove("/x") == 204);
  CHECK(shop.site.free_octets() == 5 * kPage);
  CHECK(shop.put("/y", "b") == 201);
}

TEST_CASE("http site: a card without any memory for a site", "[http]") {
  Shop shop({}, pages(0));
  CHECK(shop.put("/x", "") == 507);
  CHECK(shop.remove("/x") == 404);
  Shop none(std::make_unique<store::Store>(std::make_shared<store::Image>()));
  CHECK(none.put("/x", "") == 507);
  CHECK(none.get("/x").status == 404);
}

TEST_CASE("http site: nothing leaks, however often memory does not suffice", "[http]") {
  Shop shop({text_resource("/x", "old")}, pages(12));
  const size_t free = shop.site.free_octets();
  REQUIRE(free == 11 * kPage);
  const std::string body = text_of(body_for(12, 2), 'n');
  std::string chunked = "PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 12; ++i) chunked += "100\r\n" + text_of(256, 'c') + "\r\n";
  chunked += "0\r\n\r\n";
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(shop.put("/x", body) == 507);
    const auto replies =
        read_replies(converse(shop.server, chunked, {500}, 4096, false, kAdministrator).output);
    REQUIRE(replies.at(0).status == 507);
    REQUIRE(shop.site.free_octets() == free);
    if (i % 3 == 0) REQUIRE(shop.put("/x", text_of(1000, 'o')) == 204);
    if (i % 3 == 0) REQUIRE(shop.put("/x", "old") == 204);
  }
  CHECK(shop.get("/x").body == "old");
}

TEST_CASE("http site: larger than any resource may be is 413", "[http]") {
  Shop shop({}, {.capacity = 100 * kPage, .largest_body = 1000, .default_page = {}});
  CHECK(shop.put("/x", text_of(1000, 'a')) == 201);
  CHECK(shop.put("/x", text_of(1001, 'b')) == 413);
  const std::string chunked =
      "PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3e8\r\n" +
      text_of(1000, 'c') + "\r\n1\r\nc\r\n0\r\n\r\n";
  const auto replies =
      read_replies(converse(shop.server, chunked, {500}, 4096, false, kAdministrator).output);
  CHECK(replies.at(0).status == 413);
  CHECK(shop.get("/x").body == text_of(1000, 'a'));
  CHECK(shop.put("/" + text_of(kMaxPath - 1, 'p'), "x") == 201);
  CHECK(shop.put("/" + text_of(kMaxPath, 'p'), "x") == 414);
  CHECK(shop.get("/" + text_of(kMaxPath - 1, 'p')).body == "x");
}

TEST_CASE("http site: what is short only for the moment is 503", "[http]") {
  Shop shop({text_resource("/x", "old")}, pages(20));
  SECTION("as many uploads as can be") {
    std::vector<std::unique_ptr<Visit>> visits;
    for (int i = 0; i < 4; ++i) {
      visits.push_back(std::make_unique<Visit>(shop.server));
      visits.back()->send(put_head(std::string("/").append(std::to_string(i)), 2) + "1");
    }
    CHECK(shop.put("/x", "new") == 503);
    CHECK(shop.get("/x").body == "old");
    for (const auto& visit : visits) {
      visit->send("2");
      CHECK(visit->draw().starts_with("HTTP/1.1 201 "));
    }
    CHECK(shop.put("/x", "new") == 204);
  }
  SECTION("memory that another upload holds") {
    {
      Visit slow(shop.server);
      slow.send(put_head("/slow", 3000) + text_of(2500, 's'));
      CHECK(shop.put("/x", text_of(2600, 'n')) == 503);
      CHECK(shop.put("/x", text_of(body_for(20, 2), 'n')) == 503);
      CHECK(shop.put("/x", text_of(body_for(20, 2) + 1, 'n')) == 507);  // it never fits
    }
    CHECK(shop.put("/x", text_of(2600, 'n')) == 204);
  }
}

TEST_CASE("http site: a connection lost in the middle of PUT leaves nothing behind", "[http]") {
  Shop shop({text_resource("/x", "old")}, pages(20));
  const size_t free = shop.site.free_octets();
  const std::string whole = put_head("/x", 1500) + text_of(1500, 'n');
  for (size_t sent = 0; sent < whole.size(); sent += 13) {
    Visit visit(shop.server);
    visit.send(std::string_view(whole).substr(0, sent));
  }
  {
    Visit visit(shop.server);  // an end of the body that is none
    visit.send("PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\rX");
    CHECK(visit.draw().starts_with("HTTP/1.1 400 "));
  }
  CHECK(shop.site.free_octets() == free);
  CHECK(shop.get("/x").body == "old");
}

TEST_CASE("http site: who reads a resource gets all of it though it changes", "[http]") {
  const std::string old_body = text_of(2000, 'o');
  Shop shop({text_resource("/x", old_body)}, pages(40));
  const size_t free = shop.site.free_octets();
  auto reader = std::make_unique<Visit>(shop.server, kAnybody);
  auto second = std::make_unique<Visit>(shop.server, kAnybody);
  for (Visit* visit : {reader.get(), second.get()}) {
    visit->send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  std::string got = reader->draw(700);

  SECTION("while there is memory") {
    CHECK(shop.put("/x", text_of(1000, 'n')) == 204);
    CHECK(shop.remove("/x") == 204);
    CHECK(shop.put("/x", text_of(1500, 'm')) == 201);
    got += reader->draw();
    CHECK(read_replies(got).at(0).body == old_body);
    CHECK(read_replies(second->draw()).at(0).body == old_body);
    CHECK(shop.remove("/x") == 204);
    CHECK(shop.site.free_octets() == 40 * kPage);
  }
  SECTION("until it goes away") {
    CHECK(shop.put("/x", "new") == 204);
    CHECK(shop.site.free_octets() < free);
    reader.reset();
    CHECK(shop.site.free_octets() < free);
    second.reset();
    CHECK(shop.site.free_octets() == 39 * kPage);
  }
  SECTION("or is cut off when memory runs out") {
    CHECK(shop.put("/x", "new") == 204);
    const std::string large = text_of(body_for(39, 2), 'l');
    CHECK(shop.put("/y", large) == 201);
    got += reader->draw();
    CHECK(reader->finished());  // with less than was promised
    CHECK(got.size() < 1500);
    CHECK(got.substr(got.find("\r\n\r\n") + 4).find_first_not_of('o') == std::string::npos);
    second->draw();
    CHECK(second->finished());
    CHECK(shop.get("/y").body == large);
    reader.reset();
    second.reset();
    CHECK(shop.site.free_octets() == 0);
    CHECK(shop.get("/y").body == large);
    CHECK(shop.get("/x").body == "new");
  }
  SECTION("but not for what does not fit even then") {
    CHECK(shop.put("/x", "new") == 204);
    CHECK(shop.put("/y", text_of(body_for(40, 2), 'l')) == 507);
    CHECK(shop.put("/z", text_of(body_for(29, 2), 'l')) == 201);  // leaves one page
    const std::string language = "Content-Language: " + std::string(300, 'x') + "\r\n";
    CHECK(shop.put("/y", text_of(body_for(12, 2), 'l'), language) == 507);
    got += reader->draw();
    CHECK(read_replies(got).at(0).body == old_body);
    CHECK(read_replies(second->draw()).at(0).body == old_body);
  }
  SECTION("a reader of something else is left alone") {
    CHECK(shop.put("/y", text_of(body_for(31, 2), 'l')) == 201);
    CHECK(shop.put("/z", text_of(body_for(31, 2), 'l')) == 507);
    got += reader->draw();
    CHECK(read_replies(got).at(0).body == old_body);
  }
}

TEST_CASE("http site: a card torn out at any write has the old resource or the new one", "[http]") {
  const std::string old_body = text_of(600, 'o');
  const std::string new_body = text_of(900, 'n');
  const std::vector<Resource> factory = {text_resource("/a", "a"), text_resource("/d/1", "1"),
                                         text_resource("/d/2", "2"), text_resource("/x", old_body),
                                         text_resource("/z", "z")};
  struct Change {
    std::string_view method;
    std::string_view path;
  };
  for (const Change& change : {Change{"PUT", "/x"}, Change{"PUT", "/b"}, Change{"DELETE", "/x"},
                               Change{"DELETE", "/d/"}}) {
    bool done = false;
    uint64_t n = 1;
    for (; !done; ++n) {
      RememberingSink sink;
      Shop torn(factory, pages(30), &sink);
      torn.store->stop_at_write(n);
      const int status =
          torn.ask(change.method, change.path, "", change.method == "PUT" ? new_body : "").status;
      done = !torn.store->stopped();
      REQUIRE(status == (!done                       ? 500
                         : change.method == "DELETE" ? 204
                         : change.path == "/x"       ? 204
                                                     : 201));
      torn.store->stop_at_write(0);

      // With power that never went, and from what was kept of it.
      Shop again(reborn(factory, pages(30), sink));
      for (Shop* shop : {&torn, &again}) {
        size_t taken = 0;
        size_t resources = 0;
        const auto has = [&](std::string_view path, std::string_view body) {
          const Reply reply = shop->get(path);
          if (body.empty()) {
            CHECK(reply.status == 404);
            return;
          }
          CHECK(reply.body == body);
          taken += pages_for(ResourceHead::kSize + path.size() + reply.head.size() + body.size() -
                             std::string_view("HTTP/1.1 200 OK\r\n").size() -
                             std::string_view("Content-Length: \r\n").size() -
                             std::to_string(body.size()).size());
          ++resources;
        };
        const bool deleted = done && change.method == "DELETE";
        has("/a", "a");
        has("/z", "z");
        has("/b", done && change.path == "/b" ? new_body : "");
        has("/x", change.path != "/x" || !done ? old_body : deleted ? "" : new_body);
        has("/d/1", deleted && change.path == "/d/" ? "" : "1");
        has("/d/2", deleted && change.path == "/d/" ? "" : "2");
        CHECK(shop->site.count() == resources);
        CHECK(shop->site.free_octets() == (30 - taken) * kPage);
        CHECK(shop->put("/new", text_of(3000, 'w')) == 201);
      }
    }
    CHECK(n > 3);
  }
}

TEST_CASE("http site: what the memory cannot keep does not happen", "[http]") {
  RememberingSink sink;
  const std::vector<Resource> factory = {text_resource("/x", "old")};
  Shop shop(factory, pages(20), &sink);
  const size_t free = shop.site.free_octets();
  sink.works = false;
  for (int i = 0; i < 100; ++i) {
    CHECK(shop.put("/x", text_of(1000, 'n')) == 500);
    CHECK(shop.put("/y", "y") == 500);
    CHECK(shop.remove("/x") == 500);
    CHECK(shop.remove("/") == 500);
  }
  CHECK(shop.get("/x").body == "old");
  CHECK(shop.site.count() == 1);
  CHECK(shop.site.free_octets() == free);
  sink.works = true;
  CHECK(shop.put("/x", text_of(1000, 'n')) == 204);
  CHECK(sink.commits == 1);  // one unit, body and all
  Shop again(reborn(factory, pages(20), sink));
  CHECK(again.get("/x").body == text_of(1000, 'n'));
  CHECK(again.get("/x").head == shop.get("/x").head);
}

TEST_CASE("http site: a DELETE that fails leaves a reader's pages to the resource", "[http]") {
  RememberingSink sink;
  const std::string body = text_of(2000, 'o');
  Shop shop({text_resource("/d/1", body), text_resource("/d/2", "2")}, pages(20), &sink);
  const size_t free = shop.site.free_octets();
  {
    Visit reader(shop.server, kAnybody);
    reader.send("GET /d/1 HTTP/1.1\r\nHost: x\r\n\r\n");
    sink.works = false;
    CHECK(shop.remove("/d/") == 500);
  }
  CHECK(shop.site.free_octets() == free);
  sink.works = true;
  CHECK(shop.put("/x", text_of(body_for(free / kPage, 2), 'x')) == 201);
  CHECK(shop.get("/d/1").body == body);
  CHECK(shop.get("/d/2").body == "2");
  CHECK(shop.remove("/d/") == 204);
  CHECK(shop.site.free_octets() == 20 * kPage - free);
}

TEST_CASE("http site: a change leaves the open unit of the APDU alone", "[http]") {
  constexpr auto kElsewhere = store::Area::kFileBodies;
  const std::array<uint8_t, 1> mark{0xAA};
  auto image = std::make_shared<store::Image>();
  const std::vector<Resource> factory = {text_resource("/x", "old")};
  REQUIRE_FALSE(lay_out(factory, *image, pages(20)));
  image->append(kElsewhere, std::array<uint8_t, 4>{});
  RememberingSink sink;
  Shop shop(std::make_unique<store::Store>(image, &sink));
  const size_t free = shop.site.free_octets();
  for (const bool works : {true, false}) {
    sink.works = works;
    REQUIRE(shop.store->write(kElsewhere, 0, mark));
    CHECK(shop.put("/x", "new") == 500);
    CHECK(shop.put("/y", "new") == 500);
    CHECK(shop.remove("/x") == 500);
    CHECK(shop.remove("/") == 500);
    CHECK(sink.commits == 0);  // not before the APDU has succeeded
    REQUIRE(shop.store->has_unit());
    std::array<uint8_t, 1> now{};
    CHECK(shop.store->read(kElsewhere, 0, now));
    CHECK(now == mark);
    shop.store->rollback();  // as if it had not
    CHECK(shop.get("/x").body == "old");
    CHECK(shop.site.count() == 1);
    CHECK(shop.site.free_octets() == free);
  }
  sink.works = true;
  REQUIRE(shop.store->write(kElsewhere, 0, mark));
  REQUIRE(shop.store->commit());
  CHECK(shop.put("/x", "new") == 204);
  CHECK(shop.get("/x").body == "new");
}

TEST_CASE("http site: thousands of small resources", "[http]") {
  constexpr size_t kMany = 2000;
  Shop shop({}, pages(kMany + 1));
  const auto path = [](size_t i) {
    return std::string("/p").append(std::to_string(i * 7919 % kMany));
  };
  for (size_t i = 0; i < kMany; ++i) REQUIRE(shop.put(path(i), path(i)) == 201);
  CHECK(shop.site.count() == kMany);
  CHECK(shop.site.free_octets() == kPage);
  for (size_t i = 0; i < kMany; ++i) REQUIRE(shop.get(path(i)).body == path(i));
  for (size_t i = 0; i < kMany; i += 2) REQUIRE(shop.remove(path(i)) == 204);
  for (size_t i = 0; i < kMany; ++i) REQUIRE(shop.site.has(path(i)) == (i % 2 == 1));
  CHECK(shop.remove("/") == 204);
  CHECK(shop.site.free_octets() == (kMany + 1) * kPage);
}

TEST_CASE("http site: a few large resources", "[http]") {
  constexpr size_t kMebibyte = size_t{1} << 20;
  Shop shop({}, {.capacity = 13 << 20, .default_page = {}});
  std::string body(kMebibyte, ' ');
  for (size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i * i % 23);
  for (const std::string_view path : {"/1", "/2", "/3"}) {
    CHECK(shop.put(path, body) == 201);
    CHECK(shop.put(path, body) == 204);
    CHECK(shop.get(path).body == body);
  }
  CHECK(shop.put("/4", body + "!") == 413);

  // The policy's bound is for all others, and for all that is not stored.
  const std::string large = body.substr(0, Limits{}.body + 1);
  CHECK(shop.ask("PUT", "/1", "", large, kAnybody).status == 413);
  CHECK(shop.ask("POST", "/1", "", large).status == 413);
  const std::string chunks =
      " /5 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n" + large +
      "\r\n0\r\n\r\n";
  const auto send = [&](const std::string& method, Peer peer) {
    const auto output = converse(shop.server, method + chunks, {3000}, 4096, false, peer).output;
    return read_replies(output).at(0).status;
  };
  CHECK(send("PUT", kAnybody) == 413);
  CHECK(send("POST", kAdministrator) == 413);
  CHECK(send("PUT", kAdministrator) == 201);
  CHECK(shop.get("/5").body == large);
}

TEST_CASE("http site: any mix of changes does what it would to a map", "[http]") {
  static const std::vector<std::string> kPaths = {"/", "/a", "/a/", "/a/b", "/a/c/d", "/b", "/c/"};
  CHECK(rc::check("PUT, DELETE and GET", [] {
    constexpr size_t kPages = 24;
    RememberingSink sink;
    Shop shop({}, pages(kPages), &sink);
    std::map<std::string, std::string> model;
    const auto taken = [&] {
      size_t sum = 0;
      for (const auto& [path, body] : model) sum += pages_of(path.size(), body.size());
      return sum;
    };
    const int steps = *rc::gen::inRange(1, 60);
    for (int step = 0; step < steps; ++step) {
      const std::string& path = kPaths[*rc::gen::inRange<size_t>(0, kPaths.size())];
      const int what = *rc::gen::inRange(0, 10);
      if (what < 6) {
        const size_t size = *rc::gen::inRange<size_t>(0, 2500);
        const std::string body = text_of(size, static_cast<char>('a' + step % 26));
        const bool fits = taken() + pages_of(path.size(), size) <= kPages;
        RC_ASSERT(shop.put(path, body) == (!fits ? 507 : model.contains(path) ? 204 : 201));
        if (fits) model[path] = body;
      } else if (what < 9) {
        const auto hit = [&](const auto& entry) {
          return entry.first == path || (path.ends_with('/') && entry.first.starts_with(path));
        };
        const bool any = std::erase_if(model, hit) > 0;
        RC_ASSERT(shop.remove(path) == (any ? 204 : 404));
      } else {
        Shop again(reborn({}, pages(kPages), sink));
        for (const auto& [name, body] : model) RC_ASSERT(again.get(name).body == body);
        return;  // what was kept is what there was
      }
      RC_ASSERT(shop.site.count() == model.size());
      RC_ASSERT(shop.site.free_octets() == (kPages - taken()) * kPage);
      for (const std::string& name : kPaths) {
        const auto stored = model.find(name);
        RC_ASSERT(shop.site.has(name) == (stored != model.end()));
        if (stored != model.end()) RC_ASSERT(shop.get(name).body == stored->second);
      }
    }
  }));
}

}  // namespace scwsim::http::test
