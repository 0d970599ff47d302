// What an application of the device may never do, by whatever name or piece.
#include "tests/unit/http_auth_fixture.h"

namespace scwsim::http::test {

TEST_CASE("http auth: protection cannot be gone around by another name", "[http]") {
  House house;
  for (const char* target : {"/",
                             "/index.htm",
                             "/d/",
                             "/d/index.html",
                             "/staff/a",
                             "/staff/%61",
                             "/%73taff/a",
                             "/staff/./a",
                             "/staff/x/../a",
                             "/a/../staff/a",
                             "/staff/open/../a",
                             "/staff/open/%2e%2e/a",
                             "http://x/staff/a",
                             "http://y:1/staff/a",
                             "http://x",
                             "/?q",
                             "/staff/a?q",
                             "/staff//a",
                             "/staff/a%2Fb",
                             "/%6dounted"}) {
    CAPTURE(target);
    CHECK(house.get(target) == 401);
  }
  CHECK(house.get("//staff/a") == 404);  // another path, and nothing is there
  CHECK(house.get("/staff/open/x") == 200);
  CHECK(house.get("/staff/one") == 200);
  CHECK(house.get("/staff") == 200);
  CHECK(house.get("/", kAnn) == 200);
}

TEST_CASE("http auth: only for HTTPS", "[http]") {
  House house;
  constexpr Peer kSecure{.administrator = false, .secure = true};
  CHECK(house.get("/secure/x") == 403);
  CHECK(house.get("/secure/x", kAnn) == 403);
  CHECK(house.get("/secure/x", "", kSecure) == 401);
  CHECK(house.get("/secure/x", kAnn, kSecure) == 200);
  CHECK(house.get("/tls") == 403);
  CHECK(house.get("/tls", "", kSecure) == 200);
  CHECK(house.get("/staff/a", "", kSecure) == 401);
  CHECK(house.get("https://y:1/staff/a", "", kSecure) == 401);
}

TEST_CASE("http auth: the administration agent is not asked", "[http]") {
  House house;
  constexpr Peer kAgent{.administrator = true, .secure = false};
  CHECK(house.get("/staff/a", "", kAgent) == 200);
  CHECK(house.get("/secure/x", "", kAgent) == 200);
  CHECK(house.get("/mounted", "Authorization: \"\r\n", kAgent) == 204);
}

TEST_CASE("http auth: no credentials make an administrator", "[http]") {
  House house;
  const auto everything = [&] {
    std::string all;
    for (const char* path : {"/index.htm", "/a", "/staff", "/staff/", "/staff/a", "/staff/one",
                             "/bot", "/both/", "/old", "/secure/x", "/tls", "/new"}) {
      const Reply reply = house.ask("GET", path, "", {.administrator = true, .secure = true});
      all += std::to_string(reply.status) + field_of(reply, "ETag") + reply.body + "\n";
    }
    return all;
  };
  const std::string before = everything();
  const std::vector<uint8_t> protection(
      house.store->run(store::Area::kProtection, 0, SIZE_MAX).begin(),
      house.store->run(store::Area::kProtection, 0, SIZE_MAX).end());

  for (const std::string& field :
       {std::string(), kAnn, basic("ann:x"), std::string("Authorization: Basic x\r\n")}) {
    for (const bool secure : {false, true}) {
      const Peer peer{.administrator = false, .secure = secure};
      for (const char* method : {"PUT", "DELETE"}) {
        for (const char* path : {"/staff/a", "/staff/", "/staff/new", "/secure/x", "/"}) {
          CAPTURE(method, path, field);
          CHECK(house.ask(method, path, field, peer).status == 403);
        }
        CHECK(house.ask(method, "/a", field, peer).status >= 400);
        CHECK(house.ask(method, "/new", field, peer).status >= 400);
      }
      for (const char* method : {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"}) {
        for (const char* path :
             {"/SCWS/admin", "/SCWS/admin/", "/SCWS/admin/x", "/SCWS/admin?cmd=audit",
              "/SCWS/%61dmin", "/x/../SCWS/admin", "http://x/SCWS/admin"}) {
          CAPTURE(method, path, field);
          CHECK(house.ask(method, path, field, peer).status == 403);
        }
        CHECK(house.ask(method, "/SCWS/push", field, peer).status == 404);
      }
    }
  }
  CHECK(everything() == before);
  CHECK(equal(house.store->run(store::Area::kProtection, 0, SIZE_MAX), protection));
  CHECK_FALSE(house.store->has_unit());

  // A page of the card may take PUT and DELETE: it knows whom it serves.
  CHECK(house.ask("PUT", "/mounted").status == 401);
  CHECK(house.ask("PUT", "/mounted", kAnn).status == 204);
  CHECK(house.ask("DELETE", "/free").status == 204);
  for (const char* path : {"/SCWS/admin", "/SCWS/admin/x", "/SCWS/push"}) {
    CHECK_FALSE(house.server.mount(path, house.free));
  }
  CHECK(house.server.mount("/SCWS/administration", house.free));
}

TEST_CASE("http auth: the same answers however requests are cut", "[http]") {
  const std::string nonce = House().nonce();
  Proof proof{.nonce = nonce};
  std::string input;
  const auto add = [&input](const std::string& line, const std::string& fields) {
    input += line + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
  };
  add("GET /staff/a", "");
  add("GET /staff/a", proof.field());
  add("GET /staff/a", proof.field());
  add("GET /staff/a", kAnn);
  add("GET /staff/a", "Authorization: Digest username=\"\\\"\r\n");
  add("PUT /staff/a", "Content-Length: 3\r\n\r\nabc");
  input.erase(input.size() - 2);  // its body needs no line end
  add("GET /SCWS/admin", kAnn);
  House whole_house;
  const Outcome whole = converse(whole_house.server, input);
  std::vector<int> statuses;
  for (const Reply& reply : read_replies(whole.output)) statuses.push_back(reply.status);
  CHECK(statuses == std::vector<int>{401, 200, 401, 200, 400, 403, 403});
  for (size_t cut = 1; cut <= input.size(); cut += cut < 40 ? 1 : 37) {
    House house;
    REQUIRE(converse(house.server, input, {cut}, 1 + cut % 300) == whole);
  }
  for (size_t first = 1; first < input.size(); first += 3) {
    House house;
    REQUIRE(converse(house.server, input, {first, SIZE_MAX}) == whole);
  }
}

}  // namespace scwsim::http::test
