// The table of hostile requests through TLS: what the card refuses in clear it
// refuses there, too.
#include <catch2/catch.hpp>

#include "tests/support/hostile_table.h"
#include "tests/support/process.h"
#include "tests/support/raw_connection.h"
#include "tests/support/tls_client.h"

using namespace scwsim::tests;

namespace {

constexpr size_t kLongRow = 200;  // each piece is a record of its own, and takes its time

// OpenSSL over a socket. Sessions are resumed, so that a row costs no key exchange.
class TlsStream : public OctetStream {
 public:
  TlsStream(uint16_t port, TlsSession& session)
      : socket_(port), client_(offer(session)), session_(session) {
    while (!client_.connected() && exchange()) {
    }
    REQUIRE(client_.failure() == "");
    REQUIRE(client_.connected());
    session_ = client_.session();
  }

  bool send(std::string_view octets) override {
    client_.say(octets);
    return flush();
  }
  void finish_sending() override {
    client_.close();
    flush();
  }
  std::string read_all() override {
    while (exchange()) {
    }
    return client_.heard();
  }

 private:
  static TlsOffer offer(const TlsSession& session) {
    TlsOffer offer;
    offer.session = session;
    return offer;
  }

  bool flush() {
    while (client_.has_output()) {
      if (!socket_.try_send(client_.take())) return false;
    }
    return true;
  }

  // Sends what there is, and waits for octets. False at the end of the connection.
  bool exchange() {
    flush();
    const std::string& received = socket_.read(fed_ + 1);
    if (received.size() == fed_) return false;
    client_.feed(std::string_view(received).substr(fed_));
    fed_ = received.size();
    return true;
  }

  RawConnection socket_;
  TlsClient client_;
  TlsSession& session_;
  size_t fed_ = 0;
};

void try_rows_through_tls(const std::string& policy, size_t piece) {
  const TemporaryFolder folder;
  write_text(folder.path("profile.json"), hostile_profile(policy));
  RunningScwsim scwsim({"--profile", folder.path("profile.json"), "--log-level", "error"});
  TlsSession session;
  const Dial dial = [&] { return std::make_unique<TlsStream>(scwsim.https_port(), session); };
  int tried = 0;
  for (const HostileRow& row : hostile_rows()) {
    const auto outcome = row.outcomes.find(policy);
    if (outcome == row.outcomes.end() || row.clear_only) continue;
    if (piece < row.octets.size() && row.octets.size() > kLongRow) continue;
    CAPTURE(row.name, policy);
    CHECK(try_hostile_row(row, outcome->second, dial, piece) == "");
    ++tried;
  }
  CHECK((tried > 300 || !policy.empty()));
  CHECK(scwsim.stop() == 0);
}

}  // namespace

TEST_CASE("every row of the table has its only outcome through TLS", "[hostile]") {
  for (const std::string& policy : hostile_policies()) try_rows_through_tls(policy, SIZE_MAX);
}

TEST_CASE("short rows of the table have it octet by octet through TLS", "[hostile]") {
  try_rows_through_tls("", 1);
}
