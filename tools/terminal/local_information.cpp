#include "tools/terminal/local_information.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "tools/terminal/bcd.h"
#include "tools/terminal/objects.h"

namespace scwsim::terminal {

namespace {

constexpr uint8_t kDateTimeZone = 0x03;
constexpr uint8_t kNetworkMeasurement = 0x02;

constexpr std::array<uint8_t, 7> kLocation = {0x00, 0xF1, 0x10, 0x00, 0x01, 0x00, 0x01};
constexpr std::array<uint8_t, 8> kImei = {0x1A, 0x32, 0x54, 0x76, 0x98, 0x10, 0x32, 0x54};
constexpr std::array<uint8_t, 2> kMeasurement = {0x80, 0x00};
constexpr std::array<uint8_t, 2> kLanguage = {'e', 'n'};
constexpr std::array<uint8_t, 2> kTimingAdvance = {0x00, 0x00};
constexpr std::array<uint8_t, 1> kEutran = {0x08};
constexpr std::array<uint8_t, 9> kImeisv = {0x13, 0x32, 0x54, 0x76, 0x98, 0x10, 0x32, 0x54, 0xF6};
constexpr std::array<uint8_t, 1> kSearchAutomatic = {0x01};
constexpr std::array<uint8_t, 1> kBatteryFull = {0x04};

struct Row {
  uint8_t qualifier;
  uint8_t tag;
  Bytes value;
};

const Row kRows[] = {
    {0x00, tag::kLocationInformation, kLocation},
    {0x01, tag::kImei, kImei},
    {kNetworkMeasurement, tag::kNetworkMeasurementResults, kMeasurement},
    {0x04, tag::kLanguage, kLanguage},
    {0x05, tag::kTimingAdvance, kTimingAdvance},
    {0x06, tag::kAccessTechnology, kEutran},
    {0x08, tag::kImeisv, kImeisv},
    {0x09, tag::kSearchMode, kSearchAutomatic},
    {0x0A, tag::kBatteryState, kBatteryFull},
};

// Year, month, day, hour, minute, second in swapped BCD, time zone (TS 102 223
// §8.39).
std::array<uint8_t, 7> date_time_zone() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  return {swapped_bcd(static_cast<unsigned>(static_cast<int>(date.year()) % 100)),
          swapped_bcd(static_cast<unsigned>(date.month())),
          swapped_bcd(static_cast<unsigned>(date.day())),
          swapped_bcd(static_cast<unsigned>(time.hours().count())),
          swapped_bcd(static_cast<unsigned>(time.minutes().count())),
          swapped_bcd(static_cast<unsigned>(time.seconds().count())),
          0x00};
}

}  // namespace

void provide_local_information(uint8_t qualifier, TerminalResponse& response) {
  if (qualifier == kDateTimeZone) {
    response.result(cat::result::kPerformed);
    return response.object(tag::kDateTime, date_time_zone());
  }
  const auto* row = std::ranges::find(kRows, qualifier, &Row::qualifier);
  if (row == std::ranges::end(kRows)) return response.result(cat::result::kBeyondCapabilities);
  response.result(cat::result::kPerformed);
  response.object(row->tag, row->value);
}

}  // namespace scwsim::terminal
