#include "http/auth/authorization.h"

#include <algorithm>
#include <array>
#include <utility>

#include "http/wire/characters.h"

namespace scwsim::http {
namespace {

enum class Parameter : uint8_t {
  kUsername,
  kExtendedUsername,
  kRealm,
  kNonce,
  kUri,
  kResponse,
  kAlgorithm,
  kClientNonce,
  kOpaque,
  kQop,
  kNonceCount,
  kUserHash,
};

/// The names, in the order of Parameter.
constexpr std::array<std::string_view, 12> kParameterNames = {
    "username",  "username*", "realm",  "nonce", "uri", "response",
    "algorithm", "cnonce",    "opaque", "qop",   "nc",  "userhash"};

constexpr size_t kNonceCountDigits = 8;

/// The value of a base64 digit (RFC 4648 §4); nothing for any other character.
std::optional<unsigned> base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a') + 26;
  if (is(c, Octets::kDigit)) return static_cast<unsigned>(c - '0') + 52;
  if (c == '+') return 62;
  if (c == '/') return 63;
  return std::nullopt;
}

void skip_blanks(std::string_view& rest) {
  const size_t text = rest.find_first_not_of(" \t");
  rest.remove_prefix(std::min(text, rest.size()));
}

std::string_view take_token(std::string_view& rest) {
  size_t size = 0;
  while (size < rest.size() && is(rest[size], Octets::kToken)) ++size;
  const std::string_view token = rest.substr(0, size);
  rest.remove_prefix(size);
  return token;
}

class Parser {
 public:
  Parser(std::span<uint8_t> room, Refusal& refusal) : room_(room), refusal_(refusal) {}

  std::optional<BasicCredentials> basic(std::string_view token);
  std::optional<DigestCredentials> digest(std::string_view rest);

 private:
  std::nullopt_t refuse(std::string_view reason) {
    refusal_ = {Status::kBadRequest, reason};
    return std::nullopt;
  }

  bool parameter(std::string_view& rest);
  std::optional<std::string_view> quoted_string(std::string_view& rest);
  std::optional<std::string_view> user();
  std::optional<std::string_view> extended_value(std::string_view value);

  [[nodiscard]] std::optional<std::string_view> given(Parameter p) const {
    return values_[static_cast<size_t>(p)];
  }

  // What was written to the room from octet `begin` on.
  [[nodiscard]] std::string_view written(size_t begin) const {
    return as_text(room_.written().subspan(begin));
  }

  ByteWriter room_;
  Refusal& refusal_;
  std::array<std::optional<std::string_view>, kParameterNames.size()> values_{};
};

// base64(user-id ":" password), padded (RFC 7617 §2).
std::optional<BasicCredentials> Parser::basic(std::string_view token) {
  constexpr std::string_view kBroken = "the Basic credentials are not base64";
  size_t digits = token.size();
  while (digits > 0 && token.size() - digits < 2 && token[digits - 1] == '=') --digits;
  if (token.empty() || token.size() % 4 != 0) return refuse(kBroken);
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : token.substr(0, digits)) {
    const auto value = base64_value(c);
    if (!value) return refuse(kBroken);
    bits = (bits << 6 | *value) & 0xFFFF;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    room_.u8(static_cast<uint8_t>(bits >> held));
  }
  if ((bits & ((1U << held) - 1)) != 0) return refuse(kBroken);  // one octet string, one text
  const std::string_view text = written(0);
  const bool has_control =
      std::ranges::any_of(text, [](char c) { return !is(c, Octets::kLine) || c == '\t'; });
  if (has_control) return refuse("the Basic credentials hold a control character");
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return refuse("the Basic credentials lack a colon");
  return BasicCredentials{text.substr(0, colon), text.substr(colon + 1)};
}

std::optional<DigestCredentials> Parser::digest(std::string_view rest) {
  for (skip_blanks(rest); !rest.empty(); skip_blanks(rest)) {
    if (rest.front() == ',') {  // also where an element is empty (RFC 9110 §5.6.1)
      rest.remove_prefix(1);
      continue;
    }
    if (!parameter(rest)) return std::nullopt;
    skip_blanks(rest);
    if (!rest.empty() && rest.front() != ',') {
      return refuse("the parameters of Authorization lack a comma");
    }
  }
  const auto name = user();
  if (!name) return std::nullopt;
  for (const Parameter p :
       {Parameter::kRealm, Parameter::kNonce, Parameter::kUri, Parameter::kResponse}) {
    if (!given(p)) return refuse("the Digest credentials lack realm, nonce, uri or response");
  }
  const auto count = given(Parameter::kNonceCount);
  const bool counted = given(Parameter::kQop).has_value();
  if (count.has_value() != counted || given(Parameter::kClientNonce).has_value() != counted) {
    return refuse("qop, nc and cnonce of Digest come together or not at all");
  }
  if (counted && given(Parameter::kQop)->empty()) return refuse("the qop of Digest is empty");
  if (count && (count->size() != kNonceCountDigits || !all_are(*count, Octets::kHexDigit))) {
    return refuse("the nc of Digest is not eight hexadecimal digits");
  }
  return DigestCredentials{
      .user = *name,
      .realm = *given(Parameter::kRealm),
      .nonce = *given(Parameter::kNonce),
      .uri = *given(Parameter::kUri),
      .response = *given(Parameter::kResponse),
      .algorithm = given(Parameter::kAlgorithm).value_or(std::string_view{}),
      .qop = given(Parameter::kQop).value_or(std::string_view{}),
      .nonce_count = count.value_or(std::string_view{}),
      .client_nonce = given(Parameter::kClientNonce).value_or(std::string_view{}),
      .user_is_hashed =
          equal_ignoring_case(given(Parameter::kUserHash).value_or(std::string_view{}), "true")};
}

// token BWS "=" BWS ( token / quoted-string ) (RFC 9110 §11.2).
bool Parser::parameter(std::string_view& rest) {
  const std::string_view name = take_token(rest);
  skip_blanks(rest);
  if (name.empty() || rest.empty() || rest.front() != '=') {
    refuse("a parameter of Authorization is not name=value");
    return false;
  }
  rest.remove_prefix(1);
  skip_blanks(rest);
  std::optional<std::string_view> value;
  if (rest.starts_with('"')) {
    value = quoted_string(rest);
    if (!value) return false;
  } else {
    value = take_token(rest);
    if (value->empty()) {
      refuse("a parameter of Authorization has no value");
      return false;
    }
  }
  const auto same = [name](std::string_view known) { return equal_ignoring_case(known, name); };
  const auto known = std::ranges::find_if(kParameterNames, same);
  if (known == kParameterNames.end()) return true;
  auto& place = values_[static_cast<size_t>(known - kParameterNames.begin())];
  if (place) {
    refuse("a parameter of Authorization is repeated");
    return false;
  }
  place = value;
  return true;
}

// RFC 9110 §5.6.4. Without an escape in it, it stays where it is.
std::optional<std::string_view> Parser::quoted_string(std::string_view& rest) {
  const size_t begin = room_.size();
  bool escaped = false;
  for (size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      const std::string_view value = escaped ? written(begin) : rest.substr(1, i - 1);
      if (!escaped) room_.drop(room_.size() - begin);
      rest.remove_prefix(i + 1);
      return value;
    }
    if (rest[i] == '\\') {
      escaped = true;
      if (++i == rest.size()) break;
    }
    if (!is(rest[i], Octets::kLine)) break;
    room_.u8(static_cast<uint8_t>(rest[i]));
  }
  return refuse("a quoted parameter of Authorization does not end");
}

std::optional<std::string_view> Parser::user() {
  const auto plain = given(Parameter::kUsername);
  const auto extended = given(Parameter::kExtendedUsername);
  if (plain.has_value() == extended.has_value()) {
    return refuse("the Digest credentials have no username or two");
  }
  return plain ? plain : extended_value(*extended);
}

// UTF-8'language'percent-encoded (RFC 8187 §3.2).
std::optional<std::string_view> Parser::extended_value(std::string_view value) {
  constexpr std::string_view kCharset = "UTF-8'";
  constexpr std::string_view kBroken = "the username* of Digest is not percent-encoded UTF-8";
  if (!equal_ignoring_case(value.substr(0, kCharset.size()), kCharset)) return refuse(kBroken);
  value.remove_prefix(kCharset.size());
  const size_t quote = value.find('\'');
  if (quote == std::string_view::npos) return refuse(kBroken);
  value.remove_prefix(quote + 1);
  const size_t begin = room_.size();
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '%') {
      room_.u8(static_cast<uint8_t>(value[i]));
      continue;
    }
    const std::string_view digits = value.substr(i + 1, 2);
    if (digits.size() < 2 || !all_are(digits, Octets::kHexDigit)) return refuse(kBroken);
    room_.u8(static_cast<uint8_t>(hex_value(digits[0]) << 4 | hex_value(digits[1])));
    i += 2;
  }
  // Only a name that was needlessly quoted and escaped, too, can be too much for it.
  if (!room_.ok()) return refuse(kBroken);
  return written(begin);
}

}  // namespace

std::optional<Authorization> parse_authorization(std::string_view value, std::span<uint8_t> room,
                                                 Refusal& refusal) {
  const auto refuse = [&refusal](std::string_view reason) {
    refusal = {Status::kBadRequest, reason};
    return std::nullopt;
  };
  std::string_view rest = value;
  const std::string_view scheme = take_token(rest);
  if (scheme.empty() || (!rest.empty() && rest.front() != ' ')) {
    return refuse("Authorization does not begin with a scheme");
  }
  Parser parser(room, refusal);
  if (equal_ignoring_case(scheme, "Basic")) {
    const auto basic = parser.basic(trim(rest));
    if (!basic) return std::nullopt;
    return *basic;
  }
  if (equal_ignoring_case(scheme, "Digest")) {
    const auto digest = parser.digest(rest);
    if (!digest) return std::nullopt;
    return *digest;
  }
  return OtherCredentials{};
}

}  // namespace scwsim::http
