// The card's memory: all of a unit or nothing, the image never changes, a torn
// card forgets the open unit.
#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "card/store/store.h"
#include "tests/support/hex_literal.h"

using namespace scwsim;
using namespace scwsim::store;
using namespace scwsim::tests;

namespace {

std::shared_ptr<const Image> image_of(size_t octets) {
  auto image = std::make_shared<Image>();
  std::vector<uint8_t> content(octets);
  for (size_t i = 0; i < octets; ++i) content[i] = static_cast<uint8_t>(i);
  image->append(Area::kFileBodies, content);
  return image;
}

std::vector<uint8_t> all_of(const Store& store) {
  std::vector<uint8_t> content(store.size(Area::kFileBodies));
  REQUIRE(store.read(Area::kFileBodies, 0, content));
  return content;
}

struct RecordingSink : Sink {
  bool works = true;
  std::vector<std::pair<uint32_t, std::vector<uint8_t>>> pages;
  bool commit(std::span<const PageWrite> writes) override {
    if (!works) return false;
    for (const PageWrite& w : writes) pages.push_back({w.page, {w.bytes.begin(), w.bytes.end()}});
    return true;
  }
};

}  // namespace

TEST_CASE("two cards of one image do not see each other's writes") {
  const auto image = image_of(600);
  Store a(image);
  Store b(image);
  REQUIRE(a.write(Area::kFileBodies, 254, "AA BB CC DD"_x));  // across a page's end
  REQUIRE(a.commit());
  CHECK(all_of(a)[255] == 0xBB);
  CHECK(all_of(a)[257] == 0xDD);
  CHECK(all_of(b)[255] == 255);
  CHECK(image->area(Area::kFileBodies)[255] == 255);
}

TEST_CASE("an open unit is seen by its own card, and gone after a rollback") {
  Store store(image_of(300));
  REQUIRE(store.write(Area::kFileBodies, 10, "FF FF"_x));
  CHECK(all_of(store)[10] == 0xFF);
  store.rollback();
  CHECK(all_of(store)[10] == 10);
}

TEST_CASE("what the sink cannot keep does not happen") {
  RecordingSink sink;
  Store store(image_of(600), &sink);
  sink.works = false;
  REQUIRE(store.write(Area::kFileBodies, 0, "11"_x));
  REQUIRE(store.write(Area::kFileBodies, 300, "22"_x));
  CHECK_FALSE(store.commit());
  CHECK(all_of(store)[0] == 0);
  CHECK(all_of(store)[300] == static_cast<uint8_t>(300));
  sink.works = true;
  REQUIRE(store.write(Area::kFileBodies, 300, "22"_x));
  REQUIRE(store.commit());
  REQUIRE(sink.pages.size() == 1);
  CHECK(sink.pages[0].first == 1);
  CHECK(sink.pages[0].second.size() == kPageSize);
  CHECK(sink.pages[0].second[300 - 256] == 0x22);
}

TEST_CASE("reads and writes beyond an area are refused and change nothing") {
  Store store(image_of(300));
  const auto before = all_of(store);
  std::array<uint8_t, 2> two{};
  CHECK_FALSE(store.read(Area::kFileBodies, 299, two));
  CHECK_FALSE(store.write(Area::kFileBodies, 299, two));
  CHECK_FALSE(store.write(Area::kFileBodies, SIZE_MAX, two));
  CHECK_FALSE(store.has_unit());
  CHECK(all_of(store) == before);
}

TEST_CASE("a card stopped at its n-th write has done whole units only") {
  // Units of three writes each; the stop falls on every one of them.
  for (uint64_t stop = 1; stop <= 12; ++stop) {
    Store store(image_of(600));
    store.stop_at_write(stop);
    uint8_t units = 0;
    for (uint8_t unit = 1; unit <= 4 && !store.stopped(); ++unit) {
      const std::array<uint8_t, 1> mark{static_cast<uint8_t>(0xF0 + unit)};
      for (const size_t offset : {0U, 256U, 512U}) {
        if (!store.write(Area::kFileBodies, offset, mark)) break;
      }
      if (store.commit()) units = unit;
    }
    REQUIRE(store.stopped());
    CHECK(units == (stop - 1) / 3);
    store.rollback();
    const auto content = all_of(store);
    const uint8_t last = units == 0 ? uint8_t{0} : static_cast<uint8_t>(0xF0 + units);
    CHECK(content[0] == last);
    CHECK(content[256] == last);
    CHECK(content[512] == last);
  }
}

TEST_CASE("what is staged is there at once, and kept with the next unit") {
  RecordingSink sink;
  Store store(image_of(1024), &sink);
  REQUIRE(store.stage(Area::kFileBodies, 254, "AA BB CC DD"_x));  // pages 0 and 1
  REQUIRE(store.stage(Area::kFileBodies, 300, "EE"_x));
  CHECK_FALSE(store.has_unit());
  CHECK(all_of(store)[257] == 0xDD);
  store.rollback();
  CHECK(all_of(store)[257] == 0xDD);
  CHECK(store.commit());
  CHECK(sink.pages.empty());  // no unit, nothing to keep yet

  REQUIRE(store.write(Area::kFileBodies, 600, "11"_x));
  sink.works = false;
  CHECK_FALSE(store.commit());
  CHECK(all_of(store)[257] == 0xDD);
  sink.works = true;
  REQUIRE(store.write(Area::kFileBodies, 600, "11"_x));
  REQUIRE(store.commit());
  REQUIRE(sink.pages.size() == 3);  // each page once
  CHECK(sink.pages[0].second[255] == 0xBB);
  CHECK(sink.pages[1].second[300 - 256] == 0xEE);
  CHECK(sink.pages[2].first == 2);
  REQUIRE(store.write(Area::kFileBodies, 600, "12"_x));
  REQUIRE(store.commit());
  CHECK(sink.pages.size() == 4);  // and not again
}

TEST_CASE("nothing is staged in pages of the open unit, beyond the area, or by a stopped card") {
  Store store(image_of(1024));
  const auto before = all_of(store);
  REQUIRE(store.write(Area::kFileBodies, 512, "11"_x));
  CHECK_FALSE(store.stage(Area::kFileBodies, 767, "AA"_x));
  CHECK_FALSE(store.stage(Area::kFileBodies, 510, "AA BB CC"_x));
  CHECK(store.stage(Area::kFileBodies, 510, "AA BB"_x));
  CHECK_FALSE(store.stage(Area::kFileBodies, 1023, "AA BB"_x));
  store.rollback();
  store.stop_at_write(2);
  CHECK(store.stage(Area::kFileBodies, 510, Bytes(before).subspan(510, 2)));
  CHECK_FALSE(store.stage(Area::kFileBodies, 0, "AA"_x));
  CHECK(store.stopped());
  CHECK(all_of(store) == before);
}

TEST_CASE("a store behaves as a plain array of octets would") {
  CHECK(rc::check("any mix of writes, commits and rollbacks", [] {
    constexpr size_t kSize = 700;
    Store store(image_of(kSize));
    std::vector<uint8_t> committed = all_of(store);
    std::vector<uint8_t> open = committed;
    const auto steps = *rc::gen::inRange(1, 30);
    for (int i = 0; i < steps; ++i) {
      const auto what = *rc::gen::inRange(0, 4);
      if (what < 2) {
        const auto offset = *rc::gen::inRange<size_t>(0, kSize);
        const auto bytes = *rc::gen::container<std::vector<uint8_t>>(
            *rc::gen::inRange<size_t>(0, 300), rc::gen::arbitrary<uint8_t>());
        const bool fits = bytes.size() <= kSize - offset;
        RC_ASSERT(store.write(Area::kFileBodies, offset, bytes) == fits);
        if (fits) std::ranges::copy(bytes, open.begin() + static_cast<std::ptrdiff_t>(offset));
      } else if (what == 2) {
        RC_ASSERT(store.commit());
        committed = open;
      } else {
        store.rollback();
        open = committed;
      }
      RC_ASSERT(all_of(store) == open);
    }
  }));
}
