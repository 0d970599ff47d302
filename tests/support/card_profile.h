// A profile to be changed: the default one, copied into a folder of the test's own.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/process.h"

namespace scwsim::tests {

class CardProfile {
 public:
  CardProfile();

  /// The profile as it will be written; to be changed.
  nlohmann::json json;

  /// Writes it, and gives its path, for --profile.
  std::string save();
  /// The path of a file beside it.
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path(name); }

 private:
  TemporaryFolder folder_;
};

/// Makes a certificate for the card's names and its key with the openssl program,
/// NAME.pem and NAME.key beside `profile`; `key` as in `openssl req -newkey`.
void make_certificate_files(const CardProfile& profile, const std::string& name,
                            const std::vector<std::string>& key);

inline constexpr const char* kTestPskIdentity = "8988211000000123456F";
inline constexpr const char* kTestPsk = "303132333435363738393A3B3C3D3E3F";

/// A profile whose HTTPS speaks every suite of the matrix in spec/tls.md and the usual
/// certificate suites, with an EC and an RSA certificate and one shared key.
class HttpsProfile : public CardProfile {
 public:
  HttpsProfile();
};

}  // namespace scwsim::tests
