// Other programs in tests: started without a shell, waited for, never left
// behind.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace scwsim::tests {

/// How long any one thing may take before a test gives it up.
inline constexpr std::chrono::seconds kPatience{60};

class Process {
 public:
  /// Starts `arguments` (the program first, found by PATH), with `input` on its
  /// standard input. Standard output and error go to files of its own.
  explicit Process(const std::vector<std::string>& arguments, const std::string& input = "");
  /// Kills it if it still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Waits for its end and gives the exit status; -1 when it was killed by a
  /// signal, or did not end within `patience` and was killed here.
  int wait(std::chrono::seconds patience = kPatience);

  void signal(int number) const;
  [[nodiscard]] bool running();
  [[nodiscard]] int pid() const { return pid_; }

  /// What it has written so far.
  [[nodiscard]] std::string output() const;
  [[nodiscard]] std::string errors() const;

 private:
  bool reap(bool block);

  int pid_ = -1;
  int status_ = -1;
  bool ended_ = false;
  std::string output_path_;
  std::string errors_path_;
};

/// Whether a program can be found; if not, the test is left out (in CI: fails).
bool have_program(const std::string& name);

/// A folder of the test's own, removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// The text of a file, "" when there is none.
std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);

/// A command of scwsim on free ports, `up` if no other is named, ready to be used.
class RunningScwsim {
 public:
  explicit RunningScwsim(const std::vector<std::string>& options = {});
  RunningScwsim(const std::string& command, const std::vector<std::string>& options);

  [[nodiscard]] const std::string& host_port() const { return host_port_; }
  [[nodiscard]] uint16_t port() const;
  /// The same, of its HTTPS.
  [[nodiscard]] uint16_t https_port() const;
  [[nodiscard]] std::string https_url(const std::string& path = "/") const {
    return "https://" + https_ + path;
  }
  /// HOST:PORT of the raw card link.
  [[nodiscard]] const std::string& link() const { return link_; }
  [[nodiscard]] std::string url(const std::string& path = "/") const {
    return "http://" + host_port_ + path;
  }
  [[nodiscard]] std::string ready_file() const { return folder_.path("ready.json"); }
  [[nodiscard]] Process& process() { return process_; }
  /// Waits for a ready file whose addresses (HOST:PORT or "") are as they should be.
  void wait_until(
      const std::function<bool(const std::string& http, const std::string& link)>& good);
  /// Waits until the card's web server can be reached; gives the port.
  uint16_t wait_for_http();
  /// Ends it orderly; gives the exit status.
  int stop();
  /// Command APDUs that the card has had, as its status page says.
  [[nodiscard]] long apdus() const;
  /// Resident memory in kibibytes.
  [[nodiscard]] long resident_kib() const;

 private:
  TemporaryFolder folder_;
  Process process_;
  std::string host_port_;
  std::string https_;
  std::string link_;
};

}  // namespace scwsim::tests
