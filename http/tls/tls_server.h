// The card's HTTPS server (RFC 2818; OMA SCWS, interface SCWS-1): takes connections
// of a bearer, speaks TLS 1.0 to 1.2 on them, and hands what they say to the web
// server. Nothing is made before the first connection comes: a card whose HTTPS
// nobody uses holds no TLS.
#pragma once

#include <mbedtls/ssl.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

#include "card/base/journal.h"
#include "card/base/random.h"
#include "card/store/store.h"
#include "http/server.h"
#include "http/tls/session_cache.h"
#include "http/tls/suites.h"

namespace scwsim::http {

struct TlsSettings {
  TlsVersion lowest = TlsVersion::k10;
  TlsVersion highest = TlsVersion::k12;
  std::vector<uint16_t> suites;   ///< by preference; none: the default ones
  size_t session_memory = 65536;  ///< most octets that one session may take
  size_t resumable_sessions = 8;  ///< that the card remembers; 0: none
  uint32_t session_uses = 100;    ///< how often each may be resumed
};

/// What the server has done since it was made.
struct TlsCounters {
  uint64_t handshakes = 0;  ///< that came to their end, resumed ones included
  uint64_t resumed = 0;
  uint64_t refused = 0;    ///< connections that ended in a fault, before or after
  size_t most_memory = 0;  ///< octets that the largest session took

  void saw(size_t memory) { most_memory = std::max(most_memory, memory); }
};

class TlsServer final : public Acceptor {
 public:
  /// An HTTPS server in front of `http`, proving itself with what the TLS area of
  /// `store` holds. All but `settings` must outlive it; `journal` may be null.
  TlsServer(Server& http, const store::Store& store, RandomStream& random, TlsSettings settings,
            Journal* journal);
  ~TlsServer() override;

  /// Opens a connection, or none when the card has nothing to prove itself with, or
  /// no memory.
  std::unique_ptr<StreamHandler> accept(Stream& stream) override;

  /// Forgets what does not survive a loss of power: sessions to resume, and all
  /// that can be made again. No connection may be open.
  void reset();

  [[nodiscard]] const TlsCounters& counters() const { return counters_; }

  // For connections:

  [[nodiscard]] Server& http() { return http_; }
  [[nodiscard]] TlsCounters& counters() { return counters_; }
  [[nodiscard]] size_t session_memory() const { return settings_.session_memory; }
  /// Whose turn it is in a handshake: sessions are resumed only by a client who asks
  /// for the very same things.
  void set_hello(const Hello& hello);
  /// A session that has come to a bad end is not resumed.
  void forget(const mbedtls_ssl_session& session);
  /// Reads the private keys anew, after a connection has run out of memory: what RSA
  /// keeps in a key from one use to the next may have been left half done.
  void renew_keys();
  /// Notes what happened on a connection.
  void note(std::string_view what, std::string_view detail);

 private:
  struct Setup;

  Setup* setup();

  Server& http_;
  const store::Store& store_;
  RandomStream& random_;
  TlsSettings settings_;
  Journal* journal_;
  TlsCounters counters_;
  std::unique_ptr<Setup> setup_;
};

}  // namespace scwsim::http
