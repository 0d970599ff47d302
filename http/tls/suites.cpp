#include "http/tls/suites.h"

#include <mbedtls/ssl.h>
#include <mbedtls/version.h>

#include <algorithm>
#include <array>

#include "http/tls/arena.h"

namespace scwsim::http {
namespace {

constexpr std::array<std::string_view, 3> kVersions = {"1.0", "1.1", "1.2"};

constexpr std::array<std::string_view, 30> kDefaultSuites = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_PSK_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_RSA_WITH_AES_128_CBC_SHA256",
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_PSK_WITH_AES_128_GCM_SHA256",
    "TLS_PSK_WITH_AES_256_GCM_SHA384",
    "TLS_PSK_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_PSK_WITH_AES_128_CCM",
    "TLS_PSK_WITH_AES_256_CCM",
    "TLS_PSK_WITH_AES_128_CCM_8",
    "TLS_PSK_WITH_AES_256_CCM_8",
    "TLS_PSK_WITH_AES_128_CBC_SHA256",
    "TLS_PSK_WITH_AES_256_CBC_SHA384",
    "TLS_PSK_WITH_AES_128_CBC_SHA",
    "TLS_PSK_WITH_AES_256_CBC_SHA",
};

// What real cards speak and the packaged library does not (spec/tls.md §0).
constexpr std::array<std::string_view, 4> kOftenMissing = {
    "TLS_PSK_WITH_NULL_SHA", "TLS_PSK_WITH_NULL_SHA256", "TLS_PSK_WITH_NULL_SHA384",
    "TLS_PSK_WITH_3DES_EDE_CBC_SHA"};

// The library writes hyphens where the registry has underscores.
std::string replaced(std::string_view name, char from, char to) {
  std::string other(name);
  std::ranges::replace(other, from, to);
  return other;
}

}  // namespace

std::optional<TlsVersion> tls_version_from(std::string_view text) {
  const auto place = std::ranges::find(kVersions, text);
  if (place == kVersions.end()) return std::nullopt;
  return static_cast<TlsVersion>(place - kVersions.begin() + 1);
}

std::string_view to_string(TlsVersion version) {
  return kVersions[static_cast<size_t>(version) - 1];
}

std::span<const std::string_view> default_suites() { return kDefaultSuites; }

std::optional<uint16_t> suite_number(std::string_view name) {
  if (!is_suite_name(name)) return std::nullopt;
  const int id = mbedtls_ssl_get_ciphersuite_id(replaced(name, '_', '-').c_str());
  if (id == 0) return std::nullopt;
  return static_cast<uint16_t>(id);
}

std::string suite_name(int number) {
  const std::string_view name = mbedtls_ssl_get_ciphersuite_name(number);
  return name == "unknown" ? std::string() : replaced(name, '-', '_');
}

bool is_suite_name(std::string_view name) {
  const bool letters = std::ranges::all_of(
      name, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
  return letters && name.starts_with("TLS_") && name.find("_WITH_") != std::string_view::npos;
}

std::vector<std::string> missing_abilities() {
  std::vector<std::string> missing;
  for (const std::string_view name : kOftenMissing) {
    if (!suite_number(name)) missing.push_back("no suite " + std::string(name));
  }
  if (!Arena::enforced()) missing.emplace_back("no bound on the memory of a session");
  return missing;
}

std::string tls_library() {
  return std::string("mbedTLS ") + MBEDTLS_VERSION_STRING +
         (Arena::enforced() ? " (own build)" : " (packaged)");
}

}  // namespace scwsim::http
