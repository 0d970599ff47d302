#include "http/site/http_date.h"

#include <algorithm>
#include <array>

#include "http/wire/characters.h"

namespace scwsim::http {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> kLongDays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::array<unsigned, 12> kDaysOfMonth = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

struct Date {
  unsigned year = 0;
  unsigned month = 0;  // 0..11
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
};

/// A cursor over a text of fixed form. What does not fit poisons it.
class DateReader {
 public:
  explicit DateReader(std::string_view text) : rest_(text) {}

  void literal(std::string_view text) {
    if (!rest_.starts_with(text)) return fail();
    rest_.remove_prefix(text.size());
  }

  unsigned number(size_t digits) {
    const std::string_view text = rest_.substr(0, digits);
    if (text.size() < digits || !all_are(text, Octets::kDigit)) {
      fail();
      return 0;
    }
    rest_.remove_prefix(digits);
    unsigned value = 0;
    for (const char c : text) value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
  }

  template <size_t N>
  unsigned one_of(const std::array<std::string_view, N>& names) {
    const auto* const name =
        std::ranges::find_if(names, [this](std::string_view n) { return rest_.starts_with(n); });
    if (name == names.end()) {
      fail();
      return 0;
    }
    rest_.remove_prefix(name->size());
    return static_cast<unsigned>(name - names.begin());
  }

  void time(Date& date) {
    date.hour = number(2);
    literal(":");
    date.minute = number(2);
    literal(":");
    date.second = number(2);
  }

  [[nodiscard]] bool at(char c) const { return rest_.starts_with(c); }
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }

 private:
  void fail() {
    ok_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

bool is_leap(unsigned year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

bool is_real(const Date& date) {
  const unsigned days = kDaysOfMonth[date.month] + (date.month == 1 && is_leap(date.year) ? 1 : 0);
  // 60 is a leap second.
  return date.day >= 1 && date.day <= days && date.hour < 24 && date.minute < 60 &&
         date.second <= 60;
}

// Every month counts 31 days and every minute 61 seconds: only the order matters.
uint64_t rank(const Date& date) {
  const uint64_t day = (uint64_t{date.year} * 12 + date.month) * 31 + date.day;
  return ((day * 24 + date.hour) * 60 + date.minute) * 61 + date.second;
}

// Sun, 06 Nov 1994 08:49:37 GMT
bool read_fixdate(DateReader in, Date& date) {
  in.one_of(kDays);
  in.literal(", ");
  date.day = in.number(2);
  in.literal(" ");
  date.month = in.one_of(kMonths);
  in.literal(" ");
  date.year = in.number(4);
  in.literal(" ");
  in.time(date);
  in.literal(" GMT");
  return in.done();
}

// Sunday, 06-Nov-94 08:49:37 GMT
bool read_rfc850_date(DateReader in, Date& date) {
  in.one_of(kLongDays);
  in.literal(", ");
  date.day = in.number(2);
  in.literal("-");
  date.month = in.one_of(kMonths);
  in.literal("-");
  date.year = in.number(2);
  date.year += date.year < 70 ? 2000 : 1900;
  in.literal(" ");
  in.time(date);
  in.literal(" GMT");
  return in.done();
}

// Sun Nov  6 08:49:37 1994
bool read_asctime_date(DateReader in, Date& date) {
  in.one_of(kDays);
  in.literal(" ");
  date.month = in.one_of(kMonths);
  in.literal(" ");
  if (in.at(' ')) {
    in.literal(" ");
    date.day = in.number(1);
  } else {
    date.day = in.number(2);
  }
  in.literal(" ");
  in.time(date);
  in.literal(" ");
  date.year = in.number(4);
  return in.done();
}

}  // namespace

std::optional<uint64_t> parse_http_date(std::string_view text) {
  const DateReader in(text);
  Date date;
  const bool read =
      read_fixdate(in, date) || read_rfc850_date(in, date) || read_asctime_date(in, date);
  if (!read || !is_real(date)) return std::nullopt;
  return rank(date);
}

}  // namespace scwsim::http
