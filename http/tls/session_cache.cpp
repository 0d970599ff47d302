#include "http/tls/session_cache.h"

#include <mbedtls/ssl_internal.h>

#include <algorithm>
#include <span>

namespace scwsim::http {

namespace {
// What mbedTLS asks for: 0 done, 1 not to be had.
constexpr int kDone = 0;
constexpr int kNotHad = 1;

std::span<const uint8_t> identifier(const mbedtls_ssl_session& session) {
  return std::span<const uint8_t>(session.id).first(session.id_len);
}
}  // namespace

Hello hello_of(const mbedtls_ssl_context& ssl) {
  const mbedtls_ssl_session* session = ssl.session_negotiate;
  if (session == nullptr || ssl.handshake == nullptr) return {};
  return {.version = ssl.minor_ver,
          .suite = session->ciphersuite,
          .fragments = session->mfl_code,
          .encrypt_then_mac = session->encrypt_then_mac,
          .extended_master_secret = ssl.handshake->extended_ms};
}

void SessionCache::attach(mbedtls_ssl_config& config) {
  mbedtls_ssl_conf_session_cache(&config, this, get, set);
}

SessionCache::Entry* SessionCache::find(const mbedtls_ssl_session& session) {
  for (Entry& entry : entries_) {
    if (std::ranges::equal(identifier(entry.session), identifier(session))) return &entry;
  }
  return nullptr;
}

int SessionCache::get(void* cache, mbedtls_ssl_session* session) {
  auto& self = *static_cast<SessionCache*>(cache);
  Entry* entry = self.find(*session);
  if (entry == nullptr || entry->hello != self.hello_) return kNotHad;
  *session = entry->session;
  entry->last_use = ++self.now_;
  if (--entry->uses_left == 0) self.remove(*entry);
  return kDone;
}

void SessionCache::remove(Entry& entry) {
  std::swap(entry, entries_.back());
  entries_.pop_back();
}

void SessionCache::forget(const mbedtls_ssl_session& session) {
  if (Entry* entry = find(session)) remove(*entry);
}

int SessionCache::set(void* cache, const mbedtls_ssl_session* session) {
  auto& self = *static_cast<SessionCache*>(cache);
  if (self.places_ == 0 || self.uses_ == 0 || session->id_len == 0) return kNotHad;
  Entry entry{*session, self.hello_, self.uses_, ++self.now_};
  // Our clients have no certificates; whatever points into the connection stays
  // there.
#if defined(MBEDTLS_SSL_KEEP_PEER_CERTIFICATE)
  entry.session.peer_cert = nullptr;
#endif
#if defined(MBEDTLS_SSL_SESSION_TICKETS) && defined(MBEDTLS_SSL_CLI_C)
  entry.session.ticket = nullptr;
  entry.session.ticket_len = 0;
#endif
  if (self.entries_.size() < self.places_) {
    self.entries_.push_back(entry);
  } else {
    *std::ranges::min_element(self.entries_, {}, &Entry::last_use) = entry;
  }
  return kDone;
}

}  // namespace scwsim::http
