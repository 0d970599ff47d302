#include "http/server.h"

#include <algorithm>

#include "http/connection.h"
#include "http/site/layout.h"
#include "http/status_page.h"
#include "http/wire/request_target.h"

namespace scwsim::http {
namespace {

/// What some resource here may know. TRACE and CONNECT are for proxies and would
/// only serve attackers here.
constexpr Methods kServed = {Method::kGet, Method::kHead,   Method::kPost,
                             Method::kPut, Method::kDelete, Method::kOptions};

// Whatever a resource is called, a set can name it.
static_assert(kMostUri >= kMaxPath);

bool is_at_or_below(std::string_view path, std::string_view place) {
  return path.starts_with(place) && (path.size() == place.size() || path[place.size()] == '/');
}

}  // namespace

bool is_reserved(std::string_view path) {
  return is_at_or_below(path, kAdministrationPath) || is_at_or_below(path, kPushPath);
}

Server::Server(Handler& site, const Policy& policy) : site_(site), policy_(policy) {
  policy_.limits.head = std::min(policy_.limits.head, kMaxHead);
  policy_.limits.fields = std::min(policy_.limits.fields, kMaxFields);
  policy_.limits.resource = std::max(policy_.limits.body, site.largest_body());
}

bool Server::mount(std::string_view path, Handler& handler) {
  if (!is_plain_path(path) || is_reserved(path)) return false;
  const auto place = std::ranges::lower_bound(mounts_, path, {}, &Mount::path);
  if (place != mounts_.end() && place->path == path) return false;
  mounts_.insert(place, {std::string(path), &handler});
  return true;
}

std::unique_ptr<StreamHandler> Server::connect(Stream& stream, Peer peer, bool took_last_place) {
  ++counters_.connections;
  return std::make_unique<Connection>(*this, stream, peer, took_last_place);
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
  Handler* const mounted = mounted_at(request.path);
  if (!request.peer.administrator) {
    if (Page* page = refuse_device(request, mounted, slot)) return *page;
  }
  return (mounted != nullptr ? *mounted : site_).open(request, slot);
}

Handler* Server::mounted_at(std::string_view path) const {
  const auto place = std::ranges::lower_bound(mounts_, path, {}, &Mount::path);
  return place != mounts_.end() && place->path == path ? place->handler : nullptr;
}

// The answer to what an application of the device may not have; null when it may.
Page* Server::refuse_device(const Request& request, const Handler* mounted, PageSlot& slot) {
  if (is_at_or_below(request.path, kAdministrationPath)) {
    return &slot.emplace<StatusPage>(Status::kForbidden,
                                     "the card is not administered from the device");
  }
  if (is_at_or_below(request.path, kPushPath)) {
    return &slot.emplace<StatusPage>(Status::kNotFound, "pushes are not taken here");
  }
  if (guard_ == nullptr) return nullptr;
  std::array<uint8_t, kMaxPath> room;  // raw until a path is written to it
  const auto set =
      guard_->set_of(mounted != nullptr ? request.path : site_.served_path(request.path, room));
  if (!set) return nullptr;
  const bool changes_site =
      mounted == nullptr && (request.method == Method::kPut || request.method == Method::kDelete);
  if (changes_site) {
    // No credentials would help, and what is there is nobody's business.
    return &slot.emplace<StatusPage>(Status::kForbidden,
                                     "the site is changed by the administrator only");
  }
  return guard_->refuse(request, *set, policy_, slot);
}

}  // namespace scwsim::http
