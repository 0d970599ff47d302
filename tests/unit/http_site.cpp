// Static resources: layout in the store, lookup, metadata, default page, conditions.
#include <catch2/catch.hpp>

#include "http/site/conditions.h"
#include "tests/unit/http_site_support.h"

namespace scwsim::http::test {
TEST_CASE("http site: every resource is found, and nothing else", "[http]") {
  std::vector<std::string> paths;
  for (size_t i = 0; i < 60; ++i) paths.push_back("/page" + std::to_string(i * 7 % 60));
  for (size_t n = 0; n <= paths.size(); ++n) {
    std::vector<Resource> resources;
    for (size_t i = 0; i < n; ++i) resources.push_back(text_resource(paths[i], paths[i]));
    Shop shop(resources);
    REQUIRE(shop.site.count() == n);
    for (size_t i = 0; i < paths.size(); ++i) {
      const Reply reply = shop.get(paths[i]);
      REQUIRE(reply.status == (i < n ? 200 : 404));
      if (i < n) REQUIRE(reply.body == paths[i]);
    }
    REQUIRE(shop.get("/page").status == 404);
    REQUIRE(shop.get("/page00").status == 404);
    REQUIRE(shop.get("/zzz").status == 404);
    REQUIRE(shop.get("/").status == 404);
  }
}

TEST_CASE("http site: a card without a site answers 404", "[http]") {
  store::Store store(std::make_shared<store::Image>());
  Site site(store);
  Server server(site);
  CHECK(site.count() == 0);
  CHECK(read_replies(converse(server, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").output).at(0).status ==
        404);
}

TEST_CASE("http site: metadata comes back as it was given", "[http]") {
  Resource resource = text_resource("/x", "body");
  resource.content_type = "application/vnd.unheard-of; odd=\"yes\"";
  resource.content_encoding = "gzip";
  resource.content_language = "de, en";
  resource.cache_control = "max-age=60";
  Shop shop({resource});
  const Reply reply = shop.get("/x");
  CHECK(field_of(reply, "Content-Type") == resource.content_type);
  CHECK(field_of(reply, "Content-Encoding") == "gzip");
  CHECK(field_of(reply, "Content-Language") == "de, en");
  CHECK(field_of(reply, "Cache-Control") == "max-age=60");
  CHECK(reply.body == "body");

  resource.content_type.clear();
  Shop plain({resource});
  CHECK(field_of(plain.get("/x"), "Content-Type") == "(none)");
}

TEST_CASE("http site: the default page", "[http]") {
  const Resource root = text_resource("/", "root");
  const Resource html = text_resource("/index.html", "html");
  const Resource htm = text_resource("/index.htm", "htm");
  CHECK(Shop({htm, html, root}).get("/").body == "root");
  CHECK(Shop({htm, html}).get("/").body == "html");
  CHECK(Shop({htm}).get("/").body == "htm");
  CHECK(Shop({text_resource("/dir/index.html", "x")}).get("/").status == 404);
}

TEST_CASE("http site: the entity tag follows content and metadata", "[http]") {
  const auto tag = [](const Resource& resource) {
    return field_of(Shop({resource}).get("/x"), "ETag");
  };
  const std::string first = tag(text_resource("/x", "one"));
  CHECK(first.size() == 10);
  CHECK(first == tag(text_resource("/x", "one")));
  CHECK(first != tag(text_resource("/x", "two")));
  Resource other = text_resource("/x", "one");
  other.content_type = "text/html";
  CHECK(first != tag(other));
  CHECK(EntityTag(0x0123ABCD).text() == "\"0123abcd\"");
  CHECK(EntityTag(0x0123ABCD, 7).text() == "\"0123abcd-00000007\"");
}

TEST_CASE("http site: conditional requests", "[http]") {
  Shop shop({text_resource("/x", "body")});
  const std::string tag = field_of(shop.get("/x"), "ETag");
  const auto status = [&](const std::string& fields) { return shop.get("/x", fields).status; };
  CHECK(status("If-None-Match: " + tag + "\r\n") == 304);
  CHECK(status("if-none-match: W/" + tag + "\r\n") == 304);
  CHECK(status("If-None-Match: *\r\n") == 304);
  CHECK(status("If-None-Match: \"a,b\", W/\"c\" ,," + tag + "\r\n") == 304);
  CHECK(status("If-None-Match: \"a\"\r\nIf-None-Match: " + tag + "\r\n") == 304);
  CHECK(status("If-None-Match: \"a\"\r\n") == 200);
  CHECK(status("If-None-Match: " + tag.substr(1, 8) + "\r\n") == 200);
  CHECK(status("If-None-Match: w/" + tag + "\r\n") == 200);
  CHECK(status("If-None-Match: \"\r\n") == 200);
  CHECK(status("If-None-Match:\r\n") == 200);
  CHECK(status("If-Match: " + tag + "\r\n") == 200);
  CHECK(status("If-Match: *\r\n") == 200);
  CHECK(status("If-Match: \"a\"\r\nIf-Match: " + tag + "\r\n") == 200);
  CHECK(status("If-Match: W/" + tag + "\r\n") == 412);
  CHECK(status("If-Match: \"a\"\r\n") == 412);
  CHECK(status("If-Match:\r\n") == 412);
  CHECK(status("If-Match: \"a\"\r\nIf-None-Match: " + tag + "\r\n") == 412);
  CHECK(status("If-Match: " + tag + "\r\nIf-None-Match: " + tag + "\r\n") == 304);
  CHECK(shop.get("/missing", "If-None-Match: *\r\n").status == 404);
  CHECK(shop.get("/missing", "If-Match: *\r\n").status == 404);

  const Reply unchanged = shop.get("/x", "If-None-Match: *\r\n");
  CHECK(unchanged.head ==
        "HTTP/1.1 304 Not Modified\r\nETag: " + tag + "\r\nCache-Control: no-cache\r\n");
}

TEST_CASE("http site: a body spread over pages of the card's own", "[http]") {
  std::string body(3000, '.');
  for (size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>('a' + i % 23);
  Shop shop({text_resource("/x", body), text_resource("/y", body)});
  const Reply before = shop.get("/y");
  // The same octets written again: now some pages are the card's, others the image's.
  for (size_t at = 0; at + 300 < shop.store->size(store::Area::kSite); at += 700) {
    std::vector<uint8_t> same(300);
    REQUIRE(shop.store->read(store::Area::kSite, at, same));
    REQUIRE(shop.store->write(store::Area::kSite, at, same));
  }
  CHECK(shop.get("/y").body == body);
  REQUIRE(shop.store->commit());
  const Reply after = shop.get("/y");
  CHECK(after.head == before.head);
  CHECK(after.body == body);
  CHECK(shop.get("/x").body == body);
}

TEST_CASE("http site: damage to the store is an error, not a crash", "[http]") {
  constexpr size_t kPages = 2;
  size_t first_page = 0;
  std::vector<uint8_t> octets;
  {
    const auto good = make_store({text_resource("/x", "body"), text_resource("/y", "more")},
                                 {.capacity = kPages * store::kPageSize, .default_page = {}});
    octets.resize(good->size(store::Area::kSite));
    REQUIRE(good->read(store::Area::kSite, 0, octets));
    first_page = octets.size() - kPages * store::kPageSize;
  }
  std::vector<size_t> places;  // header, index, heads of both resources, links
  for (const size_t begin : {size_t{0}, kIndexAt, first_page, first_page + store::kPageSize}) {
    for (size_t i = 0; i < 24; ++i) places.push_back(begin + i);
  }
  for (const size_t at : places) {
    for (const int value : {0x00, 0x01, 0x7F, 0xFF}) {
      std::vector<uint8_t> damaged = octets;
      damaged[at] = static_cast<uint8_t>(value);
      const auto image = std::make_shared<store::Image>();
      image->append(store::Area::kSite, damaged);
      store::Store store(image);
      Site site(store);
      Server server(site);
      const Outcome outcome = converse(server, "GET /y HTTP/1.1\r\nHost: x\r\n\r\n");
      CHECK(outcome.output.starts_with("HTTP/1.1 "));
      CHECK(outcome.output.size() < 1000);
    }
  }
  for (size_t size = 0; size < octets.size(); ++size) {
    const auto image = std::make_shared<store::Image>();
    image->append(store::Area::kSite, Bytes(octets).first(size));
    store::Store store(image);
    Site site(store);
    Server server(site);
    CHECK(converse(server, "GET /y HTTP/1.1\r\nHost: x\r\n\r\n").output.starts_with("HTTP/1.1 "));
  }
}

TEST_CASE("http site: what cannot be served is refused at personalisation", "[http]") {
  const auto reason = [](std::vector<Resource> resources) {
    store::Image image;
    const auto fault = lay_out(resources, image);
    REQUIRE(fault);
    CHECK(fault->resource == resources.size() - 1);
    CHECK(image.area(store::Area::kSite).empty());
    return std::string(fault->reason);
  };
  const Resource good = text_resource("/x", "body");
  CHECK(reason({good, text_resource("x", "")}).starts_with("the path is not absolute"));
  CHECK(reason({text_resource("", "")}).starts_with("the path is not absolute"));
  CHECK(reason({text_resource("/a/../b", "")}).starts_with("the path is not absolute"));
  CHECK(reason({text_resource("/a/.", "")}).starts_with("the path is not absolute"));
  CHECK(reason({text_resource("/a\n", "")}).starts_with("the path is not absolute"));
  CHECK(reason({text_resource("/" + std::string(kMaxPath, 'x'), "")}) == "the path is too long");
  CHECK(reason({good, text_resource("/y", ""), good}) ==
        "the path is taken by an earlier resource");
  Resource split = good;
  split.content_type = "text/plain\r\nX-Injected: yes";
  CHECK(reason({split}) == "a header value holds a control character");
  Resource wide = good;
  wide.content_type = std::string(kMaxFieldLines, 'x');
  CHECK(reason({wide}) == "the header values are too long together");

  Resource widest = good;  // the most that passes can also be sent
  widest.content_type = std::string(kMaxFieldLines - 18 - 25 - 16, 'x');
  CHECK(Shop({widest}).get("/x").status == 200);
}

}  // namespace scwsim::http::test
