// The table of hostile requests against the server in memory: in every
// segmentation of input and output the one outcome that a row allows, and nobody
// left hanging.
#include <catch2/catch.hpp>
#include <set>

#include "card/uicc/card_image.h"
#include "card/uicc/http_policy.h"
#include "tests/support/hostile_table.h"
#include "tests/unit/http_support.h"

namespace scwsim::http::test {
namespace {

using tests::complaint_about;
using tests::hostile_rows;
using tests::HostileOutcome;
using tests::HostileRow;
using tests::kHostileProbe;
using After = HostileOutcome::After;

/// Beyond it a row is cut at some octets only, not at each.
constexpr size_t kLongRow = 700;

/// A server with the site of the table, under one of its policies.
struct Target {
  explicit Target(const std::string& policy)
      : card(personalise(profile::load(tests::hostile_profile(policy),
                                       [](std::string_view) { return std::nullopt; }),
                         Seed{})),
        store(std::shared_ptr<const store::Image>(card, &card->memory)),
        server(site, http_policy(card->http.policy)) {}

  std::shared_ptr<const CardImage> card;
  store::Store store;
  Site site{store};
  Server server;
};

/// What is sent for a row: the probe stands behind it where it leaves the connection
/// open.
std::string sent(const HostileRow& row, const HostileOutcome& outcome) {
  return outcome.after == After::kOpen ? row.octets + kHostileProbe : row.octets;
}

void check_served(Server& server) {
  const Outcome probe = converse(server, kHostileProbe);
  REQUIRE(complaint_about({.statuses = {}, .heads = {}, .after = After::kOpen}, probe.output) ==
          "");
}

/// Calls `check` for each row that has an outcome under `policy`.
template <typename Check>
void for_rows(const std::string& policy, Check check) {
  for (const HostileRow& row : hostile_rows()) {
    const auto outcome = row.outcomes.find(policy);
    if (outcome == row.outcomes.end()) continue;
    CAPTURE(row.name, policy);
    check(row, outcome->second);
  }
}

}  // namespace

TEST_CASE("hostile table: rows of every subject", "[http][hostile]") {
  std::set<std::string> subjects;
  for (const HostileRow& row : hostile_rows()) {
    subjects.insert(row.name.substr(0, row.name.find(':')));
  }
  CHECK(subjects.size() >= 12);
  CHECK(hostile_rows().size() >= 500);
}

TEST_CASE("hostile table: the only allowed outcome, under every policy", "[http][hostile]") {
  for (const std::string& policy : tests::hostile_policies()) {
    Target target(policy);
    for_rows(policy, [&](const HostileRow& row, const HostileOutcome& outcome) {
      const std::string input = sent(row, outcome);
      const Outcome whole = converse(target.server, input);
      CHECK(complaint_about(outcome, whole.output) == "");
      CHECK(whole.finished == (outcome.after != After::kWaits));
      if (outcome.after == After::kOpen) CHECK(!converse(target.server, row.octets).finished);
      check_served(target.server);
    });
  }
}

TEST_CASE("hostile table: segmentation changes nothing", "[http][hostile]") {
  for (const std::string& policy : tests::hostile_policies()) {
    Target target(policy);
    for_rows(policy, [&](const HostileRow& row, const HostileOutcome& outcome) {
      const std::string input = sent(row, outcome);
      const Outcome whole = converse(target.server, input);
      REQUIRE(converse(target.server, input, {1}) == whole);
      REQUIRE(converse(target.server, input, {1}, 1) == whole);
      for (const size_t chunk : {1U, 7U, 241U}) {
        REQUIRE(converse(target.server, input, {SIZE_MAX}, chunk) == whole);
      }
      const size_t step = input.size() <= kLongRow ? 1 : input.size() / 60;
      for (size_t first = 1; first < input.size(); first += step) {
        CAPTURE(first);
        REQUIRE(converse(target.server, input, {first, SIZE_MAX}) == whole);
      }
    });
  }
}

// Cut off anywhere, a row has been answered with no more than the whole would be;
// and whoever then says nothing is got rid of.
TEST_CASE("hostile table: an end at any octet leaves nothing hanging", "[http][hostile]") {
  Target target("");
  NoStream stream;
  for_rows("", [&](const HostileRow& row, const HostileOutcome&) {
    const std::string whole = converse(target.server, row.octets).output;
    const size_t step = row.octets.size() <= kLongRow ? 1 : row.octets.size() / 60;
    for (size_t size = 0; size <= row.octets.size(); size += step) {
      CAPTURE(size);
      const std::string_view part = std::string_view(row.octets).substr(0, size);
      const Outcome cut = converse(target.server, part);
      REQUIRE(whole.starts_with(cut.output));

      const auto connection = target.server.accept(stream);
      std::array<uint8_t, 2048> out{};
      const auto draw = [&] {
        while (connection->has_output()) REQUIRE(connection->transmit(out) > 0);
      };
      for (std::string_view rest = part; !rest.empty(); draw()) {
        const size_t n = std::min(rest.size(), connection->receive_window());
        REQUIRE(n > 0);
        connection->receive(as_bytes(rest.substr(0, n)));
        rest.remove_prefix(n);
      }
      connection->idle();
      draw();
      REQUIRE(connection->finished());
    }
  });
}

}  // namespace scwsim::http::test
