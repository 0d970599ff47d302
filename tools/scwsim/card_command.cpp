#include <spdlog/spdlog.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>
#include <string>

#include "card/base/hex.h"
#include "tools/lab/card_notes.h"
#include "tools/lab/ready_file.h"
#include "tools/links/card_host.h"
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

// The card on standard input and output.
int run_on_pipe(Uicc& card) {
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

// The card on a link to somewhere else.
int run_on_link(Uicc& card, const CardImage& image, const LinkOptions& options) {
  boost::asio::io_context io;
  links::Hosted<Uicc> hosted(card);
  links::CardHost host(io, hosted, [](const std::string& what) { spdlog::info("{}", what); });
  clear_ready_file(options.ready_file);

  std::string link;
  if (options.connect.empty()) {
    const links::Endpoint endpoint = listening_endpoint_from(options.listen);
    boost::system::error_code error;
    link = links::to_string(host.listen(endpoint, error));
    if (error) throw std::runtime_error("--listen " + options.listen + ": " + error.message());
    spdlog::info("card: listening on {}", link);
  } else {
    host.connect(endpoint_from("--connect", options.connect));
  }
  if (!options.ready_file.empty()) {
    lab::write_ready_file(options.ready_file,
                          {{.iccid = image.iccid_digits, .http = {}, .https = {}, .link = link}});
  }

  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (error) return;
    spdlog::info("ending");
    io.stop();
  });
  io.run();
  clear_ready_file(options.ready_file);
  return 0;
}

}  // namespace

int run_card(const CardOptions& options, const LinkOptions& link) {
  start_log();
  const Seed seed = seed_from(options);
  const auto image = card_from(options, seed);
  lab::CardNotes notes([](std::string_view line) { spdlog::warn("card: {}", line); });
  Uicc card(image, seed, nullptr, &notes);
  const bool linked = !link.listen.empty() || !link.connect.empty();
  return linked ? run_on_link(card, *image, link) : run_on_pipe(card);
}

}  // namespace scwsim::cli
