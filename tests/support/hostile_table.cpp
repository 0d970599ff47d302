#include "tests/support/hostile_table.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>

#include "tests/support/process.h"
#include "tests/support/raw_connection.h"

namespace scwsim::tests {

namespace {

using After = HostileOutcome::After;

// Takes a word off the start of `text`, and the one blank behind it.
std::string_view take_word(std::string_view& text) {
  const size_t size = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, size);
  text.remove_prefix(std::min(size + 1, text.size()));
  return word;
}

template <typename Number>
Number number_in(std::string_view text, int base = 10) {
  Number number{};
  const auto [end, error] = std::from_chars(text.begin(), text.end(), number, base);
  if (error != std::errc{} || end != text.end()) {
    throw std::runtime_error("no number: " + std::string(text));
  }
  return number;
}

class TableFile {
 public:
  explicit TableFile(const std::filesystem::path& path) : path_(path) {}

  void read(std::vector<HostileRow>& rows) {
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);) {
      ++line_;
      try {
        take(line, rows);
      } catch (const std::runtime_error& error) {
        throw std::runtime_error(path_.filename().string() + ":" + std::to_string(line_) + ": " +
                                 error.what());
      }
    }
  }

 private:
  void take(std::string_view line, std::vector<HostileRow>& rows) {
    if (line.empty() || line.front() == '#') return;
    if (line.ends_with(' ')) throw std::runtime_error("a line ends in a blank; write \\s");
    if (line.front() == '[') {
      if (!line.ends_with(']')) throw std::runtime_error("a name without its bracket");
      rows.emplace_back().name =
          path_.stem().string() + ": " + std::string(line.substr(1, line.size() - 2));
      in_row_ = true;
      return;
    }
    const std::string_view keyword = take_word(line);
    if (keyword == "define") {
      const std::string name(take_word(line));
      defined_[name] = octets_of(line);
      return;
    }
    if (!in_row_) throw std::runtime_error("no row has begun");
    HostileRow& row = rows.back();
    if (keyword == "rule") {
      row.rule = line;
    } else if (keyword == "send") {
      row.octets += octets_of(line);
    } else if (keyword == "times") {
      const auto times = number_in<size_t>(take_word(line));
      const std::string octets = octets_of(line);
      for (size_t i = 0; i < times; ++i) row.octets += octets;
    } else if (keyword == "strict") {
      row.outcomes[""] = outcome_in(line);
    } else if (keyword == "with") {
      const std::string policy(take_word(line));
      row.outcomes[policy] = outcome_in(line);
    } else if (keyword == "only" && line == "clear") {
      row.clear_only = true;
    } else if (keyword != "nginx") {
      throw std::runtime_error("no such keyword: " + std::string(keyword));
    }
  }

  [[nodiscard]] std::string octets_of(std::string_view text) const {
    static const std::map<char, char> kEscapes = {
        {'r', '\r'}, {'n', '\n'}, {'t', '\t'}, {'v', '\v'}, {'f', '\f'}, {'s', ' '}, {'\\', '\\'}};
    std::string octets;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\\') {
        octets += text[i];
        continue;
      }
      const char c = ++i < text.size() ? text[i] : '\0';
      if (const auto escape = kEscapes.find(c); escape != kEscapes.end()) {
        octets += escape->second;
      } else if (c == 'x') {
        octets += static_cast<char>(number_in<uint8_t>(text.substr(i + 1, 2), 16));
        i += 2;
      } else if (c == '{') {
        const std::string name(text.substr(i + 1, text.find('}', i) - i - 1));
        octets += defined_.at(name);
        i += name.size() + 1;
      } else {
        throw std::runtime_error("no such escape");
      }
    }
    return octets;
  }

  static HostileOutcome outcome_in(std::string_view text) {
    static const std::map<std::string_view, After> kAfter = {
        {"open", After::kOpen}, {"close", After::kClosed}, {"waits", After::kWaits}};
    HostileOutcome outcome;
    while (true) {
      std::string_view word = take_word(text);
      if (text.empty()) {
        if (!kAfter.contains(word)) throw std::runtime_error("open, close or waits?");
        outcome.after = kAfter.at(word);
        return outcome;
      }
      if (word == "-") continue;
      size_t times = 1;
      if (const size_t star = word.find('*'); star != std::string_view::npos) {
        times = number_in<size_t>(word.substr(0, star));
        word.remove_prefix(star + 1);
      }
      constexpr std::string_view kHead = "head-";
      const bool head = word.starts_with(kHead);
      if (head) word.remove_prefix(kHead.size());
      outcome.statuses.insert(outcome.statuses.end(), times, number_in<int>(word));
      outcome.heads.insert(outcome.heads.end(), times, head);
    }
  }

  std::filesystem::path path_;
  size_t line_ = 0;
  bool in_row_ = false;
  std::map<std::string, std::string> defined_;
};

std::vector<HostileRow> read_rows() {
  std::set<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(SCWSIM_SOURCE_DIR "/tests/hostile")) {
    if (entry.path().extension() == ".txt") files.insert(entry.path());
  }
  std::vector<HostileRow> rows;
  for (const auto& file : files) TableFile(file).read(rows);
  std::set<std::string> names;
  for (const HostileRow& row : rows) {
    if (!names.insert(row.name).second) throw std::runtime_error(row.name + ": twice");
    if (row.octets.empty() || row.rule.empty() || !row.outcomes.contains("")) {
      throw std::runtime_error(row.name + ": not complete");
    }
  }
  return rows;
}

struct Response {
  int status = 0;
  std::string_view body;
};

// Takes a response off `output` by its own framing; nothing when there is none that
// is whole.
std::optional<Response> take_response(std::string_view& output, bool head) {
  constexpr std::string_view kStart = "HTTP/1.1 ";
  const size_t end = output.find("\r\n\r\n");
  if (!output.starts_with(kStart) || end == std::string_view::npos) return std::nullopt;
  const std::string_view fields = output.substr(0, end + 2);
  output.remove_prefix(end + 4);
  Response response;
  response.status = number_in<int>(fields.substr(kStart.size(), 3));
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  const size_t at = fields.find(kLength);
  if (fields.find("\r\nTransfer-Encoding:") != std::string_view::npos) return std::nullopt;
  if (head || at == std::string_view::npos) return response;
  const size_t begin = at + kLength.size();
  const auto size = number_in<size_t>(fields.substr(begin, fields.find('\r', begin) - begin));
  if (size > output.size()) return std::nullopt;
  response.body = output.substr(0, size);
  output.remove_prefix(size);
  return response;
}

class Socket final : public OctetStream {
 public:
  explicit Socket(uint16_t port) : connection_(port) {}
  bool send(std::string_view octets) override { return connection_.try_send(octets); }
  void finish_sending() override { connection_.finish_sending(); }
  std::string read_all() override { return connection_.read_all(); }

 private:
  RawConnection connection_;
};

constexpr std::string_view kProbed = "this page is for the one who asks whether you are there";
constexpr std::string_view kHidden = "nobody asked for this page";

}  // namespace

const std::string kHostileProbe =
    "GET /probe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

const std::vector<HostileRow>& hostile_rows() {
  static const std::vector<HostileRow> kRows = read_rows();
  return kRows;
}

std::vector<std::string> hostile_policies() {
  std::set<std::string> policies;
  for (const HostileRow& row : hostile_rows()) {
    for (const auto& [policy, outcome] : row.outcomes) policies.insert(policy);
  }
  return {policies.begin(), policies.end()};
}

std::string hostile_profile(const std::string& policy) {
  auto profile =
      nlohmann::json::parse(read_text(SCWSIM_SOURCE_DIR "/card/profile/default/profile.json"));
  profile["site"] = nlohmann::json::array();
  const std::string large = hostile_large_page();
  const std::vector<std::pair<std::string_view, std::string_view>> site = {
      {"/", "root"},     {"/a", "a"},         {"/a b", "blank"},   {"/dir/x", "x"},
      {"/large", large}, {"/probe", kProbed}, {"/hidden", kHidden}};
  for (const auto& [path, text] : site) {
    profile["site"].push_back({{"path", path}, {"type", "text/plain"}, {"text", text}});
  }
  if (!policy.empty()) {
    const size_t equals = policy.find('=');
    profile["http"]["policy"] = {
        {policy.substr(0, equals), nlohmann::json::parse(policy.substr(equals + 1))}};
  }
  return profile.dump();
}

std::string hostile_large_page() {
  constexpr size_t kSize = 20000;
  std::string page;
  while (page.size() < kSize) page += "line " + std::to_string(page.size()) + "\n";
  return page;
}

std::string complaint_about(const HostileOutcome& outcome, std::string_view output) {
  std::vector<int> expected = outcome.statuses;
  const bool probed = outcome.after == After::kOpen;
  if (probed) expected.push_back(200);
  std::vector<int> found;
  std::string_view rest = output;
  std::string_view last;
  while (!rest.empty()) {
    const size_t index = found.size();
    const auto response = take_response(rest, index < outcome.heads.size() && outcome.heads[index]);
    if (!response) return "not a response: " + std::string(rest);
    found.push_back(response->status);
    last = response->body;
    if (last == kHidden) return "the hidden request was answered";
  }
  if (found != expected) {
    std::ostringstream said;
    said << "expected";
    for (const int status : expected) said << ' ' << status;
    said << ", found";
    for (const int status : found) said << ' ' << status;
    said << " in: " << output;
    return said.str();
  }
  if (probed && last != kProbed) return "the connection answers something else";
  return "";
}

Dial dial_port(uint16_t port) {
  return [port] { return std::make_unique<Socket>(port); };
}

std::string try_hostile_row(const HostileRow& row, const HostileOutcome& outcome, const Dial& dial,
                            size_t piece) {
  const auto stream = dial();
  const auto send = [&](std::string_view octets) {
    while (!octets.empty()) {
      const size_t n = std::min(piece, octets.size());
      if (!stream->send(octets.substr(0, n))) return;
      octets.remove_prefix(n);
    }
  };
  send(row.octets);
  if (outcome.after == After::kOpen) send(kHostileProbe);
  if (outcome.after == After::kWaits) stream->finish_sending();
  return complaint_about(outcome, stream->read_all());
}

}  // namespace scwsim::tests
