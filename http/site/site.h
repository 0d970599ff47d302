// The static resources of a card, served straight from its store (OMA SCWS;
// scws.md §4.3 to §4.5): GET and HEAD with conditions, the default page, stored
// metadata as it was given. Read only: administration does not come this way.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "card/store/store.h"
#include "http/handler.h"
#include "http/site/layout.h"

namespace scwsim::http {

class Site final : public Handler {
 public:
  /// The resources that lay_out() put into the store's site area; none when the
  /// area is empty. The store must outlive the site.
  explicit Site(const store::Store& store) : store_(store) {}

  /// 404 where there is nothing, 405 for other methods than GET and HEAD, 304 and
  /// 412 by the request's conditions, else the resource.
  Page& open(const Request& request, PageSlot& slot) override;

  [[nodiscard]] std::string_view served_path(std::string_view path,
                                             std::span<uint8_t> room) const override;

  /// Whether there is a resource at `path`, as it stands.
  [[nodiscard]] bool has(std::string_view path) const { return find(path).has_value(); }

  /// How many resources there are.
  [[nodiscard]] size_t count() const;

 private:
  [[nodiscard]] std::optional<IndexRow> row(size_t index) const;
  [[nodiscard]] std::optional<IndexRow> find(std::string_view path) const;
  [[nodiscard]] std::optional<IndexRow> find_or_default(std::string_view path) const;

  const store::Store& store_;
};

}  // namespace scwsim::http
