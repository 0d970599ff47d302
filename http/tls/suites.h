// The cipher suites of the card's TLS server, by the names of the IANA registry.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace scwsim::http {

/// Versions of TLS that the card speaks (scws.md §10.5).
enum class TlsVersion : uint8_t { k10 = 1, k11 = 2, k12 = 3 };

/// "1.0", "1.1" or "1.2".
std::optional<TlsVersion> tls_version_from(std::string_view text);
std::string_view to_string(TlsVersion version);

/// The suites that a card offers unless its profile names others, the best first:
/// no NULL, 3DES or anonymous ones.
std::span<const std::string_view> default_suites();

/// The number of a suite, "TLS_PSK_WITH_NULL_SHA"; nothing when the library in use
/// does not have it, whether or not the registry does.
std::optional<uint16_t> suite_number(std::string_view name);

/// The name of a suite; empty when the library does not have it.
std::string suite_name(int number);

/// Whether `name` has the form of a suite's name in the registry.
bool is_suite_name(std::string_view name);

/// What the library in use lacks of what a card's TLS may need, in words, a line
/// each; empty with the own build.
std::vector<std::string> missing_abilities();

/// Name and version of the library, "mbedTLS 2.28.3 (own build)".
std::string tls_library();

}  // namespace scwsim::http
