#include "tools/lab/policy_file.h"

#include "card/profile/json_value.h"
#include "card/profile/profile.h"
#include "tools/lab/user_file.h"

namespace scwsim::lab {

namespace {

using profile::JsonValue;

constexpr uint32_t kMostMilliseconds = 24 * 3600 * 1000;
constexpr uint32_t kAnyNumber = 0xFFFFFFFF;

// A proactive command by the name that the standard gives it.
cat::CommandType read_command(const JsonValue& json) {
  const std::string name = json.text();
  for (unsigned type = 0; type <= 0xFF; ++type) {
    const auto command = static_cast<cat::CommandType>(type);
    if (cat::name_of(command) == name) return command;
  }
  json.fail("expected a proactive command, as \"OPEN CHANNEL\", found " + json.shown());
}

terminal::CannedResult read_canned(const JsonValue& json) {
  json.require_object({"command", "result", "additional", "times"});
  terminal::CannedResult canned;
  canned.type = read_command(json.at("command"));
  canned.result = json.at("result").octets(1, 1)[0];
  if (json.has("additional")) canned.additional = json.at("additional").octets(1, 1)[0];
  if (json.has("times")) canned.times = json.at("times").number(1, kAnyNumber);
  return canned;
}

terminal::Attach read_attach(const JsonValue& json) {
  const std::string when = json.text();
  if (when == "first_byte") return terminal::Attach::kFirstByte;
  if (when == "accept") return terminal::Attach::kAccept;
  json.fail("expected first_byte or accept, found " + json.shown());
}

terminal::Policy read_policy(const JsonValue& json) {
  json.require_object({"attach", "channels", "most_received", "largest_buffer",
                       "refuse_large_buffers", "data_before_status", "event_delay", "drop_after",
                       "omitted_object", "wrong_numbers", "canned", "poll_interval_ms"});
  const auto number = [&](std::string_view name, uint32_t least, uint32_t most, auto& field) {
    using Field = std::remove_reference_t<decltype(field)>;
    if (json.has(name)) field = static_cast<Field>(json.at(name).number(least, most));
  };
  const auto boolean = [&](std::string_view name, bool& field) {
    if (json.has(name)) field = json.at(name).boolean();
  };
  terminal::Policy policy;
  if (json.has("attach")) policy.attach = read_attach(json.at("attach"));
  number("channels", 1, cat::kMaxChannels, policy.channels);
  number("most_received", 1, terminal::kMaxReceived, policy.most_received);
  number("largest_buffer", 1, 0xFFFF, policy.largest_buffer);
  boolean("refuse_large_buffers", policy.refuse_large_buffers);
  boolean("data_before_status", policy.data_before_status);
  number("event_delay", 0, kAnyNumber, policy.event_delay);
  number("drop_after", 0, kAnyNumber, policy.drop_after);
  if (json.has("omitted_object")) {
    policy.omitted_object = json.at("omitted_object").octets(1, 1)[0];
  }
  number("wrong_numbers", 0, kAnyNumber, policy.wrong_numbers);
  if (json.has("canned")) {
    for (const JsonValue& row : json.at("canned").elements()) {
      policy.canned.push_back(read_canned(row));
    }
  }
  uint32_t poll_ms = 0;
  number("poll_interval_ms", 1, kMostMilliseconds, poll_ms);
  if (poll_ms > 0) policy.poll_interval = std::chrono::milliseconds(poll_ms);
  return policy;
}

}  // namespace

terminal::Policy load_policy(const std::string& path) {
  const auto octets = read_octets(path);
  if (!octets) throw std::runtime_error(unreadable(path, "terminal policy"));
  try {
    const nlohmann::json parsed = profile::parse_json(as_text(*octets));
    return read_policy(JsonValue(parsed, ""));
  } catch (const profile::ProfileError& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

}  // namespace scwsim::lab
