// What the tests of http/tls share: an HTTPS server in memory over the site of
// http_support.h, and a conversation of it with OpenSSL's client.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "http/tls/credentials.h"
#include "http/tls/tls_server.h"
#include "tests/support/tls_client.h"
#include "tests/unit/http_support.h"

namespace scwsim::http::test {

using tests::TlsClient;
using tests::TlsOffer;
using tests::TlsSession;

/// An EC certificate, an RSA certificate of 2048 bits and one shared key; made once.
const Credentials& all_credentials();
/// The shared key alone: handshakes without signatures.
const Credentials& psk_credentials();

inline constexpr std::string_view kPskIdentity = "8988211000000123456F";
/// The key that belongs to it.
const std::vector<uint8_t>& psk_key();

/// An offer of the suites named, with the shared key.
TlsOffer offer_of(const std::string& suites, int version = 0);

class Notes final : public Journal {
 public:
  void note(std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

/// Each is made of the same seed.
class TlsBench {
 public:
  explicit TlsBench(const Credentials& credentials = all_credentials(),
                    const TlsSettings& settings = {});

  /// Requests that have been answered.
  [[nodiscard]] uint64_t requests() { return bench.server.counters().requests(); }

  NoStream stream;
  Notes notes;

 private:
  Bench bench;
  std::unique_ptr<store::Store> store_;
  RandomStream random_;

 public:
  TlsServer server;
};

/// All suites of the library that a test may name, by their IANA names.
std::vector<uint16_t> numbers_of(const std::vector<std::string_view>& names);

/// In which pieces the two ends hear each other.
struct Cuts {
  size_t in = SIZE_MAX;    ///< octets that the server gets at a time
  size_t out = 512;        ///< room that it gets to send
  bool hear_last = false;  ///< the client is heard as long as the server takes anything
};

/// Lets the client and a connection of `bench` talk until neither has anything to
/// say. Checks the stream's rules on the way, by REQUIRE. Gives what the client
/// said, octet by octet.
struct TlsTalk {
  std::string from_client;
  std::string from_server;
  bool accepted = true;   ///< there was a connection at all
  bool finished = false;  ///< the server has ended it
};
TlsTalk talk(TlsBench& bench, TlsClient& client, const Cuts& cuts = {});

/// The same with a client that says `octets`, whatever it hears.
TlsTalk replay(TlsBench& bench, std::string_view octets, const Cuts& cuts = {});

}  // namespace scwsim::http::test
