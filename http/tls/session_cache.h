// Sessions that clients may resume by their identifier (RFC 5246 §7.3), in a table
// of fixed size. A card has no clock: a session lasts for so many uses, and until
// its place is needed. No tickets: what the card has issued it must be able to
// take back.
#pragma once

#include <mbedtls/ssl.h>

#include <cstdint>
#include <vector>

namespace scwsim::http {

/// What a client asks for and its server agrees to, beside the keys. mbedTLS takes it
/// from the session that is resumed; a client who asks for something else would be
/// answered with what he did not ask for.
struct Hello {
  int version = 0;
  int suite = 0;
  int fragments = 0;  ///< max_fragment_length (RFC 6066 §4)
  int encrypt_then_mac = 0;
  int extended_master_secret = 0;
  bool operator==(const Hello&) const = default;
};

/// That of a connection whose ClientHello has been read and not been answered.
Hello hello_of(const mbedtls_ssl_context& ssl);

class SessionCache {
 public:
  /// Keeps up to `places` sessions; each may be resumed `uses` times.
  SessionCache(size_t places, uint32_t uses) : places_(places), uses_(uses) {}

  /// Makes the server of that configuration use the cache, which must outlive it.
  void attach(mbedtls_ssl_config& config);

  /// What the client asks for whose handshake goes on now.
  void set_hello(const Hello& hello) { hello_ = hello; }

  /// Forgets a session, if it is there: one that ended in a fault must not be resumed
  /// (RFC 5246 §7.2.2).
  void forget(const mbedtls_ssl_session& session);

  /// Forgets all sessions.
  void clear() { entries_.clear(); }

  [[nodiscard]] size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    mbedtls_ssl_session session;  // without pointers into a connection
    Hello hello;
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
  Hello hello_;
  std::vector<Entry> entries_;
};

}  // namespace scwsim::http
