#include "http/server.h"

#include <algorithm>

#include "http/connection.h"
#include "http/status_page.h"
#include "http/wire/request_target.h"

namespace scwsim::http {
namespace {

/// What some resource here may know. TRACE and CONNECT are for proxies and would
/// only serve attackers here.
constexpr Methods kServed = {Method::kGet, Method::kHead,   Method::kPost,
                             Method::kPut, Method::kDelete, Method::kOptions};

}  // namespace

Server::Server(Handler& site, const Policy& policy) : site_(site), policy_(policy) {
  policy_.limits.head = std::min(policy_.limits.head, kMaxHead);
  policy_.limits.fields = std::min(policy_.limits.fields, kMaxFields);
}

bool Server::mount(std::string_view path, Handler& handler) {
  if (!is_plain_path(path)) return false;
  const auto place = std::ranges::lower_bound(mounts_, path, {}, &Mount::path);
  if (place != mounts_.end() && place->path == path) return false;
  mounts_.insert(place, {std::string(path), &handler});
  return true;
}

std::unique_ptr<StreamHandler> Server::connect(Stream& stream, Peer peer) {
  ++counters_.connections;
  return std::make_unique<Connection>(*this, stream, peer);
}

Page& Server::open(const Request& request, PageSlot& slot) {
  if (!kServed.has(request.method)) {
    return slot.emplace<StatusPage>(Status::kNotImplemented,
                                    "this server does not know the method");
  }
  if (request.expectation_unknown) {
    return slot.emplace<StatusPage>(Status::kExpectationFailed,
                                    "the expectation is not known here");
  }
  if (request.path == "*") {  // OPTIONS for the server as a whole (RFC 9110 §9.3.7)
    return slot.emplace<StatusPage>(Status::kNoContent, std::string_view{}, kServed);
  }
  const auto place = std::ranges::lower_bound(mounts_, request.path, {}, &Mount::path);
  const bool mounted = place != mounts_.end() && place->path == request.path;
  return (mounted ? *place->handler : site_).open(request, slot);
}

}  // namespace scwsim::http
