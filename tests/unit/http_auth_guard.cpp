// Protected pages: challenges, and credentials good and bad by Basic and Digest.
#include "tests/unit/http_auth_fixture.h"

namespace scwsim::http::test {

TEST_CASE("http auth: a challenge for each way that a set offers, the strongest first", "[http]") {
  House house;
  const Reply reply = house.ask("GET", "/staff/a");
  const std::string nonce = House::nonce_in(reply);
  CHECK(reply.status == 401);
  CHECK(field_of(reply, "Cache-Control") == "no-store");
  CHECK(reply.head.find("\r\nWWW-Authenticate: Digest realm=\"Staff\", qop=\"auth\", "
                        "algorithm=SHA-256, nonce=\"" +
                        nonce +
                        "\", charset=UTF-8\r\n"
                        "WWW-Authenticate: Digest realm=\"Staff\", qop=\"auth\", "
                        "algorithm=MD5, nonce=\"" +
                        nonce +
                        "\", charset=UTF-8\r\n"
                        "WWW-Authenticate: Basic realm=\"Staff\", charset=\"UTF-8\"\r\n") !=
        std::string::npos);
  const Reply old = house.ask("GET", "/old");
  CHECK(field_of(old, "WWW-Authenticate")
            .starts_with("Digest realm=\"Old\", qop=\"auth\", algorithm=MD5"));
  CHECK(old.head.find("SHA-256") == std::string::npos);
  CHECK(old.head.find("Basic") == std::string::npos);

  // The longest that there can be still fits.
  House longest(3, {}, {{std::string(kMostSetName, 'n'), kAll, false, {"/staff/"}}}, {});
  CHECK(longest.ask("GET", "/staff/a").status == 401);

  for (const char* method : {"GET", "HEAD", "POST", "OPTIONS"}) {
    CHECK(house.ask(method, "/staff/a").status == 401);
    CHECK(house.ask(method, "/staff/nothing").status == 401);
    CHECK(house.ask(method, "/mounted").status == 401);
  }
  CHECK(house.ask("TRACE", "/staff/a").status == 501);
  CHECK(house.ask("BREW", "/staff/a").status == 501);
  CHECK(house.mounted.count == 0);
}

TEST_CASE("http auth: Basic", "[http]") {
  House house;
  CHECK(house.get("/staff/a", kAnn) == 200);
  CHECK(house.get("/staff/a%20b", kAnn) == 200);
  CHECK(house.get("/staff/nothing", kAnn) == 404);
  CHECK(house.ask("OPTIONS", "/staff/a", kAnn).status == 204);
  CHECK(house.ask("POST", "/staff/a", kAnn).status == 405);
  CHECK(house.ask("POST", "/mounted", kAnn).status == 204);
  CHECK(house.get("/staff/a", basic("bob:bob's")) == 200);
  CHECK(house.get("/staff/a", basic("J\xC3\xA4\"s:p\xC3\xA4ss:word")) == 200);
  for (const char* wrong :
       {"ann:", ":", "ann:ann's secre", "ann:ann's secrets", "ANN:ann's secret", "an:ann's secret",
        "nobody:ann's secret", "bob:ann's secret", "out:out", ":ann's secret"}) {
    CAPTURE(wrong);
    CHECK(house.get("/staff/a", basic(wrong)) == 401);
  }
  CHECK(house.get("/old", basic("bob:bob's")) == 401);             // not offered there
  CHECK(house.get("/a", "Authorization: garbage \"\r\n") == 200);  // nobody asked
  CHECK(house.get("/staff/a", "Authorization: Bearer x\r\n") == 401);
  CHECK(house.get("/staff/a", "Authorization: garbage \"\r\n") == 401);
  CHECK(house.get("/staff/a", "Authorization: Basic x\r\n") == 400);
  CHECK(house.get("/staff/a", "Authorization:\r\n") == 400);
  CHECK(house.get("/staff/a", kAnn + kAnn) == 400);
}

TEST_CASE("http auth: Digest", "[http]") {
  House house;
  Proof proof;
  proof.nonce = house.nonce();
  const auto get = [&] { return house.get("/staff/a", proof.field()); };

  SECTION("by SHA-256, by MD5, by anybody") {
    CHECK(get() == 200);
    proof.algorithm = Algorithm::kMd5;
    proof.count = "00000002";
    CHECK(get() == 200);
    proof.user = "J\xC3\xA4\"s";
    proof.password = "p\xC3\xA4ss:word";
    CHECK(get() == 401);  // the nonce is ann's
    proof.nonce = house.nonce();
    CHECK(get() == 200);
  }
  SECTION("an algorithm that is not offered, or not known") {
    proof = {.user = "bob",
             .password = "bob's",
             .nonce = house.nonce("/old"),
             .realm = "Old",
             .algorithm = Algorithm::kSha256,
             .uri = "/old"};
    CHECK(house.get("/old", proof.field()) == 401);
    proof.algorithm = Algorithm::kMd5;
    CHECK(house.get("/old", proof.field()) == 200);
    std::string other = proof.field();
    other.replace(other.find("=MD5"), 4, "=MD5-sess");
    CHECK(house.get("/old", other) == 401);
    proof.count = "00000002";
    std::string missing = proof.field();
    missing.replace(missing.find(", algorithm=MD5"), 15, "");
    CHECK(house.get("/old", missing) == 200);
  }
  SECTION("wrong password, user, realm, qop; all with a new challenge and none stale") {
    const Proof right = proof;
    proof.password = "x";
    CHECK(get() == 401);
    proof = right;
    proof.user = "nobody";
    CHECK(get() == 401);
    proof = right;
    proof.realm = "Old";
    CHECK(get() == 401);
    proof = right;
    proof.qop = "auth-int";
    CHECK(get() == 401);
    proof = right;
    proof.user = "out";
    proof.password = "out";
    CHECK(get() == 401);
    proof = right;
    std::string hashed = proof.field();
    hashed.insert(hashed.size() - 2, ", userhash=true");
    const Reply reply = house.ask("GET", "/staff/a", hashed);
    CHECK(reply.status == 401);
    CHECK_FALSE(House::is_stale(reply));
    CHECK(House::nonce_in(reply) != proof.nonce);
    CHECK(get() == 200);  // none of that used the nonce up
  }
  SECTION("the response is compared whole") {
    const std::string right = proof.field();
    const size_t at = right.find("response=\"") + 10;
    for (size_t i = 0; i < 64; ++i) {
      House fresh(0);
      std::string changed = right;
      changed[at + i] = changed[at + i] == '0' ? '1' : '0';
      REQUIRE(fresh.nonce() == proof.nonce);
      CHECK(fresh.get("/staff/a", changed) == 401);
      CHECK(fresh.get("/staff/a", right) == 200);
    }
    House fresh;
    REQUIRE(fresh.nonce() == proof.nonce);
    std::string cut = right;
    CHECK(fresh.get("/staff/a", cut.erase(at + 63, 1)) == 401);
    CHECK(fresh.get("/staff/a", cut.erase(at, 63)) == 401);
  }
  SECTION("nobody's secret opens nothing") {
    // Where there is none to compare with, zeros stand in.
    for (const Algorithm algorithm : {Algorithm::kMd5, Algorithm::kSha256}) {
      for (const char* name : {"nobody", "out"}) {
        proof.user = name;
        proof.algorithm = algorithm;
        const Hash zeros(algorithm);
        std::string field = proof.field();
        const DigestInput input{"GET", proof.uri, proof.nonce, "auth", proof.count, "c"};
        const HexText response = digest_response(algorithm, zeros.bytes(), input);
        const size_t at = field.find("response=\"") + 10;
        field.replace(at, response.text().size(), response.text());
        CHECK(house.get("/staff/a", field) == 401);
      }
    }
  }
  SECTION("for another method") {
    CHECK(house.ask("HEAD", "/staff/a", proof.field()).status == 401);
    proof.method = "HEAD";
    CHECK(house.ask("HEAD", "/staff/a", proof.field()).status == 200);
  }
}

TEST_CASE("http auth: a Digest response is for one target", "[http]") {
  House house;
  struct Row {
    std::string uri;
    std::string target;
    int status;
  };
  for (const Row& row :
       std::vector<Row>{{"/staff/a", "/staff/a", 200},
                        {"/staff/a?x=%20", "/staff/a?x=%20", 200},
                        {"http://x/staff/a", "http://x/staff/a", 200},
                        {"/staff/a", "http://x/staff/a", 200},  // a proxy wrote it otherwise
                        {"/staff/a%20b", "/staff/a%20b", 200},
                        {"/staff/%61", "/staff/a", 200},  // the same resource
                        {"/staff/a?x", "/staff/a", 400},
                        {"/staff/a", "/staff/a?x", 400},
                        {"/staff/a?x", "/staff/a?y", 400},
                        {"/staff/", "/staff/a", 400},
                        {"/staff/a", "/staff/a/", 400},
                        {"*", "/staff/a", 400},
                        {"", "/staff/a", 400},
                        {"staff/a", "/staff/a", 400},
                        {"/..", "/staff/a", 400},
                        {"/staff/a%zz", "/staff/a", 400},
                        {"/" + std::string(1500, 'u'), "/staff/a", 400}}) {
    Proof proof{.nonce = house.nonce(), .uri = row.uri};
    CAPTURE(row.uri, row.target);
    CHECK(house.get(row.target, proof.field()) == row.status);
  }
}

TEST_CASE("http auth: a nonce that is stale, and one that is replayed", "[http]") {
  House house;
  Proof proof{.nonce = house.nonce()};
  const auto ask = [&] { return house.ask("GET", "/staff/a", proof.field()); };
  CHECK(ask().status == 200);

  SECTION("the same count again") {
    const Reply reply = ask();
    CHECK(reply.status == 401);
    CHECK_FALSE(House::is_stale(reply));
    proof.count = "00000003";
    CHECK(ask().status == 200);
    proof.count = "00000002";
    CHECK(ask().status == 200);
    CHECK(ask().status == 401);
    proof.count = "00000000";
    CHECK(ask().status == 401);
  }
  SECTION("nonces that are not ours, or not any more: the client may go on without asking") {
    house.guard.restart();
    proof.count = "00000002";
    Reply reply = ask();
    CHECK(reply.status == 401);
    CHECK(House::is_stale(reply));
    proof.nonce = House::nonce_in(reply);
    proof.count = "00000001";
    CHECK(ask().status == 200);
    proof.nonce = "forged";
    reply = ask();
    CHECK(reply.status == 401);
    CHECK(House::is_stale(reply));
  }
  SECTION("not for who does not know the password") {
    house.guard.restart();
    proof.password = "x";
    CHECK_FALSE(House::is_stale(ask()));
    proof.user = "nobody";
    CHECK_FALSE(House::is_stale(ask()));
  }
  SECTION("used to its end") {
    proof.count = "00001000";
    CHECK(ask().status == 200);
    proof.count = "00001001";
    CHECK(House::is_stale(ask()));
  }
  SECTION("those without a password push nobody out") {
    for (uint64_t n = 0; n < 2 * Nonces::kWindow; ++n) {
      REQUIRE(house.get("/staff/a", n % 2 == 0 ? "" : basic("nobody:x")) == 401);
    }
    proof.count = "00000002";
    CHECK(ask().status == 200);
  }
}

TEST_CASE("http auth: Digest without qop, as in RFC 2069", "[http]") {
  House house;
  Proof proof{.nonce = house.nonce(), .algorithm = Algorithm::kMd5, .qop = ""};
  CHECK(house.get("/staff/a", proof.field()) == 200);
  const Reply again = house.ask("GET", "/staff/a", proof.field());
  CHECK(again.status == 401);
  CHECK(House::is_stale(again));
  proof.nonce = House::nonce_in(again);
  CHECK(house.get("/staff/a", proof.field()) == 200);

  Policy strict;
  strict.accept_digest_without_qop = false;
  House other(3, strict);
  proof.nonce = other.nonce();
  CHECK(other.get("/staff/a", proof.field()) == 401);
  proof.qop = "auth";
  CHECK(other.get("/staff/a", proof.field()) == 200);
}

TEST_CASE("http auth: wrong passwords are counted, and right ones do not help then", "[http]") {
  House house(3);
  const std::string wrong = basic("ann:x");
  SECTION("by Basic") {
    for (int round = 0; round < 3; ++round) {
      CHECK(house.get("/staff/a", wrong) == 401);
      CHECK(house.get("/staff/a", wrong) == 401);
      CHECK(house.get("/staff/a", kAnn) == 200);  // in a row only
    }
    for (int n = 0; n < 3; ++n) CHECK(house.get("/staff/a", wrong) == 401);
  }
  SECTION("a right response by Digest gives all tries back") {
    for (int round = 0; round < 3; ++round) {
      CHECK(house.get("/staff/a", wrong) == 401);
      CHECK(house.get("/staff/a", wrong) == 401);
      CHECK(house.get("/staff/a", Proof{.nonce = house.nonce()}.field()) == 200);
    }
    for (int n = 0; n < 3; ++n) CHECK(house.get("/staff/a", wrong) == 401);
  }
  SECTION("by Digest, with a forged nonce as well") {
    Proof proof{.password = "x", .nonce = house.nonce()};
    CHECK(house.get("/staff/a", proof.field()) == 401);
    proof.nonce = "forged";
    CHECK(house.get("/staff/a", proof.field()) == 401);
    // A replay says nothing about passwords: it neither counts nor pardons.
    const Proof right{.nonce = "forged"};
    CHECK(house.get("/staff/a", right.field()) == 401);
    CHECK(house.get("/staff/a", wrong) == 401);
  }
  CHECK(house.get("/staff/a", kAnn) == 401);
  CHECK(house.get("/secure/x", kAnn, {.administrator = false, .secure = true}) == 401);
  const Reply refused = house.ask("GET", "/staff/a", Proof{.nonce = house.nonce()}.field());
  CHECK(refused.status == 401);
  CHECK_FALSE(House::is_stale(refused));
  CHECK(house.get("/staff/a", basic("bob:bob's")) == 200);  // others are not concerned
  house.guard.restart();
  CHECK(house.get("/staff/a", kAnn) == 200);

  House patient(0);
  for (int n = 0; n < 300; ++n) REQUIRE(patient.get("/staff/a", wrong) == 401);
  CHECK(patient.get("/staff/a", kAnn) == 200);
}

TEST_CASE("http auth: who fails learns nothing of why", "[http]") {
  House house(1);
  const auto blurred = [&](const std::string& field) {
    Reply reply = house.ask("GET", "/staff/a", field);
    const std::string nonce = House::nonce_in(reply);
    for (size_t at = reply.head.find(nonce); at != std::string::npos; at = reply.head.find(nonce)) {
      reply.head.replace(at, nonce.size(), "NONCE");
    }
    return reply.head + reply.body;
  };
  const std::string nothing = blurred("");
  for (const std::string& field :
       {basic("ann:x"), kAnn /* no tries left */, basic("nobody:x"), basic("out:out"),
        Proof{.nonce = house.nonce()}.field(),
        Proof{.user = "nobody", .nonce = house.nonce()}.field(),
        Proof{.user = "bob", .password = "x", .nonce = house.nonce()}.field()}) {
    CHECK(blurred(field) == nothing);
  }
}

}  // namespace scwsim::http::test
