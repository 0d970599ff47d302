// The command-line contract: exit statuses, one-line errors, ready file, and the
// commands themselves.
#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/support/process.h"
#include "tests/support/raw_connection.h"

using namespace scwsim::tests;

namespace {

constexpr const char* kProgram = SCWSIM_BINARY_DIR "/scwsim";

struct Outcome {
  int status;
  std::string output;
  std::string errors;
};

Outcome run(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), kProgram);
  Process process(arguments, input);
  const int status = process.wait();
  return {status, process.output(), process.errors()};
}

bool one_line(const std::string& text) {
  return std::ranges::count(text, '\n') == 1 && text.ends_with('\n');
}

}  // namespace

TEST_CASE("wrong usage: exit status 2 and one line that says what is wrong") {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"down"},
                                                    {"up", "--no-such-option"},
                                                    {"up", "--http-port", "many"},
                                                    {"up", "--http-port", "70000"},
                                                    {"up", "--ports", "odd"},
                                                    {"up", "--profile", "/does/not/exist.json"},
                                                    {"up", "--terminal-profile", "nokia"},
                                                    {"card", "--profile", "/tmp"}}) {
    const Outcome outcome = run(arguments);
    CAPTURE(outcome.errors);
    CHECK(outcome.status == 2);
    CHECK(one_line(outcome.errors));
    CHECK(outcome.errors.starts_with("scwsim: "));
  }
}

TEST_CASE("wrong usage: the mistaken argument is named, and the help to read") {
  const auto errors = [](const std::vector<std::string>& arguments) {
    const Outcome outcome = run(arguments);
    CHECK(outcome.status == 2);
    return outcome.errors;
  };
  CHECK(errors({"down"}).starts_with("scwsim: no command down; commands are up, card, "));
  CHECK(errors({"up", "--foo", "3", "--bar"}) ==
        "scwsim: unexpected argument --foo (see scwsim up --help)\n");
  CHECK(errors({"tour", "--https-port", "65536"}) ==
        "scwsim: --https-port: expected 0 to 65535, found 65536 (see scwsim tour --help)\n");
  for (const char* command : {"up", "card", "cert", "tour"}) {
    CHECK(errors({command, "--seed", ""}).find("--seed: expected a text") != std::string::npos);
  }
  CHECK(errors({"up", "--trace", "/does/not/exist"}).find("cannot write the trace") !=
        std::string::npos);
}

TEST_CASE("cert: says what to do when it gets no certificate") {
  RunningScwsim card;
  const Outcome clear = run({"cert", "--connect", card.host_port()});
  CHECK(clear.status == 1);
  CHECK(clear.errors.find("speaks no TLS") != std::string::npos);
  const Outcome full = run({"cert", "--ready-file", card.ready_file(), "--out", "/dev/full"});
  CHECK(full.status == 1);
  CHECK(full.errors.find("No space left") != std::string::npos);
  card.process().signal(SIGTERM);
  REQUIRE(card.process().wait() == 0);
  const Outcome gone = run({"cert", "--connect", card.host_port()});
  CHECK(gone.status == 1);
  CHECK(gone.errors.find("start a card there") != std::string::npos);
}

TEST_CASE("help and version are no errors") {
  CHECK(run({"--help"}).status == 0);
  CHECK(run({"up", "--help"}).output.find("--http-port") != std::string::npos);
  CHECK(run({"--version"}).output.starts_with("scwsim "));
}

TEST_CASE("a wrong profile is refused with file, place and reason") {
  TemporaryFolder folder;
  const std::string file = folder.path("wrong.json");
  auto profile =
      nlohmann::json::parse(read_text(SCWSIM_SOURCE_DIR "/card/profile/default/profile.json"));
  profile["site"] = nlohmann::json::array();
  profile["http"]["connections"] = "four";
  write_text(file, profile.dump());
  Outcome outcome = run({"card", "--profile", file});
  CHECK(outcome.status == 2);
  CHECK(outcome.errors ==
        "scwsim: " + file + ": /http/connections: expected a whole number, found string\n");

  write_text(file, "{\n  \"format\": 1,\n  \"name\" \"x\"\n}");
  outcome = run({"card", "--profile", file});
  CHECK(outcome.status == 2);
  CHECK(outcome.errors == "scwsim: " + file + ": line 3, column 12: not valid JSON\n");
}

TEST_CASE("files that cannot be used: exit status 2, one line, before anything starts") {
  TemporaryFolder folder;
  write_text(folder.path("empty.hex"), " ");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"up", "--trace", "/does/not/exist.pcapng"},
        {"up", "--trace", "/dev/null"},
        {"up", "--ready-file", "/does/not/exist.json"},
        {"up", "--ready-file", "/dev/null"},
        {"up", "--ready-file", folder.path()},
        {"up", "--terminal-profile", "/tmp"},
        {"up", "--terminal-profile", folder.path("empty.hex")},
        {"up", "--profile", "/dev/zero"},
        {"up", "--ports", "a\nb\x1B[31m"}}) {
    CAPTURE(arguments);
    const Outcome outcome = run(arguments);
    CAPTURE(outcome.errors);
    CHECK(outcome.status == 2);
    CHECK(one_line(outcome.errors));
    CHECK(outcome.errors.find('\x1B') == std::string::npos);
  }
  struct stat info {};
  REQUIRE(stat("/dev/null", &info) == 0);
  CHECK(S_ISCHR(info.st_mode));
}

TEST_CASE("a site takes its files from the profile's folder, and from nowhere else") {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("card"));
  write_text(folder.path("secret"), "secret");
  write_text(folder.path("card/page"), "page");
  std::filesystem::create_symlink(folder.path("secret"), folder.path("card/link"));
  auto profile =
      nlohmann::json::parse(read_text(SCWSIM_SOURCE_DIR "/card/profile/default/profile.json"));
  const std::string path = folder.path("card/profile.json");
  const auto with_file = [&](const std::string& name) {
    profile["site"] = {{{"path", "/page"}, {"type", "text/plain"}, {"file", name}}};
    write_text(path, profile.dump());
    return run({"card", "--profile", path});
  };
  CHECK(with_file("page").status == 0);
  for (const std::string& name :
       {std::string("../secret"), folder.path("secret"), std::string("link"), std::string("."),
        std::string("no"), std::string("page\0x", 6), std::string("/dev/zero")}) {
    const Outcome outcome = with_file(name);
    CHECK(outcome.status == 2);
    CHECK(outcome.errors.find("/site/0/file: no file that can be read") != std::string::npos);
  }
}

TEST_CASE("output that cannot be written is a failure") {
  for (const char* command : {"card", "tour"}) {
    Process process(
        {"sh", "-c", std::string(kProgram) + " " + command + " < /dev/null > /dev/full"});
    CHECK(process.wait() == 1);
    CHECK(process.errors().find("standard output") != std::string::npos);
  }
}

TEST_CASE("a port in use: exit status 1, and a way out") {
  RunningScwsim first;
  const Outcome second = run({"up", "--http-port", std::to_string(first.port())});
  CHECK(second.status == 1);
  CHECK(second.errors.find("port " + std::to_string(first.port())) != std::string::npos);
  CHECK(second.errors.find("--http-port") != std::string::npos);
  const size_t last = second.errors.rfind('\n', second.errors.size() - 2) + 1;
  CHECK(second.errors.find(" error port ", last) != std::string::npos);
}

TEST_CASE("up: the ready file is the owner's alone; SIGINT and SIGTERM end in order") {
  for (const int number : {SIGINT, SIGTERM}) {
    RunningScwsim scwsim;
    const std::string ready = scwsim.ready_file();
    struct stat info {};
    REQUIRE(stat(ready.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    const auto json = nlohmann::json::parse(read_text(ready));
    CHECK(json.at("http") == scwsim.host_port());
    CHECK(json.at("cards").at(0).at("iccid") == "8988211000000000011");
    scwsim.process().signal(number);
    CHECK(scwsim.process().wait() == 0);
    CHECK(stat(ready.c_str(), &info) != 0);  // nobody is there any more
  }
}

TEST_CASE("up: the legacy ports, a terminal without server mode, attach at accept") {
  RunningScwsim legacy({"--ports", "legacy"});
  CHECK(legacy.process().errors().find("20080") != std::string::npos);
  RawConnection connection(legacy.port());
  connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(connection.take_response().starts_with("HTTP/1.1 200 "));

  RunningScwsim silent({"--terminal-profile", "no-server-mode"});
  CHECK(silent.host_port().empty());
  CHECK(silent.process().errors().find("server mode") != std::string::npos);

  RunningScwsim eager({"--attach", "accept"});
  RawConnection other(eager.port());
  other.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(other.take_response().starts_with("HTTP/1.1 200 "));
}

TEST_CASE("card: APDUs in, APDUs out; the same seed gives the same octets") {
  const std::string script =
      "# the ICCID\n00A4000C022FE2\n\n00 B0 00 00 0A\nreset\n0084000008  # a challenge\n";
  const Outcome a = run({"card", "--seed", "seven"}, script);
  const Outcome b = run({"card", "--seed", "seven"}, script);
  const Outcome c = run({"card", "--seed", "eight"}, script);
  CHECK(a.status == 0);
  CHECK(a.output.find("\n9000\n988812010000000010F19000\nATR 3B") != std::string::npos);
  CHECK(a.output == b.output);
  CHECK(a.output != c.output);
  const Outcome wrong = run({"card"}, "00A4\nhello\n");
  CHECK(wrong.status == 2);
  CHECK(wrong.errors.find("line 2") != std::string::npos);
}

TEST_CASE("tour: every step holds") {
  const Outcome outcome = run({"tour"});
  CAPTURE(outcome.output);
  CHECK(outcome.status == 0);
  CHECK(outcome.output.find("FAIL") == std::string::npos);
  CHECK(outcome.output.ends_with("Every step held.\n"));
}

TEST_CASE("tour: a terminal with a single channel") {
  const Outcome outcome = run({"tour", "--terminal-profile", "one-channel"});
  CAPTURE(outcome.output);
  CHECK(outcome.status == 0);
}

TEST_CASE("tour: HTTPS on one channel, which closes after each response") {
  TemporaryFolder folder;
  write_text(folder.path("policy.json"), R"({ "channels": 2 })");
  const Outcome outcome = run({"tour", "--terminal-policy", folder.path("policy.json")});
  CAPTURE(outcome.output);
  CHECK(outcome.status == 0);
  CHECK(outcome.output.find("resumes the session") != std::string::npos);
}

TEST_CASE("up: the log shows commands and APDUs to those who ask") {
  RunningScwsim scwsim({"--log-level", "trace"});
  const std::string log = scwsim.process().errors();
  CHECK(log.find("card: OPEN CHANNEL D0") != std::string::npos);
  CHECK(log.find("terminal: TERMINAL RESPONSE 81") != std::string::npos);
  CHECK(log.find("APDU 8010") != std::string::npos);
}

TEST_CASE("tour: a terminal without server mode fails a step and the exit status") {
  const Outcome outcome = run({"tour", "--terminal-profile", "no-server-mode"});
  CHECK(outcome.status == 1);
  CHECK(outcome.output.find("FAIL  the card does not listen") != std::string::npos);
}
