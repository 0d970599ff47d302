// Dates of HTTP, and conditions with dates (RFC 9110 §5.6.7, §13.1.3, §13.1.4).
#include <catch2/catch.hpp>

#include "http/site/http_date.h"
#include "tests/unit/http_site_support.h"

namespace scwsim::http::test {

TEST_CASE("http dates: three forms of one date", "[http]") {
  const auto date = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  REQUIRE(date);
  CHECK(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT") == date);
  CHECK(parse_http_date("Sun Nov  6 08:49:37 1994") == date);
  CHECK(parse_http_date("Sun Nov 16 08:49:37 1994") ==
        parse_http_date("Wed, 16 Nov 1994 08:49:37 GMT"));
  CHECK(parse_http_date("Tuesday, 06-Nov-29 08:49:37 GMT") ==
        parse_http_date("Tue, 06 Nov 2029 08:49:37 GMT"));
}

TEST_CASE("http dates: later ones are greater", "[http]") {
  uint64_t last = 0;
  for (const std::string_view text :
       {"Sat, 01 Jan 0000 00:00:00 GMT", "Thu, 31 Dec 1970 23:59:59 GMT",
        "Thu, 31 Dec 1970 23:59:60 GMT", "Fri, 01 Jan 1971 00:00:00 GMT",
        "Fri, 01 Jan 1971 00:00:01 GMT", "Fri, 01 Jan 1971 00:01:00 GMT",
        "Fri, 01 Jan 1971 01:00:00 GMT", "Tue, 29 Feb 2000 00:00:00 GMT",
        "Wed, 01 Mar 2000 00:00:00 GMT", "Sat, 01 Apr 2000 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT"}) {
    const auto date = parse_http_date(text);
    CAPTURE(text);
    REQUIRE(date);
    CHECK(*date > last);
    last = *date;
  }
}

TEST_CASE("http dates: anything else is none", "[http]") {
  for (const std::string_view text : {"",
                                      "0",
                                      "-1",
                                      "now",
                                      "Sun, 06 Nov 1994 08:49:37",
                                      "Sun, 06 Nov 1994 08:49:37 UTC",
                                      "sun, 06 Nov 1994 08:49:37 GMT",
                                      "Sun, 6 Nov 1994 08:49:37 GMT",
                                      "Sun, 06 nov 1994 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 8:49:37 GMT",
                                      "Sun, 06 Nov 1994 24:49:37 GMT",
                                      "Sun, 06 Nov 1994 08:60:37 GMT",
                                      "Sun, 06 Nov 1994 08:49:61 GMT",
                                      "Sun, 00 Nov 1994 08:49:37 GMT",
                                      "Sun, 31 Nov 1994 08:49:37 GMT",
                                      "Wed, 29 Feb 1900 08:49:37 GMT",
                                      "Sun, 06 Nov 1994 08:49:37 GMT ",
                                      " Sun, 06 Nov 1994 08:49:37 GMT",
                                      "Sun, 06 Nov +994 08:49:37 GMT",
                                      "Sunday, 06-Nov-1994 08:49:37 GMT",
                                      "Sun Nov 6 08:49:37 1994",
                                      "Sun Nov  6 08:49:37 1994 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text));
  }
}

TEST_CASE("http site: conditions with dates, where a date was stored", "[http]") {
  Resource dated = text_resource("/dated", "body");
  dated.last_modified = "Tue, 15 Nov 1994 12:45:26 GMT";
  Resource odd = text_resource("/odd", "body");
  odd.last_modified = "yesterday";
  Shop shop({dated, odd, text_resource("/undated", "body")});
  const std::string before = "Tue, 15 Nov 1994 12:45:25 GMT\r\n";
  const std::string same = "Tue, 15 Nov 1994 12:45:26 GMT\r\n";
  const std::string after = "Wednesday, 16-Nov-94 00:00:00 GMT\r\n";
  const auto since = [&](std::string_view path, const std::string& date) {
    return shop.get(path, "If-Modified-Since: " + date).status;
  };
  CHECK(since("/dated", before) == 200);
  CHECK(since("/dated", same) == 304);
  CHECK(since("/dated", after) == 304);
  CHECK(since("/dated", "yesterday\r\n") == 200);
  for (const std::string_view path : {"/odd", "/undated"}) {
    CHECK(since(path, after) == 200);
    CHECK(shop.get(path, "If-Unmodified-Since: " + before).status == 200);
  }
  CHECK(field_of(shop.get("/odd"), "Last-Modified") == "yesterday");

  const std::string tag = "If-None-Match: " + field_of(shop.get("/dated"), "ETag") + "\r\n";
  CHECK(shop.get("/dated", tag + "If-Modified-Since: " + before).status == 304);
  CHECK(shop.get("/dated", "If-None-Match: \"a\"\r\nIf-Modified-Since: " + after).status == 200);

  const auto unmodified = [&](const std::string& date, const std::string& more = "") {
    return shop.get("/dated", more + "If-Unmodified-Since: " + date).status;
  };
  CHECK(unmodified(before) == 412);
  CHECK(unmodified(same) == 200);
  CHECK(unmodified(after) == 200);
  CHECK(unmodified(before, "If-Match: *\r\n") == 200);
  CHECK(shop.put("/dated", "new", "If-Unmodified-Since: " + before) == 412);
  CHECK(shop.put("/dated", "new", "If-Modified-Since: " + after) == 204);  // only for GET, HEAD
  CHECK(since("/dated", after) == 200);  // the new one has no date
  CHECK(shop.put("/dated", "new", "Last-Modified: " + same) == 204);
  CHECK(since("/dated", same) == 304);
}

}  // namespace scwsim::http::test
