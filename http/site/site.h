// The static resources of a card, served straight from its store (OMA SCWS;
// scws.md §4.3 to §4.6, §7.1, §7.2): GET and HEAD with conditions, default pages,
// stored metadata as it was given; PUT and DELETE for the card's administration,
// and for nobody else.
//
// Paths are names and no more: `/a` and `/a/b` may both be there, and a directory
// is there as long as any path begins with its name and a slash. `/a/` shows
// `/a/index.html` or `/a/index.htm` unless a resource has that very name; `/a`
// never does (404): relative links in the page would lead elsewhere.
#pragma once

#include <string_view>

#include "http/handler.h"
#include "http/site/catalogue.h"

namespace scwsim::http {

class Site final : public Handler {
 public:
  /// The resources that lay_out() put into the store's site area; none when the
  /// area is empty. The store must outlive the site.
  explicit Site(store::Store& store) : catalogue_(store) {}

  /// GET and HEAD: the resource, 304 or 412 by the request's conditions, or 404.
  /// PUT and DELETE: 403 or 405 for anybody but the administrator. Other methods:
  /// 405. A configuration resource is 403 to anybody else, whatever the method.
  Page& open(const Request& request, PageSlot& slot) override;

  [[nodiscard]] std::string_view served_path(std::string_view path,
                                             std::span<uint8_t> room) const override;

  [[nodiscard]] uint64_t largest_body() const override { return catalogue_.largest_body(); }

  /// Whether there is a resource at `path`, as it stands.
  [[nodiscard]] bool has(std::string_view path) const { return catalogue_.find(path).found; }

  /// How many resources there are.
  [[nodiscard]] size_t count() const { return catalogue_.count(); }

  /// Octets of the pages that are free for resources.
  [[nodiscard]] size_t free_octets();

 private:
  [[nodiscard]] Catalogue::Place find_or_default(std::string_view path) const;

  Catalogue catalogue_;
  size_t uploads_ = 0;  // under way
};

}  // namespace scwsim::http
