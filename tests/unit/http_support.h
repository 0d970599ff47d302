// Small things that the tests of http/ share: a site in a store, a server over it,
// and connections driven in every segmentation of input and output.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "card/store/store.h"
#include "http/piece_page.h"
#include "http/server.h"
#include "http/site/site.h"

namespace scwsim::http::test {

class NoStream : public Stream {
 public:
  void wake() override {}
  [[nodiscard]] bool crowded() const override { return crowded_now; }
  bool crowded_now = false;
};

/// A resource with a text body, which must outlive its use.
Resource text_resource(std::string path, std::string_view body);

/// A store whose site area holds `resources`, which must lay out without fault.
std::unique_ptr<store::Store> make_store(const std::vector<Resource>& resources,
                                         const SiteLimits& limits = {},
                                         store::Sink* sink = nullptr);

/// POST: answers with the body's octets counted and its text, up to 64 octets.
class EchoHandler : public Handler {
 public:
  Page& open(const Request& request, PageSlot& slot) override;
};

/// GET: `pieces` pieces of `octets` octets, length unknown.
class PiecesHandler : public Handler {
 public:
  PiecesHandler(size_t pieces, size_t octets) : pieces_(pieces), octets_(octets) {}
  Page& open(const Request& request, PageSlot& slot) override;

 private:
  size_t pieces_;
  size_t octets_;
};

/// GET: promises 100 octets and gives 10; with `unknown`, promises nothing and
/// gives 600; with `headless`, does not even give a status.
class BrokenHandler : public Handler {
 public:
  enum class Kind { kShort, kUnknown, kHeadless, kInjecting };
  explicit BrokenHandler(Kind kind) : kind_(kind) {}
  Page& open(const Request& request, PageSlot& slot) override;

 private:
  Kind kind_;
};

/// A server with a small site and the handlers above mounted at /echo, /pieces,
/// /none, /short, /unknown, /headless and /injecting.
class Bench {
  struct Parts;
  std::unique_ptr<Parts> parts_;

 public:
  explicit Bench(const Policy& policy = {});
  ~Bench();
  Server& server;
};

/// What a connection gave.
struct Outcome {
  std::string output;
  bool finished = false;
  bool operator==(const Outcome&) const = default;
};

/// Sends `input` in pieces whose sizes are `cuts` in turn (the last one repeated),
/// draws output by `chunk` octets after each.
Outcome converse(Server& server, std::string_view input,
                 const std::vector<size_t>& cuts = {SIZE_MAX}, size_t chunk = 4096,
                 bool last_free = false, Peer peer = {});

/// Status codes of all responses in `output`, in order, walked by their own
/// framing: an independent reading of what was sent. `heads` says which of the
/// responses answer HEAD. A final -1: octets that are no response.
struct Reply {
  int status = 0;
  std::string head;
  std::string body;
};
std::vector<Reply> read_replies(std::string_view output, const std::vector<bool>& heads = {});

/// The value of a field in a response's head; "(none)" without one.
std::string field_of(const Reply& reply, std::string_view name);

}  // namespace scwsim::http::test
