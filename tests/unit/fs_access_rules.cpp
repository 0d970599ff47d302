// Access rules in expanded format: what they allow, to whom, and that a malformed
// one allows nothing from its fault on.
#include <catch2/catch.hpp>
#include <set>

#include "card/fs/access_rule.h"
#include "tests/support/hex_literal.h"

using namespace scwsim;
using namespace scwsim::fs;
using namespace scwsim::tests;

namespace {

constexpr uint8_t kPin1 = 0x01;
constexpr uint8_t kPin2 = 0x81;
constexpr uint8_t kAdm1 = 0x0A;

struct Shown : SecurityState {
  explicit Shown(std::set<uint8_t> pins) : references(std::move(pins)) {}
  [[nodiscard]] bool satisfied(uint8_t reference) const override {
    return references.contains(reference);
  }
  std::set<uint8_t> references;
};

bool reads(Bytes record, std::set<uint8_t> pins = {}) {
  return allows(record, AccessMode::kRead, Shown(std::move(pins)));
}

bool reads(std::string_view digits, std::set<uint8_t> pins = {}) {
  return reads(Bytes(*from_hex(digits)), std::move(pins));
}

bool updates(std::string_view digits, std::set<uint8_t> pins = {}) {
  const auto record = *from_hex(digits);
  return allows(record, AccessMode::kUpdate, Shown(std::move(pins)));
}

}  // namespace

TEST_CASE("access rules: always, never, and what no pair covers") {
  CHECK(reads("800101 9000"));
  CHECK_FALSE(updates("800101 9000"));
  CHECK(updates("800103 9000"));
  CHECK_FALSE(reads("800101 9700", {kPin1, kPin2, kAdm1}));
  CHECK_FALSE(reads("", {kPin1}));
  CHECK_FALSE(reads("9000"));           // a condition for no access mode
  CHECK_FALSE(reads("800101"));         // an access mode without condition
  CHECK_FALSE(reads("80020101 9000"));  // an access mode of two octets
  CHECK_FALSE(reads("800101 9001AA"));  // always has no value
  CHECK_FALSE(reads("840101 9000"));    // modes by command header: not for these commands
}

TEST_CASE("access rules: one PIN") {
  const auto rule = "800103 A406 830101 950108";
  CHECK_FALSE(reads(rule));
  CHECK_FALSE(reads(rule, {kPin2, kAdm1}));
  CHECK(reads(rule, {kPin1}));
  CHECK(updates(rule, {kPin1}));
  CHECK(reads("800101 A406 950108 830101", {kPin1}));
  CHECK_FALSE(reads("800101 A403 950108", {kPin1}));      // names no key
  CHECK_FALSE(reads("800101 A404 83020101", {kPin1}));    // a reference of two octets
  CHECK_FALSE(reads("800101 A402 8300", {kPin1, 0x00}));  // of none
}

TEST_CASE("access rules: OR needs one of its conditions, AND all of them") {
  const std::string both = "A403830101 A403830181";
  CHECK_FALSE(reads("800101 A00A" + both));
  CHECK(reads("800101 A00A" + both, {kPin1}));
  CHECK(reads("800101 A00A" + both, {kPin2}));
  CHECK_FALSE(reads("800101 AF0A" + both));
  CHECK_FALSE(reads("800101 AF0A" + both, {kPin1}));
  CHECK_FALSE(reads("800101 AF0A" + both, {kPin2}));
  CHECK(reads("800101 AF0A" + both, {kPin1, kPin2}));
  CHECK(reads("800101 A004 9700 9000"));
  CHECK_FALSE(reads("800101 AF04 9000 9700"));
  CHECK_FALSE(reads("800101 A000"));
  CHECK_FALSE(reads("800101 AF00"));
  CHECK_FALSE(reads("800101 A004 AF02 9000"));  // templates in templates grant nothing
}

TEST_CASE("access rules: each condition belongs to the access mode before it") {
  const auto rule = "800101 A403830101 800102 A40383010A FFFFFF";
  CHECK(reads(rule, {kPin1}));
  CHECK_FALSE(updates(rule, {kPin1}));
  CHECK(updates(rule, {kAdm1}));
  CHECK_FALSE(reads(rule, {kAdm1}));
  CHECK(reads("800101 A403830101 A40383010A", {kAdm1}));  // two conditions: either
  CHECK_FALSE(reads("FF 800101 9000"));                   // padding ends the record
}

TEST_CASE("access rules: a truncation allows what stands before it whole, and no more") {
  const auto whole = "800102 9000 800101 A007 A40383010A 9700 800108 A403830101"_x;
  constexpr size_t kFirst = 5;    // octets to where updating is allowed
  constexpr size_t kSecond = 17;  // and reading, for ADM1
  for (size_t n = 0; n <= whole.size(); ++n) {
    const Bytes cut = Bytes(whole).first(n);
    CAPTURE(n);
    CHECK(allows(cut, AccessMode::kUpdate, Shown({})) == (n >= kFirst));
    CHECK(reads(cut, {kAdm1}) == (n >= kSecond));
    CHECK_FALSE(reads(cut, {kPin1}));
    CHECK(allows(cut, AccessMode::kDeactivate, Shown({kPin1})) == (n == whole.size()));
  }
}

TEST_CASE("access rules: from its fault on a record allows nothing") {
  CHECK(reads("800101 9000 A481"));  // the fault is behind what grants
  CHECK_FALSE(reads("A481 800101 9000"));
  CHECK_FALSE(reads("800101 0000 9000"));
  CHECK_FALSE(reads("800101 9080 9000"));
  CHECK_FALSE(reads("80 8101", {kPin1}));
  // A template counts only whole.
  CHECK_FALSE(reads("800101 A405 830101 9501", {kPin1}));
  CHECK_FALSE(reads("800101 A005 9000 A40383", {kPin1}));
  CHECK_FALSE(reads("800101 AF05 9000 A40383", {kPin1}));
  CHECK_FALSE(reads("800101 A00A A403830101 A405830181", {kPin1, kPin2}));
}
