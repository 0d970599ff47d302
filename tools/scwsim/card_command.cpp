#include <iostream>
#include <string>

#include "card/base/hex.h"
#include "tools/scwsim/commands.h"

namespace scwsim::cli {

namespace {

constexpr std::string_view kReset = "reset";

std::string trimmed(std::string_view line) {
  line = line.substr(0, line.find('#'));
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return "";
  return std::string(line.substr(first, line.find_last_not_of(" \t\r") - first + 1));
}

}  // namespace

int run_card(const CardOptions& options) {
  Uicc card(card_from(options), seed_from(options));
  std::cout << "ATR " << to_hex(card.power_on()) << std::endl;
  std::string line;
  for (int number = 1; std::getline(std::cin, line); ++number) {
    const std::string text = trimmed(line);
    if (text.empty()) continue;
    if (text == kReset) {
      std::cout << "ATR " << to_hex(card.reset()) << std::endl;
      continue;
    }
    const auto command = from_hex(text);
    if (!command) {
      throw UsageError("standard input, line " + std::to_string(number) +
                       ": expected a command APDU as hexadecimal digits, or \"reset\", found \"" +
                       text + "\"");
    }
    std::cout << to_hex(card.transmit(*command)) << std::endl;
    if (!std::cout) break;
  }
  if (!std::cout) throw std::runtime_error("standard output cannot be written");
  if (std::cin.bad()) throw UsageError("standard input cannot be read");
  return 0;
}

}  // namespace scwsim::cli
