// What the card proves itself with in TLS: certificates with their private keys,
// and keys shared beforehand (RFC 4279). Personalisation puts them into an area
// of the store; the server reads them from there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "card/base/bytes.h"
#include "card/base/random.h"
#include "card/store/image.h"
#include "card/store/store.h"

namespace scwsim::http {

/// A certificate and what belongs to it, DER throughout.
struct CertificateSpec {
  std::vector<std::vector<uint8_t>> chain;  ///< the card's own first
  std::vector<uint8_t> key;                 ///< PKCS #1 or SEC 1
};

/// A pre-shared key and the name by which a client calls it.
struct PskSpec {
  std::string identity;      ///< 1 to kMaxPskIdentity octets
  std::vector<uint8_t> key;  ///< 1 to kMaxPsk octets
};

inline constexpr size_t kMaxPskIdentity = 128;
inline constexpr size_t kMaxPsk = 32;
inline constexpr size_t kMaxCertificates = 4;
inline constexpr size_t kMaxPsks = 16;

struct Credentials {
  std::vector<CertificateSpec> certificates;
  std::vector<PskSpec> psks;
};

/// The certificates and the key in `chain` and `key`, PEM or DER. Gives what is
/// wrong with them: unreadable, not of each other, a kind of key that TLS here
/// does not serve (RSA of 1024 bits and more, ECDSA).
struct CertificateFault {
  bool in_key = false;  ///< it is the key, not the certificate
  std::string reason;
};
std::optional<CertificateFault> read_certificate(Bytes chain, Bytes key,
                                                 CertificateSpec& certificate);

/// Makes the certificate of a card that was given none: EC P-256, signed by itself,
/// for 127.0.0.1, ::1, localhost and localuicc, valid from 2020 to 2049 since a card
/// has no clock; `name` tells cards apart. The same `random`, the same octets.
CertificateSpec make_certificate(std::string_view name, RandomStream& random);

/// Puts them into the TLS area of `image`, which must be empty. False when there
/// are too many, or one is too large.
bool lay_out(const Credentials& credentials, store::Image& image);

/// What lay_out() put into the area; nothing when it holds none.
std::optional<Credentials> read_credentials(const store::Store& store);

}  // namespace scwsim::http
