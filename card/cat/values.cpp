#include "card/cat/values.h"

#include <algorithm>

namespace scwsim::cat {

namespace {

struct Name {
  CommandType type;
  std::string_view name;
};

constexpr std::array kNames = {
    Name{CommandType::kRefresh, "REFRESH"},
    Name{CommandType::kMoreTime, "MORE TIME"},
    Name{CommandType::kPollInterval, "POLL INTERVAL"},
    Name{CommandType::kPollingOff, "POLLING OFF"},
    Name{CommandType::kSetUpEventList, "SET UP EVENT LIST"},
    Name{CommandType::kSetUpCall, "SET UP CALL"},
    Name{CommandType::kSendSs, "SEND SS"},
    Name{CommandType::kSendUssd, "SEND USSD"},
    Name{CommandType::kSendShortMessage, "SEND SHORT MESSAGE"},
    Name{CommandType::kSendDtmf, "SEND DTMF"},
    Name{CommandType::kLaunchBrowser, "LAUNCH BROWSER"},
    Name{CommandType::kGeographicalLocationRequest, "GEOGRAPHICAL LOCATION REQUEST"},
    Name{CommandType::kPlayTone, "PLAY TONE"},
    Name{CommandType::kDisplayText, "DISPLAY TEXT"},
    Name{CommandType::kGetInkey, "GET INKEY"},
    Name{CommandType::kGetInput, "GET INPUT"},
    Name{CommandType::kSelectItem, "SELECT ITEM"},
    Name{CommandType::kSetUpMenu, "SET UP MENU"},
    Name{CommandType::kProvideLocalInformation, "PROVIDE LOCAL INFORMATION"},
    Name{CommandType::kTimerManagement, "TIMER MANAGEMENT"},
    Name{CommandType::kSetUpIdleModeText, "SET UP IDLE MODE TEXT"},
    Name{CommandType::kPerformCardApdu, "PERFORM CARD APDU"},
    Name{CommandType::kPowerOnCard, "POWER ON CARD"},
    Name{CommandType::kPowerOffCard, "POWER OFF CARD"},
    Name{CommandType::kGetReaderStatus, "GET READER STATUS"},
    Name{CommandType::kRunAtCommand, "RUN AT COMMAND"},
    Name{CommandType::kLanguageNotification, "LANGUAGE NOTIFICATION"},
    Name{CommandType::kOpenChannel, "OPEN CHANNEL"},
    Name{CommandType::kCloseChannel, "CLOSE CHANNEL"},
    Name{CommandType::kReceiveData, "RECEIVE DATA"},
    Name{CommandType::kSendData, "SEND DATA"},
    Name{CommandType::kGetChannelStatus, "GET CHANNEL STATUS"},
    Name{CommandType::kServiceSearch, "SERVICE SEARCH"},
    Name{CommandType::kGetServiceInformation, "GET SERVICE INFORMATION"},
    Name{CommandType::kDeclareService, "DECLARE SERVICE"},
};
static_assert(std::ranges::is_sorted(kNames, {}, &Name::type));

}  // namespace

std::string_view name_of(CommandType type) {
  const auto* row = std::ranges::lower_bound(kNames, type, {}, &Name::type);
  return row != kNames.end() && row->type == type ? row->name : "UNKNOWN COMMAND";
}

}  // namespace scwsim::cat
