// Sessions that clients may resume by their identifier (RFC 5246 §7.3), in a table
// of fixed size. A card has no clock: a session lasts for so many uses, and until
// its place is needed. No tickets: what the card has issued it must be able to
// take back.
#pragma once

#include <mbedtls/ssl.h>

#include <cstdint>
#include <vector>

namespace scwsim::http {

class SessionCache {
 public:
  /// Keeps up to `places` sessions; each may be resumed `uses` times.
  SessionCache(size_t places, uint32_t uses) : places_(places), uses_(uses) {}

  /// Makes the server of that configuration use the cache, which must outlive it.
  void attach(mbedtls_ssl_config& config);

  /// Forgets a session, if it is there: one that ended in a fault must not be resumed
  /// (RFC 5246 §7.2.2).
  void forget(const mbedtls_ssl_session& session);

  /// Forgets all sessions.
  void clear() { entries_.clear(); }

  [[nodiscard]] size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    mbedtls_ssl_session session;  // without pointers into a connection
    uint32_t uses_left;
    uint64_t last_use;
  };

  static int get(void* cache, mbedtls_ssl_session* session);
  static int set(void* cache, const mbedtls_ssl_session* session);
  Entry* find(const mbedtls_ssl_session& session);
  void remove(Entry& entry);

  size_t places_;
  uint32_t uses_;
  uint64_t now_ = 0;  // counts what is asked of the cache
  std::vector<Entry> entries_;
};

}  // namespace scwsim::http
