#include "http/auth/guard.h"

#include <algorithm>
#include <array>

#include "http/auth/challenge_page.h"
#include "http/auth/digest.h"
#include "http/status_page.h"
#include "http/wire/characters.h"
#include "http/wire/request_target.h"

namespace scwsim::http {
namespace {

/// The algorithm that a Digest response names and `set` offers.
std::optional<Algorithm> algorithm_of(std::string_view name, const SetRow& set) {
  if (name.empty()) name = name_of(Algorithm::kMd5);  // RFC 7616 §3.4
  for (const Algorithm algorithm : {Algorithm::kMd5, Algorithm::kSha256}) {
    if (equal_ignoring_case(name, name_of(algorithm)) && set.schemes.has(algorithm)) {
      return algorithm;
    }
  }
  return std::nullopt;
}

/// Whether `uri`, as a client signed it, names what `request` asks for. Both are
/// compared decoded: the request line is by now, and where a proxy or an absolute
/// URI writes the same resource otherwise, it is the resource that counts
/// (RFC 7616 §3.4.6).
bool names_target(std::string_view uri, const Request& request, const Policy& policy) {
  std::array<uint8_t, kMaxHead> text;  // raw until copied to
  if (uri.empty() || uri.size() > text.size()) return false;
  std::ranges::copy(as_bytes(uri), text.begin());
  Refusal ignored;
  const auto target =
      decode_target(std::span<uint8_t>(text).first(uri.size()), request.method, policy, ignored);
  return target && target->path == request.path && target->query == request.query;
}

}  // namespace

void Guard::restart() {
  nonces_.restart(random_);
  tries_.restart();
}

Page* Guard::refuse(const Request& request, const SetRow& set, const Policy& policy,
                    PageSlot& slot) {
  if (set.https_only && !request.peer.secure) {
    return &slot.emplace<StatusPage>(Status::kForbidden, "this page is served over HTTPS only");
  }
  if (!set.schemes.any()) return nullptr;
  const Verdict verdict = judge(request, set, policy);
  switch (verdict) {
    case Verdict::kPass: return nullptr;
    case Verdict::kBroken: return &slot.emplace<StatusPage>(refusal_.status, refusal_.reason);
    case Verdict::kWrong:
    case Verdict::kStale: break;
  }
  return &slot.emplace<ChallengePage>(set, nonces_.issue(), verdict == Verdict::kStale);
}

Guard::Verdict Guard::judge(const Request& request, const SetRow& set, const Policy& policy) {
  const auto field = request.fields.index_of(FieldName::kAuthorization);
  if (!field) return Verdict::kWrong;
  if (request.fields.index_of(FieldName::kAuthorization, *field + 1)) {
    refusal_ = {Status::kBadRequest, "Authorization is repeated"};
    return Verdict::kBroken;
  }
  std::array<uint8_t, kMaxHead> room;  // raw until written to
  const auto authorization = parse_authorization(request.fields.value(*field), room, refusal_);
  if (!authorization) return Verdict::kBroken;
  if (const auto* basic = std::get_if<BasicCredentials>(&*authorization)) {
    return judge_basic(*basic, set);
  }
  if (const auto* digest = std::get_if<DigestCredentials>(&*authorization)) {
    return judge_digest(*digest, request, set, policy);
  }
  return Verdict::kWrong;
}

Guard::Verdict Guard::judge_basic(const BasicCredentials& credentials, const SetRow& set) {
  if (!set.schemes.basic) return Verdict::kWrong;
  const Account account = this->account(set, credentials.user, Algorithm::kSha256);
  const Hash offered =
      digest_secret(Algorithm::kSha256, credentials.user, set.realm(), credentials.password);
  const bool right = equal_in_constant_time(offered.bytes(), account.secret.bytes());
  if (!right || !account.user) {
    count_wrong(account);
    return Verdict::kWrong;
  }
  tries_.count_right(*account.user);
  return Verdict::kPass;
}

Guard::Verdict Guard::judge_digest(const DigestCredentials& credentials, const Request& request,
                                   const SetRow& set, const Policy& policy) {
  const auto algorithm = algorithm_of(credentials.algorithm, set);
  const bool qop_known = credentials.qop.empty() ? policy.accept_digest_without_qop
                                                 : equal_ignoring_case(credentials.qop, "auth");
  if (!algorithm || !qop_known || credentials.user_is_hashed || credentials.realm != set.realm()) {
    return Verdict::kWrong;
  }
  if (!names_target(credentials.uri, request, policy)) {
    refusal_ = {Status::kBadRequest, "the uri of Digest is not the target of the request"};
    return Verdict::kBroken;
  }
  const Account account = this->account(set, credentials.user, *algorithm);
  const HexText proper =
      digest_response(*algorithm, account.secret.bytes(),
                      {.method = kMethodNames[static_cast<size_t>(request.method)],
                       .uri = credentials.uri,
                       .nonce = credentials.nonce,
                       .qop = credentials.qop,
                       .nonce_count = credentials.nonce_count,
                       .client_nonce = credentials.client_nonce});
  const bool right =
      equal_in_constant_time(as_bytes(credentials.response), as_bytes(proper.text()));
  if (!right || !account.user) {
    // Whatever the nonce: who could try with old ones would not be counted.
    count_wrong(account);
    return Verdict::kWrong;
  }
  return use_nonce(credentials, *account.user);
}

// The response is right. It may still be one that somebody listened to.
Guard::Verdict Guard::use_nonce(const DigestCredentials& credentials, size_t user) {
  Nonces::Use use{};
  if (credentials.qop.empty()) {
    use = nonces_.use_up(credentials.nonce);
  } else {
    uint32_t count = 0;
    for (const char digit : credentials.nonce_count) count = count << 4 | hex_value(digit);
    use = nonces_.use(credentials.nonce, user, count);
  }
  switch (use) {
    case Nonces::Use::kAccepted: tries_.count_right(user); return Verdict::kPass;
    case Nonces::Use::kStale: return Verdict::kStale;
    case Nonces::Use::kReplayed: break;
  }
  return Verdict::kWrong;
}

// Without such a user, or one who may try, there is still something to compare
// with, so that the answer takes as long.
Guard::Account Guard::account(const SetRow& set, std::string_view user, Algorithm algorithm) const {
  const auto index = protection_.find_user(user);
  const auto secret = index ? protection_.secret_of(*index, set.index, algorithm) : std::nullopt;
  const bool may_try = secret && !tries_.exhausted(*index);
  return {.user = may_try ? index : std::nullopt, .secret = secret.value_or(Hash(algorithm))};
}

void Guard::count_wrong(const Account& account) {
  if (account.user) tries_.count_wrong(*account.user);
}

}  // namespace scwsim::http
