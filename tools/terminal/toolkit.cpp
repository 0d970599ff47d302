#include "tools/terminal/toolkit.h"

#include <algorithm>
#include <array>

#include "tools/terminal/local_information.h"
#include "tools/terminal/objects.h"
#include "tools/terminal/user_input.h"

namespace scwsim::terminal {

namespace result = cat::result;
using cat::CommandType;

namespace {

// REFRESH qualifiers (TS 102 223 §8.6).
enum Refresh : uint8_t {
  kInitAndFullFileChange = 0x00,
  kInit = 0x03,
  kUiccReset = 0x04,
  kApplicationReset = 0x05,
  kSessionReset = 0x06
};

Next after_refresh(uint8_t qualifier) {
  if (qualifier == kUiccReset) return Next::kReset;
  const bool reads =
      qualifier <= kInit || qualifier == kApplicationReset || qualifier == kSessionReset;
  return reads ? Next::kRespondAndRead : Next::kRespond;
}

// Duration (TS 102 223 §8.8); no longer and no shorter than a terminal polls.
struct Duration {
  uint8_t unit;
  uint8_t interval;

  [[nodiscard]] std::chrono::milliseconds length() const {
    constexpr std::array<std::chrono::milliseconds, 3> kUnits = {
        std::chrono::minutes(1), std::chrono::seconds(1), std::chrono::milliseconds(100)};
    return interval * kUnits[unit];
  }
};

constexpr uint8_t kSeconds = 0x01;
constexpr uint8_t kTenths = 0x02;

using Command = const ProactiveCommand;

void performed(Toolkit&, Command&, TerminalResponse& response) {
  response.result(result::kPerformed);
}

void no_service(Toolkit&, Command&, TerminalResponse& response) {
  response.result(result::kTerminalBusy, kNoService);
}

}  // namespace

// Commands that are not here are of a type that the terminal does not know.
const Toolkit::Row Toolkit::kRows[] = {
    {CommandType::kRefresh, performed},
    {CommandType::kMoreTime, performed},
    {CommandType::kPollInterval,
     [](Toolkit& t, Command& c, TerminalResponse& r) { t.set_poll_interval(c, r); }},
    {CommandType::kPollingOff,
     [](Toolkit& t, Command&, TerminalResponse& r) {
       t.poll_interval_.reset();
       r.result(result::kPerformed);
     }},
    {CommandType::kSetUpEventList,
     [](Toolkit& t, Command& c, TerminalResponse& r) { t.set_up_event_list(c, r); }},
    {CommandType::kSetUpCall, no_service},
    {CommandType::kSendSs, no_service},
    {CommandType::kSendUssd, no_service},
    {CommandType::kSendShortMessage, performed},
    {CommandType::kSendDtmf, no_service},
    {CommandType::kLaunchBrowser, performed},
    {CommandType::kPlayTone, performed},
    {CommandType::kDisplayText, performed},
    {CommandType::kGetInkey,
     [](Toolkit&, Command& c, TerminalResponse& r) { answer_get_inkey(c, r); }},
    {CommandType::kGetInput,
     [](Toolkit&, Command& c, TerminalResponse& r) { answer_get_input(c, r); }},
    {CommandType::kSelectItem,
     [](Toolkit&, Command& c, TerminalResponse& r) { answer_select_item(c, r); }},
    {CommandType::kSetUpMenu, performed},
    {CommandType::kProvideLocalInformation,
     [](Toolkit&, Command& c, TerminalResponse& r) {
       provide_local_information(c.details.qualifier, r);
     }},
    {CommandType::kTimerManagement,
     [](Toolkit& t, Command& c, TerminalResponse& r) { t.timers_.manage(c, r); }},
    {CommandType::kSetUpIdleModeText, performed},
    {CommandType::kLanguageNotification, performed},
    {CommandType::kOpenChannel,
     [](Toolkit& t, Command& c, TerminalResponse& r) { t.gateway_.open_channel(c, r); }},
    {CommandType::kCloseChannel,
     [](Toolkit& t, Command& c, TerminalResponse& r) { t.gateway_.close_channel(c, r); }},
    {CommandType::kReceiveData,
     [](Toolkit& t, Command& c, TerminalResponse& r) { t.gateway_.receive_data(c, r); }},
    {CommandType::kSendData,
     [](Toolkit& t, Command& c, TerminalResponse& r) { t.gateway_.send_data(c, r); }},
    {CommandType::kGetChannelStatus,
     [](Toolkit& t, Command& c, TerminalResponse& r) { t.gateway_.get_channel_status(c, r); }},
};

Toolkit::Toolkit(Gateway& gateway, Timers& timers, const Policy& policy)
    : gateway_(gateway),
      timers_(timers),
      policy_(policy),
      canned_(policy.canned),
      wrong_numbers_(policy.wrong_numbers),
      poll_interval_(policy.poll_interval) {}

void Toolkit::reset() {
  event_list_.reset();
  poll_interval_ = policy_.poll_interval;
}

Next Toolkit::carry_out(Bytes d0, std::span<uint8_t> buffer, Bytes& response) {
  const ProactiveCommand command = ProactiveCommand::decode(d0);
  CommandDetails details = command.details;
  if (wrong_numbers_ > 0) {
    --wrong_numbers_;
    details.number = static_cast<uint8_t>(~details.number);
  }
  TerminalResponse answer(buffer, details, policy_.omitted_object);
  Next next = Next::kRespond;
  const auto* row = std::ranges::find(kRows, command.type(), &Row::type);
  if (command.fault != result::kPerformed) {
    answer.result(command.fault);
  } else if (answer_canned(command, answer)) {
    // as the policy says
  } else if (row == std::ranges::end(kRows)) {
    answer.result(result::kTypeNotUnderstood);
  } else {
    row->handler(*this, command, answer);
    if (command.type() == CommandType::kRefresh) next = after_refresh(command.details.qualifier);
  }
  response = answer.finish();
  return next;
}

bool Toolkit::answer_canned(const ProactiveCommand& command, TerminalResponse& response) {
  const auto row = std::ranges::find(canned_, command.type(), &CannedResult::type);
  if (row == canned_.end() || row->times == 0) return false;
  if (row->times != CannedResult::kAlways) --row->times;
  response.result(row->result, row->additional);
  return true;
}

void Toolkit::set_poll_interval(const ProactiveCommand& command, TerminalResponse& response) {
  const std::optional<ComprehensionTlv> object = command.objects.find(tag::kDuration);
  if (!object) return response.result(result::kValuesMissing);
  ByteReader value(object->value);
  Duration duration{value.u8(), value.u8()};
  if (!value.done() || duration.unit > kTenths || duration.interval == 0) {
    return response.result(result::kDataNotUnderstood);
  }
  // Tenths are there for other commands; nobody polls more than once a second.
  if (duration.length() < std::chrono::seconds(1)) duration = {kSeconds, 1};
  poll_interval_ = duration.length();
  response.result(result::kPerformed);
  response.object(tag::kDuration, std::array{duration.unit, duration.interval});
}

void Toolkit::set_up_event_list(const ProactiveCommand& command, TerminalResponse& response) {
  const std::optional<ComprehensionTlv> events = command.objects.find(tag::kEventList);
  if (!events) return response.result(result::kValuesMissing);
  event_list_.reset();  // the new list replaces the old one, §6.4.16
  for (const uint8_t event : events->value) event_list_.set(event);
  response.result(result::kPerformed);
}

}  // namespace scwsim::terminal
