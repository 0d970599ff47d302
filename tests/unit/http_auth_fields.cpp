// What Basic and Digest are made of: hashes, the Authorization field, nonces.
#include <catch2/catch.hpp>
#include <set>

#include "http/auth/authorization.h"
#include "http/auth/digest.h"
#include "http/auth/nonces.h"
#include "tests/support/hex_literal.h"

namespace scwsim::http::test {
namespace {

using namespace std::string_literals;
using tests::operator""_x;

constexpr std::string_view kRfc7616 =
    R"(Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", )"
    R"(algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, )"
    R"(cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, )"
    R"(response="8ca523f5e9506fed4657c9700eebdbec", )"
    R"(opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS")";

/// A field, taken apart, with the room that its values may stand in.
struct Taken {
  explicit Taken(std::string_view field)
      : text(field), room(field.size()), value(parse_authorization(text, room, refusal)) {}

  [[nodiscard]] const BasicCredentials* basic() const {
    return value ? std::get_if<BasicCredentials>(&*value) : nullptr;
  }
  [[nodiscard]] const DigestCredentials* digest() const {
    return value ? std::get_if<DigestCredentials>(&*value) : nullptr;
  }
  /// Why it was refused; "" when it was taken.
  [[nodiscard]] std::string refused() const { return value ? "" : std::string(refusal.reason); }

  std::string text;
  std::vector<uint8_t> room;
  Refusal refusal;
  std::optional<Authorization> value;
};

std::string response(Algorithm algorithm, std::string_view user, std::string_view realm,
                     std::string_view password, const DigestInput& input) {
  const Hash secret = digest_secret(algorithm, user, realm, password);
  return std::string(digest_response(algorithm, secret.bytes(), input).text());
}

}  // namespace

TEST_CASE("http auth: Digest gives the responses of the RFCs", "[http]") {
  const DigestInput rfc7616{.method = "GET",
                            .uri = "/dir/index.html",
                            .nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                            .qop = "auth",
                            .nonce_count = "00000001",
                            .client_nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"};
  CHECK(response(Algorithm::kMd5, "Mufasa", "http-auth@example.org", "Circle of Life", rfc7616) ==
        "8ca523f5e9506fed4657c9700eebdbec");
  CHECK(response(Algorithm::kSha256, "Mufasa", "http-auth@example.org", "Circle of Life",
                 rfc7616) == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");

  // RFC 2617 §3.5, and the response that the errata of RFC 2069 give.
  DigestInput older{.method = "GET",
                    .uri = "/dir/index.html",
                    .nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093",
                    .qop = "auth",
                    .nonce_count = "00000001",
                    .client_nonce = "0a4f113b"};
  CHECK(response(Algorithm::kMd5, "Mufasa", "testrealm@host.com", "Circle Of Life", older) ==
        "6629fae49393a05397450978507c4ef1");
  older.qop = {};
  CHECK(response(Algorithm::kMd5, "Mufasa", "testrealm@host.com", "CircleOfLife", older) ==
        "1949323746fe6a43ef61f9606e7febea");
}

TEST_CASE("http auth: HMAC-SHA-256 gives the values of RFC 4231", "[http]") {
  const auto key = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"_x;
  CHECK(HexText(hmac_sha256(key, as_bytes("Hi There")).bytes()).text() ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(HexText(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?")).bytes())
            .text() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("http auth: hashes are compared whole", "[http]") {
  CHECK(equal_in_constant_time("0102"_x, "0102"_x));
  CHECK(equal_in_constant_time({}, {}));
  CHECK_FALSE(equal_in_constant_time("0102"_x, "0103"_x));
  CHECK_FALSE(equal_in_constant_time("0102"_x, "8102"_x));
  CHECK_FALSE(equal_in_constant_time("0102"_x, "01"_x));
  CHECK_FALSE(equal_in_constant_time("01"_x, {}));
}

TEST_CASE("http auth: Basic credentials are taken apart", "[http]") {
  struct Row {
    std::string_view field;
    std::string_view user;
    std::string_view password;
  };
  for (const Row& row : std::vector<Row>{
           {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"},  // RFC 7617 §2
           {"Basic dGVzdDoxMjPCow==", "test", "123\xC2\xA3"},                 // §2.1
           {"bASIC  QWxhZGRpbjpvcGVuIHNlc2FtZQ== ", "Aladdin", "open sesame"},
           {"Basic Og==", "", ""},
           {"Basic YTo6", "a", ":"},
           {"Basic YTo=", "a", ""}}) {
    const Taken taken(row.field);
    CAPTURE(row.field, taken.refused());
    REQUIRE(taken.basic() != nullptr);
    CHECK(taken.basic()->user == row.user);
    CHECK(taken.basic()->password == row.password);
  }
  for (const char* field :
       {"Basic", "Basic ", "Basic QQ", "Basic QQ=", "Basic QQ==", "Basic QWx===", "Basic YTp=",
        "Basic =", "Basic ====", "Basic Q WxhOg==", "Basic OgA=", "Basic OgB=", "Basic YTo=YTo=",
        "Basic YTo-", "Basic\tYTo=", "Basic \"YTo=\"", "Basic YTpi\x7F", "Basic YQpi"}) {
    CAPTURE(field);
    CHECK(Taken(field).refused() != "");
  }
}

TEST_CASE("http auth: Digest credentials are taken apart", "[http]") {
  const Taken taken(kRfc7616);
  REQUIRE(taken.digest() != nullptr);
  const DigestCredentials& digest = *taken.digest();
  CHECK(digest.user == "Mufasa");
  CHECK(digest.realm == "http-auth@example.org");
  CHECK(digest.uri == "/dir/index.html");
  CHECK(digest.algorithm == "MD5");
  CHECK(digest.nonce == "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v");
  CHECK(digest.nonce_count == "00000001");
  CHECK(digest.client_nonce == "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
  CHECK(digest.qop == "auth");
  CHECK(digest.response == "8ca523f5e9506fed4657c9700eebdbec");
  CHECK_FALSE(digest.user_is_hashed);

  SECTION("blanks, empty elements, case, tokens for strings and the other way about") {
    const Taken odd(
        "dIGEST ,, NONCE = n , Realm=\"r, \\\"q\\\"\",username=u,uri=\"/a\\b\" ,response=\"0\","
        "x=\"y,\\\\\", userhash=\"TRUE\",");
    REQUIRE(odd.digest() != nullptr);
    CHECK(odd.digest()->realm == "r, \"q\"");
    CHECK(odd.digest()->uri == "/ab");
    CHECK(odd.digest()->user_is_hashed);
    CHECK(odd.digest()->qop.empty());
    CHECK(odd.digest()->algorithm.empty());
  }
  SECTION("names that no quoted string can hold") {
    const Taken named(
        "Digest username*=utf-8'de'J%c3%a4s%C3%b8n%22, realm=r, nonce=n, uri=\"/\", response=0");
    REQUIRE(named.digest() != nullptr);
    CHECK(named.digest()->user == "J\xC3\xA4s\xC3\xB8n\"");
  }
  SECTION("other schemes are none of our business") {
    for (const char* field : {"Negotiate abc", "Bearer", "Digestive username=\"a\""}) {
      const Taken other(field);
      REQUIRE(other.value);
      CHECK(std::holds_alternative<OtherCredentials>(*other.value));
    }
  }
}

TEST_CASE("http auth: broken Digest credentials are refused", "[http]") {
  const std::string good = R"(Digest username="u", realm="r", nonce="n", uri="/", response="0")";
  REQUIRE(Taken(good).digest() != nullptr);
  struct Row {
    std::string field;
    std::string_view reason;
  };
  for (const Row& row : std::vector<Row>{
           {"", "Authorization does not begin with a scheme"},
           {"\"Digest\"", "Authorization does not begin with a scheme"},
           {"Digest", "the Digest credentials have no username or two"},
           {good + ", username=v", "a parameter of Authorization is repeated"},
           {good + ", NONCE=n", "a parameter of Authorization is repeated"},
           {good + ", username*=UTF-8''v", "the Digest credentials have no username or two"},
           {good + " x=y", "the parameters of Authorization lack a comma"},
           {good + ", x", "a parameter of Authorization is not name=value"},
           {good + ", =x", "a parameter of Authorization is not name=value"},
           {good + ", x=", "a parameter of Authorization has no value"},
           {good + ", x=,", "a parameter of Authorization has no value"},
           {good + ", x=y z", "the parameters of Authorization lack a comma"},
           {good + ", x=\"", "a quoted parameter of Authorization does not end"},
           {good + ", x=\"\\", "a quoted parameter of Authorization does not end"},
           {good + ", x=\"\\\"", "a quoted parameter of Authorization does not end"},
           {good + ", x=\"\n\"", "a quoted parameter of Authorization does not end"},
           {good + ", x=\"\0\""s, "a quoted parameter of Authorization does not end"},
           {good + ", qop=auth", "qop, nc and cnonce of Digest come together or not at all"},
           {good + ", nc=00000001", "qop, nc and cnonce of Digest come together or not at all"},
           {good + ", cnonce=a", "qop, nc and cnonce of Digest come together or not at all"},
           {good + ", qop=\"\", nc=00000001, cnonce=a", "the qop of Digest is empty"},
           {good + ", qop=auth, nc=1, cnonce=a",
            "the nc of Digest is not eight hexadecimal digits"},
           {good + ", qop=auth, nc=0000000g, cnonce=a",
            "the nc of Digest is not eight hexadecimal digits"},
           {R"(Digest username="u", nonce="n", uri="/", response="0")",
            "the Digest credentials lack realm, nonce, uri or response"},
           {R"(Digest username*=UTF-8''%4, realm=r, nonce=n, uri="/", response=0)",
            "the username* of Digest is not percent-encoded UTF-8"},
           {R"(Digest username*=latin1''a, realm=r, nonce=n, uri="/", response=0)",
            "the username* of Digest is not percent-encoded UTF-8"},
           {R"(Digest username*=UTF-8'a, realm=r, nonce=n, uri="/", response=0)",
            "the username* of Digest is not percent-encoded UTF-8"}}) {
    CAPTURE(row.field);
    CHECK(Taken(row.field).refused() == row.reason);
  }
}

TEST_CASE("http auth: no part of a field passes for the whole", "[http]") {
  for (size_t size = 0; size < kRfc7616.size(); ++size) {
    const Taken taken(kRfc7616.substr(0, size));
    CAPTURE(taken.text);
    // Whole without its last parameter, which nothing needs; and a scheme cut short
    // is another one.
    const bool whole = size >= kRfc7616.rfind(", opaque") && size <= kRfc7616.rfind("opaque");
    CHECK((taken.digest() != nullptr) == whole);
    CHECK((taken.refused() == "") == (whole || (size > 0 && size < 6)));
  }
  const std::string basic = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
  for (size_t size = 6; size < basic.size(); ++size) {
    const Taken taken(basic.substr(0, size));
    CAPTURE(taken.text);
    // Each group of four digits from the colon on makes a shorter password.
    CHECK((taken.basic() != nullptr) == (size % 4 == 2 && size >= 18));
  }
}

TEST_CASE("http auth: a nonce is good for rising counts, in a window", "[http]") {
  using Use = Nonces::Use;
  RandomStream random(Seed{}, {}, 1);
  Nonces nonces;
  nonces.restart(random);
  const auto issue = [&] {
    const Nonces::Text text = nonces.issue();
    return std::string(text.data(), text.size());
  };
  const std::string nonce = issue();

  SECTION("in order, and none twice") {
    CHECK(nonces.use(nonce, 0, 0) == Use::kReplayed);
    for (uint32_t n = 1; n <= Nonces::kMostUses; ++n) {
      REQUIRE(nonces.use(nonce, 0, n) == Use::kAccepted);
      REQUIRE(nonces.use(nonce, 0, n) == Use::kReplayed);
    }
    CHECK(nonces.use(nonce, 0, 1) == Use::kReplayed);
    CHECK(nonces.use(nonce, 0, Nonces::kMostUses + 1) == Use::kStale);
    CHECK(nonces.use(nonce, 0, UINT32_MAX) == Use::kStale);
  }
  SECTION("overtaking each other") {
    CHECK(nonces.use(nonce, 0, 5) == Use::kAccepted);
    CHECK(nonces.use(nonce, 0, 3) == Use::kAccepted);
    CHECK(nonces.use(nonce, 0, 3) == Use::kReplayed);
    CHECK(nonces.use(nonce, 0, 5) == Use::kReplayed);
    CHECK(nonces.use(nonce, 0, 4) == Use::kAccepted);
    const std::string far = issue();
    CHECK(nonces.use(far, 0, 1) == Use::kAccepted);
    CHECK(nonces.use(far, 0, 1 + Nonces::kBehind) == Use::kAccepted);
    CHECK(nonces.use(nonce, 0, 2 + Nonces::kBehind) == Use::kAccepted);
    CHECK(nonces.use(nonce, 0, 2) == Use::kReplayed);  // too far behind
    CHECK(nonces.use(nonce, 0, 3) == Use::kReplayed);
    CHECK(nonces.use(nonce, 0, 6) == Use::kAccepted);
    CHECK(nonces.use(nonce, 0, 1000) == Use::kAccepted);
    CHECK(nonces.use(nonce, 0, 1000 - Nonces::kBehind) == Use::kReplayed);
    CHECK(nonces.use(nonce, 0, 1001 - Nonces::kBehind) == Use::kAccepted);
  }
  SECTION("for one user") {
    CHECK(nonces.use(nonce, 1, 1) == Use::kAccepted);
    CHECK(nonces.use(nonce, 2, 4000) == Use::kStale);
    CHECK(nonces.use(nonce, 1, 2) == Use::kAccepted);
  }
  SECTION("once without a count") {
    CHECK(nonces.use_up(nonce) == Use::kAccepted);
    CHECK(nonces.use_up(nonce) == Use::kStale);
    CHECK(nonces.use(nonce, 0, 1) == Use::kStale);
    const std::string other = issue();
    CHECK(nonces.use(other, 0, 1) == Use::kAccepted);
    CHECK(nonces.use_up(other) == Use::kStale);
  }
  SECTION("while nobody has forged or changed it") {
    for (size_t i = 0; i < nonce.size(); ++i) {
      std::string changed = nonce;
      changed[i] = changed[i] == '0' ? '1' : '0';
      CAPTURE(changed);
      CHECK(nonces.use(changed, 0, 1) == Use::kStale);
    }
    for (const std::string& wrong :
         {""s, "0"s, nonce + "0", nonce.substr(1), std::string(nonce.size(), '0'),
          std::string(nonce.size(), 'g')}) {
      CHECK(nonces.use(wrong, 0, 1) == Use::kStale);
    }
    CHECK(nonces.use(nonce, 0, 1) == Use::kAccepted);
  }
  SECTION("until it falls out of the window unused") {
    for (uint64_t n = 1; n < Nonces::kWindow; ++n) (void)issue();
    const std::string last = issue();
    CHECK(nonces.use(nonce, 0, 1) == Use::kStale);
    CHECK(nonces.use(last, 0, 1) == Use::kAccepted);
  }
  SECTION("however many are issued while it is in use") {
    CHECK(nonces.use(nonce, 0, 1) == Use::kAccepted);
    for (uint64_t n = 0; n < 3 * Nonces::kWindow; ++n) (void)issue();
    CHECK(nonces.use(nonce, 0, 2) == Use::kAccepted);
    CHECK(nonces.use(nonce, 0, 2) == Use::kReplayed);
  }
  SECTION("and when others push it out it stays out") {
    CHECK(nonces.use(nonce, 0, 1) == Use::kAccepted);
    const std::string second = issue();
    CHECK(nonces.use(second, 0, 1) == Use::kAccepted);
    CHECK(nonces.use(nonce, 0, 2) == Use::kAccepted);  // second was used longest ago now
    for (size_t n = 0; n < Nonces::kInUse - 1; ++n) {
      CHECK(nonces.use(issue(), 0, 1) == Use::kAccepted);
    }
    CHECK(nonces.use(second, 0, 2) == Use::kStale);
    CHECK(nonces.use(nonce, 0, 3) == Use::kAccepted);
  }
  SECTION("until the next power-up") {
    nonces.restart(random);
    CHECK(nonces.use(nonce, 0, 1) == Use::kStale);
    const std::string again = issue();
    CHECK(again != nonce);
    CHECK(nonces.use(again, 0, 1) == Use::kAccepted);
    CHECK(nonces.use(nonce, 0, 1) == Use::kStale);
  }
  SECTION("and none is issued twice") {
    std::set<std::string> seen;
    for (int n = 0; n < 2000; ++n) seen.insert(issue());
    CHECK(seen.size() == 2000);
  }
}

}  // namespace scwsim::http::test
