#include "http/site/site.h"

#include "http/site/change_pages.h"
#include "http/site/resource_conditions.h"
#include "http/site/resource_page.h"
#include "http/status_page.h"

namespace scwsim::http {
namespace {

constexpr Methods kForAnybody = {Method::kGet, Method::kHead};
constexpr Methods kForAdministrator = {Method::kGet, Method::kHead, Method::kPut, Method::kDelete};

/// Where a path that ends in a slash looks, in this order, when nothing is stored
/// there (scws.md §4.4).
constexpr std::string_view kDefaultPages[] = {"index.html", "index.htm"};

}  // namespace

Page& Site::open(const Request& request, PageSlot& slot) {
  const bool administrator = request.peer.administrator;
  const bool changes = request.method == Method::kPut || request.method == Method::kDelete;
  if (administrator && request.method == Method::kPut) {
    return slot.emplace<PutPage>(catalogue_, request, uploads_);
  }
  if (administrator && changes) return slot.emplace<DeletePage>(catalogue_, request);

  const auto place = find_or_default(request.path);
  if (!place.found) {
    if (changes) {
      return slot.emplace<StatusPage>(Status::kForbidden,
                                      "only the administration of the card changes its site");
    }
    return slot.emplace<StatusPage>(Status::kNotFound, "nothing is stored at this path");
  }
  const auto head = catalogue_.head(place.page);
  if (!head) {
    return slot.emplace<StatusPage>(Status::kInternalServerError, "the resource is damaged");
  }
  if (head->configuration && !administrator) {
    return slot.emplace<StatusPage>(Status::kForbidden,
                                    "this resource is for the administration of the card");
  }
  const Methods allowed = administrator ? kForAdministrator : kForAnybody;
  if (Page* page = answer_unless_allowed(request, allowed, slot)) return *page;
  switch (evaluate_conditions(catalogue_, request, place.page, *head)) {
    case Condition::kHolds:
      return slot.emplace<ResourcePage>(catalogue_.volume(), place.page, *head, true);
    case Condition::kNotModified:
      return slot.emplace<ResourcePage>(catalogue_.volume(), place.page, *head, false);
    case Condition::kFailed: break;
  }
  return slot.emplace<StatusPage>(Status::kPreconditionFailed, "the resource is another by now");
}

size_t Site::free_octets() {
  catalogue_.know_free();
  return size_t{catalogue_.volume().free_pages()} * store::kPageSize;
}

std::string_view Site::served_path(std::string_view path, std::span<uint8_t> room) const {
  if (!path.ends_with('/')) return path;  // nothing stands in for these
  const auto place = find_or_default(path);
  const std::string_view served =
      place.found ? catalogue_.path_of(place.page, room) : std::string_view{};
  return served.empty() ? path : served;
}

Catalogue::Place Site::find_or_default(std::string_view path) const {
  Catalogue::Place place = catalogue_.find(path);
  if (place.found || !path.ends_with('/')) return place;
  if (path == "/") place = catalogue_.find_default_page();
  for (const std::string_view page : kDefaultPages) {
    if (place.found) break;
    place = catalogue_.find(path, page);
  }
  return place;
}

}  // namespace scwsim::http
