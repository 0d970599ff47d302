// The card's web server (OMA SCWS HTTP profile): which handler answers which
// path, under one policy, with its counters. Bearers hand it connections; it knows
// nothing of what carries them.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "card/base/stream.h"
#include "http/auth/guard.h"
#include "http/handler.h"
#include "http/policy.h"

namespace scwsim::http {

/// What the server has done since it was made.
struct Counters {
  uint64_t connections = 0;
  uint64_t octets_in = 0;
  uint64_t octets_out = 0;
  std::array<uint64_t, 6> responses{};  ///< by class: [2] counts 2xx; final ones only

  void count_response(Status status) { ++responses[class_of(status)]; }

  /// Requests answered.
  [[nodiscard]] uint64_t requests() const {
    uint64_t sum = 0;
    for (const uint64_t n : responses) sum += n;
    return sum;
  }
};

/// Where the card is administered (scws.md §7.3). Applications of the device get
/// 403 there, whoever they say they are.
inline constexpr std::string_view kAdministrationPath = "/SCWS/admin";

/// Where pushes are delivered (scws.md §9.1).
inline constexpr std::string_view kPushPath = "/SCWS/push";

/// Whether a path is one of these two or below: nothing of the site and no page of
/// the card can stand there.
bool is_reserved(std::string_view path);

class Server final : public Acceptor {
 public:
  /// A server whose paths are answered by `site`, unless a handler is mounted
  /// there. `site` must outlive the server, the server its connections. Limits
  /// beyond what a connection can hold are cut down to that.
  explicit Server(Handler& site, const Policy& policy = {});

  /// Lets `handler`, which must outlive the server, answer exactly `path`: decoded
  /// and without dot segments. False when the path is not like that, taken or
  /// reserved.
  bool mount(std::string_view path, Handler& handler);

  /// Lets `guard`, which must outlive the server, decide what applications of the
  /// device may see. Without one everything is open to them.
  void protect(Guard& guard) { guard_ = &guard; }

  /// Opens a connection with an application of the device, in clear.
  std::unique_ptr<StreamHandler> accept(Stream& stream) override {
    return connect(stream, {}, stream.crowded());
  }

  /// Opens a connection with `peer`. When it took the last place on the port it says
  /// `Connection: close`, so that its place becomes free for others (scws.md has one
  /// connection a channel, and seven channels).
  std::unique_ptr<StreamHandler> connect(Stream& stream, Peer peer, bool took_last_place);

  /// The page that answers `request`. For an application of the device, what
  /// administers the card is refused before any credentials are looked at.
  Page& open(const Request& request, PageSlot& slot);

  [[nodiscard]] const Policy& policy() const { return policy_; }
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] Counters& counters() { return counters_; }

 private:
  struct Mount {
    std::string path;
    Handler* handler;
  };

  [[nodiscard]] Handler* mounted_at(std::string_view path) const;
  Page* refuse_device(const Request& request, const Handler* mounted, PageSlot& slot);

  Handler& site_;
  Policy policy_;
  Counters counters_;
  Guard* guard_ = nullptr;
  std::vector<Mount> mounts_;  // by path
};

}  // namespace scwsim::http
