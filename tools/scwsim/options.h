// The options that several commands share, and what they turn into.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tools/lab/lab.h"

namespace scwsim::cli {

/// Wrong usage or an unusable file: one line on stderr, exit status 2.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What to say of a card that opened no channel for HTTP.
inline constexpr std::string_view kDoesNotListen =
    "the card does not listen: the terminal's profile does not announce UICC server mode "
    "(TS 102 223 §5.2), or the terminal refused";

struct CardOptions {
  std::string profile;
  std::string seed;
  std::string ports = "iana";
};

/// Where a card that runs alone is reached.
struct LinkOptions {
  std::string listen;   ///< HOST:PORT
  std::string connect;  ///< HOST:PORT of a terminal that listens, or of vpcd
  std::string ready_file;
};

struct LabOptions {
  CardOptions card;
  std::string connect;  ///< HOST:PORT of a card elsewhere
  std::string listen;   ///< HOST:PORT for one that connects; both empty: a card of one's own
  std::optional<uint16_t> http_port;
  std::optional<uint16_t> https_port;
  std::string terminal_profile;
  std::string terminal_policy;
  std::string attach;
  std::string ready_file;
  std::string trace;
  std::string log_level = "info";
};

/// Whose certificate, and where it goes.
struct CertOptions {
  CardOptions card;        ///< with a seed: the card that it and the profile describe
  std::string ready_file;  ///< else: of a card that runs
  std::string connect;     ///< HOST:PORT of its HTTPS
  std::string out;         ///< file; empty: standard output
};

/// Adds --profile, --seed and --ports.
void add_card_options(CLI::App& app, CardOptions& options);

/// Adds --listen, --vpcd with its other name --connect, and --ready-file.
void add_link_options(CLI::App& app, LinkOptions& options);

/// Adds --listen and --connect, one of which is required: where the terminal finds
/// its card.
void add_card_elsewhere_options(CLI::App& app, LabOptions& options);

/// Adds all that the card's surroundings need.
void add_terminal_options(CLI::App& app, LabOptions& options);

/// Adds --ready-file.
void add_ready_file_option(CLI::App& app, std::string& path);

/// Reads HOST:PORT, the value of `option`. Throws UsageError, with `example` as the
/// port of its example.
links::Endpoint endpoint_from(std::string_view option, const std::string& value,
                              uint16_t example = 35963);

/// Reads the value of --listen, which must be on loopback. Throws UsageError.
links::Endpoint listening_endpoint_from(const std::string& value);

/// The card's registered port for HTTPS, and the one before the registration.
inline constexpr uint16_t kHttpsPort = 4116;
inline constexpr uint16_t kLegacyHttpsPort = 20443;

/// The value of --ports that names the ports before the registration.
inline constexpr std::string_view kLegacyPorts = "legacy";

/// The card that the options describe, and warnings of what this program cannot give
/// it. `seed` makes its keys. Throws UsageError.
std::shared_ptr<const CardImage> card_from(const CardOptions& options, const Seed& seed);

/// The seed that they name, or one from the system.
Seed seed_from(const CardOptions& options);

/// Card and surroundings. Throws UsageError.
lab::Config lab_from(const LabOptions& options);

/// The lab of that configuration. Throws UsageError when the trace cannot be
/// written.
std::unique_ptr<lab::Lab> make_lab(boost::asio::io_context& io, lab::Config config,
                                   terminal::Hooks hooks);

/// Sends the log to standard error from now on.
void start_log();

/// Takes the ready file away, if one is asked for. Throws UsageError when it
/// cannot be written there.
void clear_ready_file(const std::string& path);

}  // namespace scwsim::cli
