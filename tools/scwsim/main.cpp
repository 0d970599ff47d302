// scwsim, the program: which command, which options, which exit status.

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <string_view>

#include "tools/scwsim/commands.h"

namespace {

constexpr int kFailure = 1;
constexpr int kWrongUsage = 2;

// Descriptors 0 to 2 that the caller has closed: no file of ours may get their
// numbers, or what is meant for the user would end up in it.
void fill_standard_descriptors() {
  int opened = 0;
  do {
    opened = ::open("/dev/null", O_RDWR);
  } while (opened >= 0 && opened <= STDERR_FILENO);
  if (opened > STDERR_FILENO) ::close(opened);
}

// Every client of a card takes a descriptor, and the usual limit of 1024 is soon
// reached; what the system allows at most is ours to use.
void allow_many_descriptors() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

// One line, whatever it quotes: control characters are shown, not sent.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet >= 0x20 && octet != 0x7F) {
      line += c;
    } else {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      line += "\\x";
      line += kDigits[octet >> 4];
      line += kDigits[octet & 0x0F];
    }
  }
  return line;
}

int fail(int status, std::string_view message) {
  std::cerr << "scwsim: " << one_line(message) << '\n';
  return status;
}

std::string command_names(const CLI::App& app) {
  std::string names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    names += (names.empty() ? "" : ", ") + command->get_name();
  }
  return names;
}

// The first argument that nobody takes; none: "".
std::string first_unexpected(const CLI::App& app) {
  const std::vector<std::string> left = app.remaining(true);
  return left.empty() ? "" : left.front();
}

// Errors of the command line in one line: what is wrong, and where to look.
int refuse(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
  const std::vector<const CLI::App*> commands =
      app.get_subcommands([](const CLI::App* command) { return command->parsed(); });
  const std::string unexpected = first_unexpected(app);
  if (commands.empty()) {
    const bool command = !unexpected.empty() && unexpected.front() != '-';
    return fail(kWrongUsage, (command              ? "no command " + unexpected
                              : unexpected.empty() ? "expected a command"
                                                   : "unknown option " + unexpected) +
                                 "; commands are " + command_names(app) + " (see scwsim --help)");
  }
  const bool extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  return fail(kWrongUsage, (extra ? "unexpected argument " + unexpected : error.what()) +
                               " (see scwsim " + commands.front()->get_name() + " --help)");
}

}  // namespace

int main(int argc, char** argv) {
  fill_standard_descriptors();
  allow_many_descriptors();
  CLI::App app{
      "scwsim plays a UICC with a Smart Card Web Server, and the terminal and servers around it.",
      "scwsim"};
  app.set_version_flag("--version", "scwsim " SCWSIM_VERSION);
  app.require_subcommand(1);

  scwsim::cli::LabOptions up_options;
  CLI::App* up = app.add_subcommand("up", "a card, a terminal and its SCWS Gateway, until Ctrl-C");
  scwsim::cli::add_card_options(*up, up_options.card);
  scwsim::cli::add_terminal_options(*up, up_options);
  scwsim::cli::add_ready_file_option(*up, up_options.ready_file);

  scwsim::cli::CardOptions card_options;
  scwsim::cli::LinkOptions link_options;
  CLI::App* card = app.add_subcommand(
      "card",
      "only the card, on a link; without one: command APDUs in hex on standard input, responses on "
      "standard output");
  scwsim::cli::add_card_options(*card, card_options);
  scwsim::cli::add_link_options(*card, link_options);

  scwsim::cli::LabOptions terminal_options;
  CLI::App* terminal = app.add_subcommand(
      "terminal", "only the terminal and its SCWS Gateway, for a card elsewhere");
  scwsim::cli::add_card_elsewhere_options(*terminal, terminal_options);
  scwsim::cli::add_terminal_options(*terminal, terminal_options);
  scwsim::cli::add_ready_file_option(*terminal, terminal_options.ready_file);

  scwsim::cli::CertOptions cert_options;
  CLI::App* cert = app.add_subcommand(
      "cert", "write the card's certificate (PEM) for curl --cacert and browsers");
  auto* of_ready_file = cert->add_option("--ready-file", cert_options.ready_file,
                                         "of the running card that wrote this file")
                            ->type_name("FILE");
  auto* of_address = cert->add_option("--connect", cert_options.connect,
                                      "of the card whose HTTPS is there (default: 127.0.0.1:4116)")
                         ->type_name("HOST:PORT")
                         ->excludes(of_ready_file);
  scwsim::cli::add_card_options(*cert, cert_options.card);
  cert->get_option("--seed")
      ->description("of the card that this seed and --profile make, without connecting")
      ->excludes(of_ready_file)
      ->excludes(of_address);
  cert->get_option("--profile")->needs("--seed");
  cert->add_option("--out", cert_options.out, "where to (default: standard output)")
      ->type_name("FILE");

  scwsim::cli::LabOptions tour_options;
  tour_options.http_port = 0;
  CLI::App* tour =
      app.add_subcommand("tour", "the whole story on real sockets, step by step; ends by itself");
  scwsim::cli::add_card_options(*tour, tour_options.card);
  scwsim::cli::add_terminal_options(*tour, tour_options);

  try {
    app.parse(argc, argv);
    if (up->parsed()) return run_terminal(up_options);
    if (terminal->parsed()) return run_terminal(terminal_options);
    if (cert->parsed()) return run_cert(cert_options);
    if (card->parsed()) return run_card(card_options, link_options);
    return run_tour(tour_options);
  } catch (const CLI::ParseError& error) {
    return refuse(app, error);
  } catch (const scwsim::cli::UsageError& error) {
    return fail(kWrongUsage, error.what());
  } catch (const std::exception& error) {
    return fail(kFailure, error.what());
  }
}
