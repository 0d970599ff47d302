#include "tests/support/card_profile.h"

#include <catch2/catch.hpp>
#include <filesystem>

namespace scwsim::tests {

namespace {
constexpr const char* kDefault = SCWSIM_SOURCE_DIR "/card/profile/default";
}

CardProfile::CardProfile() {
  std::filesystem::copy(kDefault, folder_.path(), std::filesystem::copy_options::recursive);
  json = nlohmann::json::parse(read_text(folder_.path("profile.json")));
  json.erase("$schema");  // lies elsewhere
}

std::string CardProfile::save() {
  write_text(folder_.path("profile.json"), json.dump(2));
  return folder_.path("profile.json");
}

void make_certificate_files(const CardProfile& profile, const std::string& name,
                            const std::vector<std::string>& key) {
  std::vector<std::string> arguments = {"openssl",
                                        "req",
                                        "-x509",
                                        "-nodes",
                                        "-days",
                                        "30",
                                        "-subj",
                                        "/CN=localuicc",
                                        "-addext",
                                        "subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost,"
                                        "DNS:localuicc",
                                        "-keyout",
                                        profile.path(name + ".key"),
                                        "-out",
                                        profile.path(name + ".pem"),
                                        "-newkey"};
  arguments.insert(arguments.end(), key.begin(), key.end());
  Process openssl(arguments);
  const int status = openssl.wait();
  CAPTURE(openssl.errors());
  REQUIRE(status == 0);
}

HttpsProfile::HttpsProfile() {
  make_certificate_files(*this, "ec", {"ec", "-pkeyopt", "ec_paramgen_curve:P-256"});
  make_certificate_files(*this, "rsa", {"rsa:2048"});
  json["https"]["certificates"] = {{{"certificate", "ec.pem"}, {"key", "ec.key"}},
                                   {{"certificate", "rsa.pem"}, {"key", "rsa.key"}}};
  json["https"]["shared_keys"] = {{{"identity", kTestPskIdentity}, {"key", kTestPsk}}};
  json["https"]["suites"] = {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                             "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                             "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
                             "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                             "TLS_RSA_WITH_AES_128_GCM_SHA256",
                             "TLS_RSA_WITH_AES_128_CBC_SHA",
                             "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
                             "TLS_PSK_WITH_AES_128_GCM_SHA256",
                             "TLS_PSK_WITH_AES_128_CCM",
                             "TLS_PSK_WITH_AES_128_CCM_8",
                             "TLS_PSK_WITH_AES_128_CBC_SHA256",
                             "TLS_PSK_WITH_AES_128_CBC_SHA",
                             "TLS_PSK_WITH_3DES_EDE_CBC_SHA",
                             "TLS_PSK_WITH_NULL_SHA256",
                             "TLS_PSK_WITH_NULL_SHA384",
                             "TLS_PSK_WITH_NULL_SHA"};
}

}  // namespace scwsim::tests
