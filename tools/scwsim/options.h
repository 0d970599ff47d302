// The options that several commands share, and what they turn into.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "tools/lab/lab.h"

namespace scwsim::cli {

/// Wrong usage or an unusable file: one line on stderr, exit status 2.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct CardOptions {
  std::string profile;
  std::string seed;
  std::string ports = "iana";
};

struct LabOptions {
  CardOptions card;
  std::optional<uint16_t> http_port;
  std::optional<uint16_t> https_port;
  std::string terminal_profile;
  std::string terminal_policy;
  std::string attach;
  std::string ready_file;
  std::string trace;
  std::string log_level = "info";
};

/// Adds --profile, --seed and --ports.
void add_card_options(CLI::App& app, CardOptions& options);

/// Adds those and all that the card's surroundings need.
void add_lab_options(CLI::App& app, LabOptions& options);

/// The card that the options describe. Throws UsageError.
std::shared_ptr<const CardImage> card_from(const CardOptions& options);

/// The seed that they name, or one from the system.
Seed seed_from(const CardOptions& options);

/// Card and surroundings. Throws UsageError.
lab::Config lab_from(const LabOptions& options);

/// The lab of that configuration. Throws UsageError when the trace cannot be
/// written.
std::unique_ptr<lab::Lab> make_lab(boost::asio::io_context& io, lab::Config config,
                                   terminal::Hooks hooks);

/// Takes the ready file away, if one is asked for. Throws UsageError when it
/// cannot be written there.
void clear_ready_file(const LabOptions& options);

}  // namespace scwsim::cli
