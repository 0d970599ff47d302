#include "tools/scwsim/options.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <charconv>

#include "tools/lab/policy_file.h"
#include "tools/lab/profile_file.h"
#include "tools/lab/ready_file.h"
#include "tools/lab/seed.h"
#include "tools/lab/user_file.h"
#include "tools/terminal/profile_presets.h"

namespace scwsim::cli {

namespace {

// The card's ports for HTTP: registered, and those of the architecture document
// before the registration (OMA SCWS; scws 3516, placeholder 20080).
constexpr uint16_t kHttpPort = 3516;
constexpr uint16_t kLegacyHttpPort = 20080;

// Checks of values, in the words of this program.
std::string check_port(const std::string& text) {
  uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, port);
  if (parsed.ec == std::errc() && parsed.ptr == end) return "";
  return "expected 0 to 65535, found " + text;
}

std::string check_seed(const std::string& text) {
  return text.empty() ? "expected a text, found none" : "";
}

std::string preset_names() {
  std::string names;
  for (const terminal::ProfilePreset& preset : terminal::profile_presets()) {
    names += (names.empty() ? "" : ", ") + std::string(preset.name);
  }
  return names;
}

// A preset's name, or else a file's.
std::vector<uint8_t> terminal_profile_from(const std::string& name) {
  if (auto preset = terminal::preset_terminal_profile(name)) return *std::move(preset);
  const auto octets = lab::read_octets(name);
  if (!octets) {
    throw UsageError(lab::unreadable(name, "terminal profile") + " (presets: " + preset_names() +
                     ")");
  }
  auto profile = terminal::parse_terminal_profile(as_text(*octets));
  if (const auto* problem = std::get_if<std::string>(&profile)) {
    throw UsageError(name + ": " + *problem);
  }
  return std::get<std::vector<uint8_t>>(std::move(profile));
}

// What a profile asks for, or a card's TLS is known for, and this build lacks.
void warn_of_missing(const CardImage& card) {
  if (card.https_connections == 0) return;
  for (const std::string& suite : card.unknown_suites) {
    spdlog::warn("https: {} has no suite {}; left out", http::tls_library(), suite);
  }
  std::string missing;
  for (const std::string& what : http::missing_abilities()) {
    missing += (missing.empty() ? "" : ", ") + what;
  }
  if (!missing.empty()) spdlog::warn("https: {}: {}", http::tls_library(), missing);
}

terminal::Policy policy_from(const LabOptions& options) {
  try {
    terminal::Policy policy;
    if (!options.terminal_policy.empty()) policy = lab::load_policy(options.terminal_policy);
    if (options.attach == "accept") policy.attach = terminal::Attach::kAccept;
    if (options.attach == "first_byte") policy.attach = terminal::Attach::kFirstByte;
    return policy;
  } catch (const std::runtime_error& error) {
    throw UsageError(error.what());
  }
}

}  // namespace

void add_card_options(CLI::App& app, CardOptions& options) {
  app.add_option("--profile", options.profile, "JSON profile of the card (default: built in)")
      ->type_name("FILE");
  app.add_option("--seed", options.seed,
                 "any text: the same text makes the same card, bit for bit (default: random)")
      ->check(check_seed)
      ->type_name("TEXT");
  app.add_option("--ports", options.ports,
                 "ports the card names: iana (3516, 4116) or legacy (20080, 20443)")
      ->check(CLI::IsMember({"iana", "legacy"}))
      ->capture_default_str();
}

void add_terminal_options(CLI::App& app, LabOptions& options) {
  app.add_option("--http-port", options.http_port,
                 "port of this host for the card's HTTP port (default: the same; 0: any free)")
      ->check(check_port)
      ->type_name("N");
  app.add_option("--https-port", options.https_port,
                 "port of this host for the card's HTTPS port (default: the same, or any free with "
                 "--http-port 0)")
      ->check(check_port)
      ->type_name("N");
  app.add_option("--terminal-profile", options.terminal_profile,
                 "what the terminal can do: " + preset_names() +
                     ", or a file of hexadecimal digits (TS 102 223 §5.2)")
      ->type_name("NAME|FILE");
  app.add_option("--terminal-policy", options.terminal_policy,
                 "JSON: how the terminal behaves, or misbehaves (see README)")
      ->type_name("FILE");
  app.add_option("--attach", options.attach,
                 "when a connection gets a BIP channel: first_byte (default) or accept")
      ->check(CLI::IsMember({"first_byte", "accept"}));
  app.add_option("--trace", options.trace, "every APDU, as GSMTAP, for Wireshark")
      ->type_name("FILE.pcapng");
  app.add_option("--log-level", options.log_level, "trace, debug, info, warn, error or off")
      ->check(CLI::IsMember({"trace", "debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
}

void add_link_options(CLI::App& app, LinkOptions& options) {
  CLI::Option* listen =
      app.add_option("--listen", options.listen, "wait there for a terminal (port 0: any free)")
          ->type_name("HOST:PORT");
  app.add_option("--connect,--vpcd", options.connect,
                 "connect to `scwsim terminal --listen`, or to the virtual PC/SC reader vpcd")
      ->type_name("HOST:PORT")
      ->excludes(listen);
  add_ready_file_option(app, options.ready_file);
}

void add_card_elsewhere_options(CLI::App& app, LabOptions& options) {
  CLI::Option_group* where = app.add_option_group("where the card is");
  where->add_option("--connect", options.connect, "the card, as `scwsim card --listen` offers it")
      ->type_name("HOST:PORT");
  where
      ->add_option("--listen", options.listen,
                   "wait there for a card, `scwsim card --connect` (port 0: any free)")
      ->type_name("HOST:PORT");
  where->require_option(1);
}

void start_log() {
  spdlog::set_default_logger(spdlog::stderr_color_mt("scwsim"));
  spdlog::set_pattern("%H:%M:%S %^%l%$ %v");
}

void add_ready_file_option(CLI::App& app, std::string& path) {
  app.add_option("--ready-file", path, "written (JSON, mode 0600) once everything listens")
      ->type_name("FILE");
}

links::Endpoint endpoint_from(std::string_view option, const std::string& value, uint16_t example) {
  if (const auto endpoint = links::parse_endpoint(value)) return *endpoint;
  const std::string port = std::to_string(example);
  throw UsageError(std::string(option) + ": expected HOST:PORT, as 127.0.0.1:" + port +
                   " or [::1]:" + port + ", found " + value);
}

links::Endpoint listening_endpoint_from(const std::string& value) {
  links::Endpoint endpoint = endpoint_from("--listen", value);
  if (endpoint.address().is_loopback()) return endpoint;
  throw UsageError("--listen: only loopback addresses, as the card has published keys");
}

std::shared_ptr<const CardImage> card_from(const CardOptions& options, const Seed& seed) {
  try {
    profile::Profile profile = lab::load_profile(options.profile);
    if (options.ports == kLegacyPorts) {
      profile.http.port = kLegacyHttpPort;
      profile.https.port = kLegacyHttpsPort;
    }
    auto card = personalise(profile, seed);
    warn_of_missing(*card);
    return card;
  } catch (const profile::ProfileError& error) {
    throw UsageError((options.profile.empty() ? "built-in profile" : options.profile) + ": " +
                     error.what());
  } catch (const std::runtime_error& error) {
    throw UsageError(error.what());
  }
}

Seed seed_from(const CardOptions& options) {
  return options.seed.empty() ? lab::seed_from_system() : lab::seed_from_text(options.seed);
}

lab::Config lab_from(const LabOptions& options) {
  spdlog::set_level(spdlog::level::from_str(options.log_level));
  lab::Config config;
  if (options.connect.empty() && options.listen.empty()) {
    config.seed = seed_from(options.card);
    config.card = card_from(options.card, config.seed);
    config.http_ports = {config.card->http.port};
    config.https_ports = {config.card->https_port};
  } else {
    if (!options.connect.empty()) config.link = endpoint_from("--connect", options.connect);
    config.on_link = [](const std::string& what) { spdlog::info("terminal: {}", what); };
    config.http_ports = {kHttpPort, kLegacyHttpPort};
    config.https_ports = {kHttpsPort, kLegacyHttpsPort};
  }
  const std::string name = options.terminal_profile.empty()
                               ? std::string(terminal::profile_presets().front().name)
                               : options.terminal_profile;
  config.terminal.profile = terminal_profile_from(name);
  config.terminal.policy = policy_from(options);
  const auto map = [&config](const std::vector<uint16_t>& card_ports,
                             const std::optional<uint16_t>& host_port) {
    if (!host_port) return;
    for (const uint16_t port : card_ports) config.terminal.ports.push_back({port, *host_port});
  };
  map(config.http_ports, options.http_port);
  // Who lets the system choose one port does not mean to get in the way with the other.
  const bool any_free = !options.https_port && options.http_port == uint16_t{0};
  map(config.https_ports, any_free ? options.http_port : options.https_port);
  config.on_card_note = [](std::string_view line) { spdlog::warn("card: {}", line); };
  config.trace = options.trace;
  return config;
}

std::unique_ptr<lab::Lab> make_lab(boost::asio::io_context& io, lab::Config config,
                                   terminal::Hooks hooks) {
  try {
    return std::make_unique<lab::Lab>(io, std::move(config), std::move(hooks));
  } catch (const std::runtime_error& error) {
    throw UsageError(error.what());
  }
}

void clear_ready_file(const std::string& path) {
  if (path.empty()) return;
  try {
    lab::remove_ready_file(path);
  } catch (const std::runtime_error& error) {
    throw UsageError(error.what());
  }
}

}  // namespace scwsim::cli
