// PUT and DELETE by the administration of the card, and what anybody else is told
// (OMA SCWS; scws.md §4.1, §4.3 to §4.6, §7.1, §7.2).
#include <catch2/catch.hpp>

#include "http/site/conditions.h"
#include "tests/unit/http_site_support.h"

namespace scwsim::http::test {

TEST_CASE("http site: PUT makes and replaces, DELETE takes away", "[http]") {
  Shop shop({text_resource("/old", "old")});
  CHECK(shop.put("/new", "first") == 201);
  CHECK(shop.get("/new").body == "first");
  CHECK(shop.site.count() == 2);
  CHECK(shop.put("/new", "second") == 204);
  CHECK(shop.get("/new").body == "second");
  CHECK(shop.put("/old", "") == 204);
  CHECK(shop.get("/old").body.empty());
  CHECK(shop.get("/old").status == 200);
  CHECK(field_of(shop.get("/old"), "Content-Type") == "(none)");
  CHECK(shop.remove("/new") == 204);
  CHECK(shop.get("/new").status == 404);
  CHECK(shop.remove("/new") == 404);
  CHECK(shop.site.count() == 1);
}

TEST_CASE("http site: a body comes by length or chunked, in any pieces", "[http]") {
  std::string body;
  for (size_t i = 0; i < 1500; ++i) body += static_cast<char>('a' + i * i % 26);
  const std::string fields = " HTTP/1.1\r\nHost: x\r\nContent-Type: text/x\r\n";
  std::string chunked = "PUT /x" + fields + "Transfer-Encoding: chunked\r\n\r\n";
  for (size_t at = 0; at < body.size(); at += 300) {
    chunked += "12c\r\n" + body.substr(at, 300) + "\r\n";
  }
  chunked += "0\r\n\r\n";
  const std::string whole = "PUT /x" + fields + "Content-Length: 1500\r\n\r\n" + body;
  for (const std::string& request : {whole, chunked}) {
    for (const size_t cut : {1, 7, 237, 3000}) {
      Shop shop;
      const auto replies =
          read_replies(converse(shop.server, request, {cut}, 4096, false, kAdministrator).output);
      REQUIRE(replies.size() == 1);
      CHECK(replies[0].status == 201);
      const Reply got = shop.get("/x");
      CHECK(got.body == body);
      CHECK(field_of(got, "Content-Type") == "text/x");
      CHECK(field_of(got, "ETag") == field_of(replies[0], "ETag"));
    }
  }
}

TEST_CASE("http site: what PUT gives comes back unchanged", "[http]") {
  Shop shop;
  CHECK(shop.put("/x", "body",
                 "content-type: text/plain; charset=utf-8\r\nContent-Encoding: gzip\r\n"
                 "Content-Language: de, en\r\nCache-Control: max-age=60\r\n"
                 "Expires: Thu, 01 Dec 2044 16:00:00 GMT\r\nETag: W/\"mine\"\r\n"
                 "Last-Modified: Tue, 15 Nov 1994 12:45:26 GMT\r\nX-Other: no\r\n") == 201);
  const Reply got = shop.get("/x");
  CHECK(got.head ==
        "HTTP/1.1 200 OK\r\nETag: W/\"mine\"\r\nCache-Control: max-age=60\r\n"
        "Expires: Thu, 01 Dec 2044 16:00:00 GMT\r\n"
        "Last-Modified: Tue, 15 Nov 1994 12:45:26 GMT\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Encoding: gzip\r\n"
        "Content-Language: de, en\r\nContent-Length: 4\r\n");
  CHECK(got.body == "body");
  const Reply head = shop.ask("HEAD", "/x", "", "", kAnybody);
  CHECK(head.head == got.head);
  CHECK(head.body.empty());
  CHECK(shop.get("/x", "If-None-Match: \"mine\"\r\n").head ==
        "HTTP/1.1 304 Not Modified\r\nETag: W/\"mine\"\r\nCache-Control: max-age=60\r\n"
        "Expires: Thu, 01 Dec 2044 16:00:00 GMT\r\n");
  CHECK(shop.get("/x", "If-Match: W/\"mine\"\r\n").status == 412);  // weak ones never do

  SECTION("Cache-Control has a default, unless Expires says it") {
    CHECK(shop.put("/x", "body") == 204);
    CHECK(field_of(shop.get("/x"), "Cache-Control") == "no-cache");
    CHECK(shop.put("/x", "body", "Expires: 0\r\n") == 204);
    CHECK(field_of(shop.get("/x"), "Cache-Control") == "(none)");
    CHECK(field_of(shop.get("/x"), "Expires") == "0");
  }
  SECTION("lists in several fields are one list") {
    CHECK(shop.put("/x", "b", "Content-Language: de\r\ncontent-language: en, fr\r\n") == 204);
    CHECK(field_of(shop.get("/x"), "Content-Language") == "de, en, fr");
  }
  SECTION("a field of one value is there once") {
    CHECK(shop.put("/x", "b", "Content-Type: a/b\r\nContent-Type: c/d\r\n") == 400);
    CHECK(shop.get("/x").body == "body");
  }
  SECTION("more than a response can hold is refused") {
    CHECK(shop.put("/x", "b", "Content-Type: " + std::string(500, 'x') + "\r\n") == 431);
    const std::string half = "Content-Language: " + std::string(1000, 'x') + "\r\n";
    CHECK(shop.put("/x", "b", half + half) == 431);
    CHECK(shop.get("/x").body == "body");
  }
  SECTION("parts of a resource are not stored") {
    CHECK(shop.put("/x", "b", "Content-Range: bytes 0-0/1\r\n") == 400);
    CHECK(shop.get("/x").body == "body");
  }
}

TEST_CASE("http site: an entity tag that is made changes with each PUT", "[http]") {
  Shop shop({text_resource("/x", "same")});
  std::vector<std::string> tags = {field_of(shop.get("/x"), "ETag")};
  for (int i = 0; i < 20; ++i) {
    if (i % 5 == 4) REQUIRE(shop.remove("/x") == 204);
    const Reply reply = shop.ask("PUT", "/x", "Content-Type: text/plain\r\n", "same");
    CHECK(reply.status / 100 == 2);
    const std::string tag = field_of(shop.get("/x"), "ETag");
    CHECK(tag == field_of(reply, "ETag"));
    CHECK(std::ranges::count(tags, tag) == 0);
    tags.push_back(tag);
  }
  for (const std::string_view bad : {"x", "\"x", "\"a\"b\"", "\"a b\"", "w/\"a\"", "\"", "*"}) {
    CHECK(shop.put("/x", "same", "ETag: " + std::string(bad) + "\r\n") == 204);
    CHECK(field_of(shop.get("/x"), "ETag").size() == EntityTag::kMostSize);
  }
  CHECK(shop.put("/x", "same", "ETag: \"\"\r\n") == 204);
  CHECK(field_of(shop.get("/x"), "ETag") == "\"\"");
}

TEST_CASE("http site: conditions of changes", "[http]") {
  Shop shop({text_resource("/x", "body")});
  const std::string tag = field_of(shop.get("/x"), "ETag");
  const auto put = [&](std::string_view path, const std::string& fields) {
    return shop.put(path, "new", fields);
  };
  CHECK(put("/x", "If-None-Match: *\r\n") == 412);
  CHECK(put("/x", "If-None-Match: " + tag + "\r\n") == 412);
  CHECK(put("/x", "If-Match: \"other\"\r\n") == 412);
  CHECK(put("/y", "If-Match: *\r\n") == 412);
  CHECK(put("/y", "If-Match: " + tag + "\r\n") == 412);
  CHECK(shop.remove("/x", "If-Match: \"other\"\r\n") == 412);
  CHECK(shop.remove("/x", "If-None-Match: *\r\n") == 412);
  CHECK(shop.remove("/y", "If-Match: *\r\n") == 404);
  CHECK(shop.get("/x").body == "body");
  CHECK(shop.site.count() == 1);

  CHECK(put("/y", "If-None-Match: *\r\n") == 201);
  CHECK(put("/x", "If-Match: \"other\", " + tag + "\r\n") == 204);
  CHECK(shop.remove("/x", "If-Match: " + tag + "\r\n") == 412);  // it changed
  CHECK(shop.remove("/x", "If-Match: *\r\n") == 204);
  CHECK(put("/y", "If-None-Match: " + tag + "\r\n") == 204);

  SECTION("they are asked again when the body is complete") {
    Visit slow(shop.server);
    slow.send("PUT /y HTTP/1.1\r\nHost: x\r\nIf-Match: " + field_of(shop.get("/y"), "ETag") +
              "\r\nContent-Length: 4\r\n\r\nsl");
    CHECK(shop.put("/y", "fast") == 204);
    slow.send("ow");
    CHECK(slow.draw().starts_with("HTTP/1.1 412 "));
    CHECK(shop.get("/y").body == "fast");
  }
  SECTION("of a directory") {
    CHECK(shop.put("/d/1", "1") == 201);
    CHECK(shop.remove("/d/", "If-Match: \"a\"\r\n") == 412);
    CHECK(shop.remove("/d/", "If-None-Match: *\r\n") == 412);
    CHECK(shop.remove("/d/", "If-Match: *\r\n") == 204);
    CHECK(shop.get("/d/1").status == 404);
  }
}

TEST_CASE("http site: directories", "[http]") {
  Shop shop;
  for (const std::string_view path : {"/a", "/a/", "/a/b", "/a/b/c", "/a/d", "/ab", "/a!", "/b/"}) {
    CHECK(shop.put(path, path) == 201);
  }
  for (const std::string_view path : {"/a", "/a/", "/a/b", "/a/b/c"}) {
    CHECK(shop.get(path).body == path);
  }
  const auto left = [&shop] {
    std::string text;
    for (const std::string_view path :
         {"/a", "/a/", "/a/b", "/a/b/c", "/a/d", "/ab", "/a!", "/b/"}) {
      if (shop.site.has(path)) text += std::string(path) + " ";
    }
    return text;
  };
  CHECK(shop.remove("/c/") == 404);
  CHECK(shop.remove("/a/b/") == 204);
  CHECK(left() == "/a /a/ /a/b /a/d /ab /a! /b/ ");
  CHECK(shop.remove("/a/") == 204);
  CHECK(left() == "/a /ab /a! /b/ ");
  CHECK(shop.remove("/a/") == 404);
  CHECK(shop.remove("/") == 204);
  CHECK(shop.site.count() == 0);
  CHECK(shop.remove("/") == 404);
}

TEST_CASE("http site: what a path with a slash at its end shows", "[http]") {
  Shop shop({text_resource("/d/index.htm", "d htm"), text_resource("/e/f/index.html", "f html")});
  CHECK(shop.get("/d/").body == "d htm");
  CHECK(shop.put("/d/index.html", "d html") == 201);
  CHECK(shop.get("/d/").body == "d html");
  CHECK(shop.put("/d/", "d itself") == 201);
  CHECK(shop.get("/d/").body == "d itself");
  CHECK(shop.get("/d").status == 404);
  CHECK(shop.get("/e/").status == 404);
  CHECK(shop.get("/e/f/").body == "f html");
  CHECK(shop.get("/e/f").status == 404);
  CHECK(shop.get("/").status == 404);
}

TEST_CASE("http site: the default page that the administrator names", "[http]") {
  Shop shop({text_resource("/index.html", "index")},
            {.capacity = {}, .default_page = "/start here"});
  CHECK(shop.get("/").body == "index");
  CHECK(shop.put("/start%20here", "start") == 201);
  CHECK(shop.get("/").body == "start");
  CHECK(shop.put("/", "root") == 201);
  CHECK(shop.get("/").body == "root");
  CHECK(shop.ask("DELETE", "/start%20here").status == 204);
  CHECK(shop.get("/").body == "root");
}

TEST_CASE("http site: nobody else changes anything", "[http]") {
  Shop shop({text_resource("/x", "body"), text_resource("/d/index.html", "d")});
  const auto refused = [&](std::string_view method, std::string_view path, std::string_view fields,
                           int status) {
    const Reply reply = shop.ask(method, path, fields, "new", kAnybody);
    CHECK(reply.status == status);
    CHECK(field_of(reply, "Allow") == (status == 405 ? "GET, HEAD" : "(none)"));
  };
  for (const std::string_view fields : {"", "If-Match: *\r\n", "Authorization: Basic eDp5\r\n"}) {
    refused("PUT", "/x", fields, 405);
    refused("DELETE", "/x", fields, 405);
    refused("PUT", "/d/", fields, 405);
    refused("PUT", "/y", fields, 403);
    refused("DELETE", "/y", fields, 403);
    refused("DELETE", "/", fields, 403);
    refused("POST", "/x", fields, 405);
    refused("POST", "/y", fields, 404);
  }
  CHECK(shop.site.count() == 2);
  CHECK(shop.get("/x").body == "body");
  CHECK_FALSE(shop.store->has_unit());

  CHECK(field_of(shop.ask("OPTIONS", "/x", "", "", kAnybody), "Allow") == "GET, HEAD");
  CHECK(field_of(shop.ask("OPTIONS", "/x"), "Allow") == "GET, HEAD, PUT, DELETE");
  const Reply post = shop.ask("POST", "/x", "", "a=b");
  CHECK(post.status == 405);
  CHECK(field_of(post, "Allow") == "GET, HEAD, PUT, DELETE");
}

TEST_CASE("http site: configuration resources are for the administration", "[http]") {
  Resource factory = text_resource("/cfg/factory", "secret");
  factory.content_type = "Application/VND.oma-scws-config ; x=y";
  Shop shop({factory});
  CHECK(shop.put("/cfg/put", "secret", "Content-Type: application/vnd.oma-scws-config\r\n") == 201);
  CHECK(shop.put("/cfg/index.html", "x", "Content-Type:application/vnd.oma-scws-config;a\r\n") ==
        201);
  for (const std::string_view path : {"/cfg/factory", "/cfg/put", "/cfg/index.html", "/cfg/"}) {
    for (const std::string_view method : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}) {
      const Reply reply = shop.ask(method, path, "If-None-Match: *\r\n", "", kAnybody);
      CHECK(reply.status == 403);
      CHECK(field_of(reply, "ETag") == "(none)");
    }
    CHECK(shop.ask("GET", path).status == 200);
  }
  CHECK(shop.put("/cfg/put", "open", "Content-Type: application/vnd.oma-scws-configs\r\n") == 204);
  CHECK(shop.get("/cfg/put").body == "open");
}

TEST_CASE("http site: a client that waits for 100 is told", "[http]") {
  Shop shop({}, {.capacity = 4096, .largest_body = 2000, .default_page = {}});
  const auto expect = [&](size_t length) {
    Visit visit(shop.server);
    visit.send("PUT /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: " +
               std::to_string(length) + "\r\n\r\n");
    return visit.draw();
  };
  CHECK(expect(1000) == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(expect(2001).starts_with("HTTP/1.1 413 "));
}

}  // namespace scwsim::http::test
