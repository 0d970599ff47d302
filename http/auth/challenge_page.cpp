#include "http/auth/challenge_page.h"

#include <algorithm>

namespace scwsim::http {
namespace {

constexpr std::string_view kField = "WWW-Authenticate";
constexpr std::string_view kContent =
    "<!DOCTYPE html><meta name=color-scheme content=\"light dark\"><title>401 Unauthorized</title>"
    "<h1>401 Unauthorized</h1><p>this page is for users with a password.\n";

constexpr std::string_view kDigestText =
    "Digest realm=\"\", qop=\"auth\", algorithm=SHA-256, nonce=\"\", charset=UTF-8, stale=true";
constexpr size_t kMostValue = kDigestText.size() + kMostSetName + Nonces::kTextSize;

/// A field value put together from pieces.
class Value {
 public:
  explicit Value(std::initializer_list<std::string_view> parts) {
    for (const std::string_view part : parts) writer_.bytes(as_bytes(part));
  }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;
  [[nodiscard]] std::string_view text() const { return as_text(writer_.written()); }

 private:
  std::array<uint8_t, kMostValue> room_{};
  ByteWriter writer_{room_};
};

}  // namespace

void ChallengePage::respond(ResponseHead& head) {
  head.start(Status::kUnauthorized);
  const std::string_view nonce(nonce_.data(), nonce_.size());
  for (const Algorithm algorithm : {Algorithm::kSha256, Algorithm::kMd5}) {
    if (!set_.schemes.has(algorithm)) continue;
    head.field(kField, Value({"Digest realm=\"", set_.realm(),
                              "\", qop=\"auth\", algorithm=", name_of(algorithm), ", nonce=\"",
                              nonce, "\", charset=UTF-8", stale_ ? ", stale=true" : ""})
                           .text());
  }
  if (set_.schemes.basic) {
    head.field(kField, Value({"Basic realm=\"", set_.realm(), "\", charset=\"UTF-8\""}).text());
  }
  head.field("Content-Type", "text/html; charset=utf-8");
  head.length(kContent.size());
}

size_t ChallengePage::read(std::span<uint8_t> out) {
  const size_t n = std::min(out.size(), kContent.size() - given_);
  std::ranges::copy(as_bytes(kContent).subspan(given_, n), out.begin());
  given_ += n;
  return n;
}

bool ChallengePage::done() const { return given_ == kContent.size(); }

}  // namespace scwsim::http
