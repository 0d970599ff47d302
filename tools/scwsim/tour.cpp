#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <future>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>

#include "card/base/hex.h"
#include "card/cat/values.h"
#include "tools/scwsim/apdu_log.h"
#include "tools/scwsim/commands.h"
#include "tools/scwsim/http_client.h"

namespace scwsim::cli {

namespace {

constexpr std::chrono::seconds kPatience{20};
constexpr int kManyConnections = 12;

// Counts the APDUs that go by, and the proactive commands among them by name.
class ApduCounter final : public links::ApduObserver {
 public:
  void on_atr(Time, Bytes atr) override {
    const std::scoped_lock lock(mutex_);
    atr_ = to_hex(atr);
  }

  void on_exchange(Time, Bytes command, Bytes response) override {
    const std::scoped_lock lock(mutex_);
    ++apdus_;
    if (const auto fetched = fetched_command(command, response)) ++commands_[*fetched];
  }

  std::string atr() const {
    const std::scoped_lock lock(mutex_);
    return atr_;
  }

  // Gives what was counted since the last call.
  std::pair<uint64_t, std::string> take() {
    const std::scoped_lock lock(mutex_);
    std::string text;
    for (const auto& [name, count] : commands_) {
      text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(name);
    }
    commands_.clear();
    return {std::exchange(apdus_, 0), text};
  }

 private:
  mutable std::mutex mutex_;
  std::string atr_;
  uint64_t apdus_ = 0;
  std::map<std::string_view, int> commands_;
};

// Tells the story and keeps count of what did not hold.
class Story {
 public:
  void step(std::string_view title) { std::cout << "\n" << ++steps_ << ". " << title << '\n'; }
  void say(std::string_view line) { std::cout << "   " << line << '\n'; }
  bool check(bool held, std::string_view what) {
    std::cout << (held ? "   ok    " : "   FAIL  ") << what << '\n';
    if (!held) ++failures_;
    return held;
  }
  int end() {
    std::cout << '\n'
              << (failures_ == 0 ? "Every step held." : "Some steps did not hold.") << std::endl;
    if (!std::cout) throw std::runtime_error("standard output cannot be written");
    return failures_ == 0 ? 0 : 1;
  }

 private:
  int steps_ = 0;
  int failures_ = 0;
};

// A lab whose event loop runs in a thread of its own.
class RunningLab {
 public:
  RunningLab(lab::Config config, ApduCounter& counter) {
    config.observer = &counter;
    terminal::Hooks hooks;
    hooks.on_settled = [this] { tell(""); };
    hooks.on_lost = [this](std::string_view reason) {
      tell("the card is lost: " + std::string(reason));
    };
    hooks.on_port_unavailable = [this](uint16_t, uint16_t port, std::string_view reason) {
      tell("port " + std::to_string(port) + ": " + std::string(reason));
    };
    lab_ = make_lab(io_, std::move(config), std::move(hooks));
    boost::asio::post(io_, [this] { lab_->start(); });
    thread_ = std::thread([this] { io_.run(); });
  }

  ~RunningLab() {
    boost::asio::post(io_, [this] {
      lab_->stop();
      io_.stop();
    });
    thread_.join();
  }

  RunningLab(const RunningLab&) = delete;
  RunningLab& operator=(const RunningLab&) = delete;

  // Waits until the card has nothing more to say. Gives what went wrong.
  std::string wait_settled() {
    std::unique_lock lock(mutex_);
    const bool told = changed_.wait_for(lock, kPatience, [this] { return told_; });
    return told ? problem_ : "the card did not settle";
  }

  // Runs `work` in the event loop and gives its result.
  template <typename Work>
  auto ask(Work work) {
    std::packaged_task<decltype(work(*lab_))()> task([&] { return work(*lab_); });
    auto result = task.get_future();
    boost::asio::post(io_, [&task] { task(); });
    return result.get();
  }

 private:
  void tell(std::string problem) {
    const std::scoped_lock lock(mutex_);
    if (told_) return;
    told_ = true;
    problem_ = std::move(problem);
    changed_.notify_all();
  }

  boost::asio::io_context io_;
  std::unique_ptr<lab::Lab> lab_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool told_ = false;
  std::string problem_;
};

std::string with_apdus(ApduCounter& counter) {
  const auto [apdus, commands] = counter.take();
  return std::to_string(apdus) + " APDUs; fetched: " + (commands.empty() ? "nothing" : commands);
}

void tell_pipelining(Story& story, ApduCounter& counter, HttpClient& client,
                     const HttpResponse& page) {
  story.step("Three requests at once on one connection");
  if (!page.keep_alive) {
    story.say("left out: the card has but one channel here, and closes after each response");
    return;
  }
  for (const char* path : {"/", "/status", "/"}) client.send("GET", path);
  bool in_order = client.receive().etag == page.etag;
  in_order = client.receive().etag.empty() && in_order;
  in_order = client.receive().etag == page.etag && in_order;
  story.check(in_order, "three responses, in the order of the requests");
  story.say(with_apdus(counter));
}

void tell_requests(Story& story, ApduCounter& counter, uint16_t port) {
  story.step("A browser reads the card's page");
  HttpClient client("127.0.0.1", port);
  const HttpResponse page = client.exchange("GET", "/");
  story.check(page.status == 200 && !page.body.empty(),
              "GET / -> " + std::to_string(page.status) + " " + page.reason + ", " +
                  std::to_string(page.body.size()) + " octets of " + page.content_type);
  story.say(with_apdus(counter));

  const HttpResponse head = client.exchange("HEAD", "/");
  story.check(head.status == 200 && head.body.empty() && head.etag == page.etag,
              "HEAD / -> the same head, no content");
  const HttpResponse again = client.exchange("GET", "/", {{"If-None-Match", page.etag}});
  story.check(again.status == 304 && again.body.empty(),
              "GET / with If-None-Match: " + page.etag + " -> 304");
  counter.take();

  story.step("What the card makes at that moment");
  const HttpResponse status = client.exchange("GET", "/status");
  story.check(status.status == 200 && status.body.find("ICCID") != std::string::npos,
              "GET /status -> " + std::to_string(status.body.size()) + " octets");
  story.say(with_apdus(counter));

  story.step("What the card refuses");
  story.check(client.exchange("GET", "/no-such-page").status == 404, "GET /no-such-page -> 404");
  const HttpResponse put = client.exchange("PUT", "/index.html", {{"Content-Length", "0"}});
  story.check(put.status == 405, "PUT /index.html -> 405, Allow: " + put.allow);
  story.check(client.exchange("GET", "/").etag == page.etag, "and the page is what it was");
  counter.take();

  tell_pipelining(story, counter, client, page);

  story.step("More browsers than the card has channels");
  std::vector<std::thread> browsers;
  browsers.reserve(kManyConnections);
  std::atomic<int> served = 0;
  for (int i = 0; i < kManyConnections; ++i) {
    browsers.emplace_back([&] {
      try {
        HttpClient browser("127.0.0.1", port);
        const HttpResponse answer = browser.exchange("GET", "/", {{"Connection", "close"}});
        if (answer.body == page.body) ++served;
      } catch (const std::exception&) {
        // not served: the count says it
      }
    });
  }
  for (std::thread& browser : browsers) browser.join();
  story.check(served == kManyConnections, std::to_string(served) + " of " +
                                              std::to_string(kManyConnections) +
                                              " connections at once were served");
  story.say(with_apdus(counter));
}

void tell_https(Story& story, ApduCounter& counter, uint16_t port,
                const std::vector<uint8_t>& certificate, const std::string& clear_page) {
  story.step("The same page over HTTPS");
  HttpClient client("127.0.0.1", port, certificate);
  const TlsFacts first = client.tls_facts();
  story.check(first.version.starts_with("TLS") && !first.resumed,
              "the card proves itself with its certificate: " + first.version + ", " + first.suite);
  const HttpResponse page = client.exchange("GET", "/");
  story.check(page.status == 200 && page.body == clear_page, "GET / -> the page as it is in clear");
  story.say(with_apdus(counter));
  client.close();
  const HttpResponse again = client.exchange("HEAD", "/");
  story.check(again.status == 200 && client.tls_facts().resumed,
              "and a second connection resumes the session");
  story.say(with_apdus(counter));
}

}  // namespace

int run_tour(const LabOptions& options) {
  Story story;
  ApduCounter counter;
  start_log();
  lab::Config config = lab_from(options);
  const std::string iccid = config.card->iccid_digits;
  const uint16_t card_port = config.card->http.port;
  const uint16_t secure_card_port = config.card->https_port;
  const std::vector<uint8_t> certificate = config.card->certificate;
  RunningLab running(std::move(config), counter);

  story.step("The terminal powers the card up");
  const std::string problem = running.wait_settled();
  if (!story.check(problem.empty(), problem.empty() ? "ATR " + counter.atr() : problem)) {
    return story.end();
  }
  story.say("ICCID " + iccid);
  story.say(with_apdus(counter));

  story.step("The card opens BIP channels in UICC server mode");
  const uint16_t port = running.ask(
      [card_port](lab::Lab& lab) { return lab.terminal().gateway().host_port(card_port); });
  const uint16_t secure_port = running.ask([secure_card_port](lab::Lab& lab) {
    return lab.terminal().gateway().host_port(secure_card_port);
  });
  const auto listening_on = [&running](uint16_t wanted) {
    return running.ask([wanted](lab::Lab& lab) {
      int count = 0;
      for (uint8_t id = 1; id <= cat::kMaxChannels; ++id) {
        const terminal::ChannelInfo channel = lab.terminal().gateway().channel(id);
        count += channel.state == terminal::ChannelState::kListen && channel.card_port == wanted;
      }
      return count;
    });
  };
  const int listening = listening_on(card_port);
  if (port == 0 || listening == 0) {
    story.check(false, kDoesNotListen);
    return story.end();
  }
  story.check(true, std::to_string(listening) +
                        (listening == 1 ? " channel listens" : " channels listen") +
                        " on the card's port " + std::to_string(card_port) +
                        ", reached at http://127.0.0.1:" + std::to_string(port) + "/");

  if (secure_port != 0) {
    const int secure = listening_on(secure_card_port);
    story.check(secure > 0, std::to_string(secure) + " on " + std::to_string(secure_card_port) +
                                ", reached at https://127.0.0.1:" + std::to_string(secure_port) +
                                "/");
  }

  try {
    tell_requests(story, counter, port);
    if (secure_port != 0) {
      const std::string page = HttpClient("127.0.0.1", port).exchange("GET", "/").body;
      counter.take();
      tell_https(story, counter, secure_port, certificate, page);
    }
  } catch (const std::exception& error) {
    story.check(false, error.what());
  }
  return story.end();
}

}  // namespace scwsim::cli
