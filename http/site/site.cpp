#include "http/site/site.h"

#include <algorithm>
#include <array>
#include <compare>

#include "http/site/conditions.h"
#include "http/status_page.h"

namespace scwsim::http {
namespace {

constexpr auto kSite = store::Area::kSite;
constexpr Methods kStaticMethods = {Method::kGet, Method::kHead};

/// Where `/` looks, in this order, when nothing is stored there (scws.md §4.4).
constexpr std::string_view kDefaultPages[] = {"/index.html", "/index.htm"};

/// A resource on its way out: 200 with its body, or 304.
class ResourcePage final : public Page {
 public:
  ResourcePage(const store::Store& store, const IndexRow& row, bool modified)
      : store_(store),
        lines_at_(size_t{row.offset} + row.path_size),
        lines_size_(size_t{row.validators_size} + (modified ? row.representation_size : 0)),
        body_at_(lines_at_ + row.validators_size + row.representation_size),
        body_size_(row.body_size),
        modified_(modified) {}

  void respond(ResponseHead& head) override {
    head.start(modified_ ? Status::kOk : Status::kNotModified);
    if (!store_.read(kSite, lines_at_, head.ready_lines(lines_size_))) head.spoil();
    head.length(body_size_);
  }

  size_t read(std::span<uint8_t> out) override {
    const Bytes run =
        store_.run(kSite, body_at_ + given_, std::min(out.size(), body_size_ - given_));
    std::ranges::copy(run, out.begin());
    given_ += run.size();
    return run.size();
  }

  [[nodiscard]] bool done() const override { return given_ == body_size_; }

 private:
  const store::Store& store_;
  size_t lines_at_;
  size_t lines_size_;
  size_t body_at_;
  size_t body_size_;
  size_t given_ = 0;
  bool modified_;
};

/// Compares the `size` octets at `offset` of the site with `text`.
std::strong_ordering compare(const store::Store& store, size_t offset, size_t size,
                             std::string_view text) {
  while (size > 0 && !text.empty()) {
    const std::string_view run = as_text(store.run(kSite, offset, std::min(size, text.size())));
    if (run.empty()) break;
    const int order = run.compare(text.substr(0, run.size()));
    if (order != 0) return order <=> 0;
    offset += run.size();
    size -= run.size();
    text.remove_prefix(run.size());
  }
  return size <=> text.size();
}

}  // namespace

Page& Site::open(const Request& request, PageSlot& slot) {
  const auto found = find_or_default(request.path);
  if (!found) return slot.emplace<StatusPage>(Status::kNotFound, "nothing is stored at this path");
  if (Page* page = answer_unless_allowed(request, kStaticMethods, slot)) return *page;
  switch (evaluate_conditions(request, EntityTag(found->entity_tag))) {
    case Condition::kHolds: return slot.emplace<ResourcePage>(store_, *found, true);
    case Condition::kNotModified: return slot.emplace<ResourcePage>(store_, *found, false);
    case Condition::kFailed: break;
  }
  return slot.emplace<StatusPage>(Status::kPreconditionFailed, "the resource is another by now");
}

std::string_view Site::served_path(std::string_view path, std::span<uint8_t>) const {
  if (path != "/" || has(path)) return path;
  const auto* const page =
      std::ranges::find_if(kDefaultPages, [this](std::string_view p) { return has(p); });
  return page == std::ranges::end(kDefaultPages) ? path : *page;
}

size_t Site::count() const {
  std::array<uint8_t, kIndexCountSize> bytes{};
  return store_.read(kSite, 0, bytes) ? ByteReader(bytes).u32() : 0;
}

std::optional<IndexRow> Site::row(size_t index) const {
  std::array<uint8_t, kIndexRowSize> bytes{};
  if (!store_.read(kSite, kIndexCountSize + index * kIndexRowSize, bytes)) return std::nullopt;
  return read_index_row(bytes);
}

std::optional<IndexRow> Site::find(std::string_view path) const {
  size_t low = 0;
  size_t high = count();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const auto candidate = row(middle);
    if (!candidate) return std::nullopt;
    const auto order = compare(store_, candidate->offset, candidate->path_size, path);
    if (std::is_eq(order)) return candidate;
    if (std::is_lt(order)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return std::nullopt;
}

std::optional<IndexRow> Site::find_or_default(std::string_view path) const {
  auto found = find(path);
  if (path != "/") return found;
  for (const std::string_view page : kDefaultPages) {
    if (found) break;
    found = find(page);
  }
  return found;
}

}  // namespace scwsim::http
