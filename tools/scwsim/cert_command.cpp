// scwsim cert: the card's certificate as PEM, for curl --cacert and browsers.
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>

#include "tools/lab/user_file.h"
#include "tools/scwsim/commands.h"

namespace scwsim::cli {

namespace {

constexpr std::chrono::seconds kPatience{10};

template <auto Free>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using Context = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using Io = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;

// Ends a connection after a while, whatever goes on on it.
class Deadline {
 public:
  explicit Deadline(int socket)
      : watch_([this, socket](const std::stop_token& stop) {
          std::mutex mutex;
          std::unique_lock lock(mutex);
          std::condition_variable_any ended;
          ended.wait_for(lock, stop, kPatience, [] { return false; });
          if (stop.stop_requested()) return;
          passed_ = true;
          ::shutdown(socket, SHUT_RDWR);
        }) {}

  [[nodiscard]] bool passed() const { return passed_; }

 private:
  std::atomic<bool> passed_ = false;
  std::jthread watch_;
};

std::string last_error() {
  const unsigned long error = ERR_get_error();
  if (ERR_SYSTEM_ERROR(error)) {
    const int reason = ERR_GET_REASON(error);
    return std::generic_category().message(reason) +
           (reason == ECONNREFUSED ? "; start a card there (scwsim up), or name one with "
                                     "--ready-file, --connect or --seed"
                                   : "");
  }
  if (ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) == SSL_R_WRONG_VERSION_NUMBER) {
    return "whoever listens there speaks no TLS";
  }
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  return reason == nullptr ? "no answer" : reason;
}

std::string pem_of(X509* certificate) {
  const Io memory(BIO_new(BIO_s_mem()));
  char* text = nullptr;
  if (!memory || PEM_write_bio_X509(memory.get(), certificate) != 1) return "";
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<size_t>(size)};
}

// The certificate that whoever listens at `address` proves itself with. Any is
// taken: to learn which one it is, is the purpose.
std::string fetch(const std::string& address) {
  const auto fail = [&address](const std::string& why) -> std::runtime_error {
    return std::runtime_error(address + ": cannot fetch the certificate: " + why);
  };
  const Context context(SSL_CTX_new(TLS_client_method()));
  if (!context) throw fail(last_error());
  SSL_CTX_set_security_level(context.get(), 0);  // cards may speak TLS 1.0 only
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  Io socket(BIO_new_connect(address.c_str()));
  if (!socket || BIO_do_connect(socket.get()) != 1) throw fail(last_error());
  std::signal(SIGPIPE, SIG_IGN);  // whoever is there may close at once
  const Deadline deadline(static_cast<int>(BIO_get_fd(socket.get(), nullptr)));
  const Io connection(BIO_new_ssl(context.get(), 1));
  if (!connection) throw fail(last_error());
  BIO_push(connection.get(), socket.release());
  if (BIO_do_handshake(connection.get()) != 1) {
    throw fail(deadline.passed() ? "no handshake within ten seconds" : last_error());
  }
  SSL* ssl = nullptr;
  BIO_get_ssl(connection.get(), &ssl);
  const Certificate certificate(SSL_get1_peer_certificate(ssl));
  if (!certificate) throw fail("the card proves itself with a shared key, not a certificate");
  return pem_of(certificate.get());
}

std::string address_in(const std::string& ready_file) {
  const auto octets = lab::read_octets(ready_file);
  if (!octets) throw UsageError(lab::unreadable(ready_file, "ready file"));
  const auto json = nlohmann::json::parse(as_text(*octets), nullptr, false);
  const bool has = json.is_object() && json.contains("https") && json.at("https").is_string();
  if (!has)
    throw UsageError(ready_file +
                     ": no address under \"https\": the card has no HTTPS, or the terminal has no "
                     "card at the moment");
  return json.at("https").get<std::string>();
}

// Where the card's HTTPS is.
links::Endpoint address_from(const CertOptions& options) {
  const uint16_t usual = options.card.ports == kLegacyPorts ? kLegacyHttpsPort : kHttpsPort;
  if (!options.ready_file.empty()) {
    return endpoint_from(options.ready_file, address_in(options.ready_file), usual);
  }
  if (!options.connect.empty()) return endpoint_from("--connect", options.connect, usual);
  return {boost::asio::ip::address_v4::loopback(), usual};
}

// What a card of that profile and seed has, without one that runs.
std::string compute(const CardOptions& options) {
  const auto card = card_from(options, seed_from(options));
  const std::vector<uint8_t>& der = card->certificate;
  if (der.empty()) throw UsageError("the card of this profile has no HTTPS");
  const uint8_t* next = der.data();
  const Certificate certificate(d2i_X509(nullptr, &next, static_cast<long>(der.size())));
  return certificate ? pem_of(certificate.get()) : "";
}

}  // namespace

int run_cert(const CertOptions& options) {
  const bool live = options.card.seed.empty();
  const std::string pem =
      live ? fetch(links::to_string(address_from(options))) : compute(options.card);
  if (options.out.empty()) {
    std::cout << pem << std::flush;
    if (!std::cout) throw std::runtime_error("standard output cannot be written");
    return 0;
  }
  errno = 0;
  std::ofstream file(options.out, std::ios::binary | std::ios::trunc);
  file << pem << std::flush;
  if (!file) {
    throw std::runtime_error(
        options.out + ": cannot write the certificate: " + std::generic_category().message(errno));
  }
  return 0;
}

}  // namespace scwsim::cli
