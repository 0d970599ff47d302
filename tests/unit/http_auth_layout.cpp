// Protection sets and users in the store: which path belongs to which, what fits.
#include "tests/unit/http_auth_fixture.h"

namespace scwsim::http::test {

TEST_CASE("http auth: a path belongs to the set that is most to the point", "[http]") {
  House house;
  struct Row {
    std::string_view path;
    std::string_view set;  ///< "" for none
  };
  for (const Row& row : std::vector<Row>{{"/", ""},
                                         {"/a", ""},
                                         {"/staff", ""},
                                         {"/staff/", "Staff"},
                                         {"/staff/a", "Staff"},
                                         {"/staff/a/b/", "Staff"},
                                         {"/staffx", ""},
                                         {"/STAFF/a", ""},
                                         {"/staff/one", "Open"},
                                         {"/staff/one/", "Staff"},
                                         {"/staff/open", "Staff"},
                                         {"/staff/open/", "Open"},
                                         {"/staff/open/x", "Open"},
                                         {"/both/", "Staff"},
                                         {"/both/x", "Staff"},
                                         {"/bothx", ""},
                                         {"/old", "Old"},
                                         {"/old/", ""},
                                         {"/ol", ""},
                                         {"", ""}}) {
    const auto set = house.guard.set_of(row.path);
    CAPTURE(row.path);
    CHECK((set ? set->realm() : "") == row.set);
  }
  SECTION("whatever the order they were given in") {
    for (const std::vector<std::string>& uris :
         std::vector<std::vector<std::string>>{{"/x*", "/x/y*"}, {"/x/y*", "/x*"}}) {
      House other(3, {},
                  {{"far", kAll, false, {uris[0], "/x/z"}}, {"near", kAll, false, {uris[1]}}}, {});
      CHECK(other.guard.set_of("/x/y1")->realm() == (uris[1] == "/x/y*" ? "near" : "far"));
      CHECK(other.guard.set_of("/x1")->realm() == (uris[1] == "/x/y*" ? "far" : "near"));
      CHECK(other.guard.set_of("/x/z")->realm() == "far");
    }
  }
  SECTION("a name before a star, as one in just these words, and the whole site") {
    House other(3, {},
                {{"all", kAll, false, {"/"}},
                 {"just", kAll, false, {"/a"}},
                 {"from", kAll, false, {"/a*"}}},
                {});
    CHECK(other.guard.set_of("/")->realm() == "all");
    CHECK(other.guard.set_of("/b")->realm() == "all");
    CHECK(other.guard.set_of("/a")->realm() == "just");
    CHECK(other.guard.set_of("/ab")->realm() == "from");
  }
}

TEST_CASE("http auth: what cannot be stored is refused where it stands", "[http]") {
  const auto fault = [](const std::vector<ProtectionSet>& sets, const std::vector<User>& users) {
    store::Image image;
    const auto found = lay_out_protection(sets, users, image);
    CHECK(image.area(store::Area::kProtection).size() == (found ? 0 : kProtectionSize));
    return found ? found->place + ": " + std::string(found->reason) : std::string();
  };
  const ProtectionSet good{"s", kAll, false, {"/s/"}};
  const User user{"u", "p", {}, {}, {"s"}};
  const auto with = [&](auto member, auto value) {
    ProtectionSet set = good;
    set.*member = value;
    return fault({set}, {});
  };
  const auto with_user = [&](auto member, auto value) {
    User changed = user;
    changed.*member = value;
    return fault({good}, {changed});
  };
  using Uris = std::vector<std::string>;
  CHECK(fault({}, {}) == "");
  CHECK(fault({good}, {user}) == "");
  CHECK(with(&ProtectionSet::name, std::string(32, 'n')) == "");
  for (const std::string& name :
       {std::string(), std::string(33, 'n'), std::string("a\"b"), std::string("a\\b"),
        std::string("\xC3\xA4"), std::string("a\n")}) {
    CHECK(with(&ProtectionSet::name, name) ==
          "/protection_sets/0/name: expected 1 to 32 printable ASCII characters but \" and \\");
  }
  CHECK(fault({good, good}, {}) == "/protection_sets/1/name: another set has the same name");
  for (const char* uri : {"", "*", "s", "/a/../b", "/a/./b", "/\n", "s/*"}) {
    CHECK(with(&ProtectionSet::uris, Uris{"/x", uri}) ==
          "/protection_sets/0/uris/1: the path is not absolute and free of dot segments");
  }
  std::string longest(kMostUri, 'x');
  longest[0] = '/';
  CHECK(with(&ProtectionSet::uris, Uris{longest, longest + "*"}) == "");
  CHECK(with(&ProtectionSet::uris, Uris{longest + "x"}) ==
        "/protection_sets/0/uris/0: the path is too long");
  CHECK(fault({good, {"t", kAll, false, {"/s/*"}}}, {}) ==
        "/protection_sets/1/uris/0: the path stands in this or another set already");
  Uris many;
  for (size_t i = 0; i < kMostUris; ++i) many.push_back(std::string("/").append(std::to_string(i)));
  CHECK(with(&ProtectionSet::uris, many) == "");
  many.emplace_back("/x");
  CHECK(with(&ProtectionSet::uris, many) ==
        "/protection_sets/0/uris/32: more than 32 paths in all sets");
  std::vector<ProtectionSet> sets(kMostSets, {"", kAll, false, {}});
  for (size_t i = 0; i < sets.size(); ++i) sets[i].name = std::to_string(i);
  CHECK(fault(sets, {}) == "");
  sets.push_back(good);
  CHECK(fault(sets, {}) == "/protection_sets: more than 8 sets");

  for (const std::string& name :
       {std::string(), std::string(33, 'n'), std::string("a:b"), std::string("a\x7F")}) {
    CHECK(with_user(&User::name, name) ==
          "/users/0/name: expected 1 to 32 octets without colon and control characters");
  }
  for (const std::string& password : {std::string(), std::string(129, 'p'), std::string("a\tb")}) {
    CHECK(with_user(&User::password, password) ==
          "/users/0/password: expected 1 to 128 octets without control characters");
  }
  CHECK(with_user(&User::sets, Uris{"s", "t"}) == "/users/0/sets/1: no such protection set");
  CHECK(with_user(&User::ha1_md5, std::vector<uint8_t>(16)) ==
        "/users/0: the hashes are not 16 octets by MD5 and 32 by SHA-256");
  CHECK(fault({good}, {user, user}) == "/users/1/name: another user has the same name");
  std::vector<User> users(kMostUsers, user);
  for (size_t i = 0; i < users.size(); ++i) users[i].name = std::to_string(i);
  CHECK(fault({good}, users) == "");
  users.push_back(user);
  CHECK(fault({good}, users) == "/users: more than 16 users");
}

TEST_CASE("http auth: only hashes that a set needs are kept", "[http]") {
  struct Row {
    Schemes schemes;
    bool md5;
    bool sha256;
  };
  for (const Row& row :
       {Row{{.basic = true, .digest_md5 = false, .digest_sha256 = false}, false, true},
        Row{{.basic = false, .digest_md5 = true, .digest_sha256 = false}, true, false},
        Row{{.basic = false, .digest_md5 = false, .digest_sha256 = true}, false, true},
        Row{{.basic = true, .digest_md5 = true, .digest_sha256 = false}, true, true},
        Row{{}, false, false}}) {
    const User hashed{"h", "", std::vector<uint8_t>(16, 1), std::vector<uint8_t>(32, 2), {"s"}};
    House house(3, {}, {{"s", row.schemes, false, {"/staff/"}}},
                {{"u", "p", {}, {}, {"s"}}, hashed});
    const Protection protection(*house.store);
    for (const size_t user : {0U, 1U}) {
      CHECK(protection.secret_of(user, 0, Algorithm::kMd5).has_value() == row.md5);
      CHECK(protection.secret_of(user, 0, Algorithm::kSha256).has_value() == row.sha256);
      std::vector<uint8_t> stored(kUserSecrets);
      const size_t row_at = kUsersAt + user * kUserRow + 1 + kMostUserName + 1;
      REQUIRE(house.store->read(store::Area::kProtection, row_at, stored));
      const auto zeros = [](Bytes octets) {
        return std::ranges::all_of(octets, [](uint8_t octet) { return octet == 0; });
      };
      CHECK(zeros(Bytes(stored).first(16)) != row.md5);
      CHECK(zeros(Bytes(stored).subspan(16)) != row.sha256);
    }
    const int open = row.schemes.any() ? 401 : 200;
    CHECK(house.get("/staff/a", basic("u:p")) == (row.schemes.basic ? 200 : open));
    CHECK(house.get("/staff/a", basic("u:q")) == open);
  }
}

TEST_CASE("http auth: the last user of a full card, and hashes for a password", "[http]") {
  std::vector<ProtectionSet> sets(kMostSets, {"", kAll, false, {}});
  for (size_t i = 0; i < sets.size(); ++i) sets[i].name = "set " + std::to_string(i);
  sets.back().uris = {"/staff/"};
  std::vector<User> users(kMostUsers, {"", "p", {}, {}, {}});
  for (size_t i = 0; i < users.size(); ++i) users[i].name = "user " + std::to_string(i);
  User& last = users.back();
  const auto hash = [&](Algorithm algorithm) {
    const Hash secret = digest_secret(algorithm, last.name, sets.back().name, "known to nobody");
    return std::vector<uint8_t>(secret.bytes().begin(), secret.bytes().end());
  };
  last.password.clear();
  last.ha1_md5 = hash(Algorithm::kMd5);
  last.ha1_sha256 = hash(Algorithm::kSha256);
  last.sets = {sets.back().name};
  House house(3, {}, sets, users);
  CHECK(house.get("/staff/a", basic(last.name + ":known to nobody")) == 200);
  CHECK(house.get("/staff/a", basic(last.name + ":p")) == 401);
  for (const Algorithm algorithm : {Algorithm::kMd5, Algorithm::kSha256}) {
    const Proof proof{.user = last.name,
                      .password = "known to nobody",
                      .nonce = house.nonce(),
                      .realm = sets.back().name,
                      .algorithm = algorithm};
    CHECK(house.get("/staff/a", proof.field()) == 200);
  }
}

}  // namespace scwsim::http::test
