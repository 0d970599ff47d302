#include "card/store/store.h"

#include <algorithm>

namespace scwsim::store {

Store::Store(std::shared_ptr<const Image> image, Sink* sink)
    : image_(std::move(image)), sink_(sink) {}

const Store::Page* Store::own_page(Area area, uint32_t page) const {
  for (const Pending& p : unit_) {
    if (p.area == area && p.page == page) return p.bytes.get();
  }
  const auto& pages = overlay_[static_cast<size_t>(area)];
  return page < pages.size() ? pages[page].get() : nullptr;
}

Store::Page& Store::writable_page(Area area, uint32_t page) {
  for (const Pending& p : unit_) {
    if (p.area == area && p.page == page) return *p.bytes;
  }
  std::unique_ptr<Page> copy = take_page();
  if (const Page* own = own_page(area, page)) {
    *copy = *own;
  } else {
    const Bytes base = image_->area(area).subspan(page * kPageSize);
    const auto end = std::ranges::copy(base.first(std::min(base.size(), kPageSize)), copy->begin());
    std::fill(end.out, copy->end(), uint8_t{0});
  }
  unit_.push_back({area, page, std::move(copy)});
  return *unit_.back().bytes;
}

std::unique_ptr<Store::Page> Store::take_page() {
  if (spare_.empty()) return std::make_unique<Page>();
  std::unique_ptr<Page> page = std::move(spare_.back());
  spare_.pop_back();
  return page;
}

void Store::end_unit() {
  for (Pending& p : unit_) {
    if (p.bytes && spare_.size() < kMaxSpare) spare_.push_back(std::move(p.bytes));
  }
  unit_.clear();
}

Bytes Store::run(Area area, size_t offset, size_t most) const {
  const Bytes base = image_->area(area);
  if (offset >= base.size()) return {};
  const size_t wanted = std::min(most, base.size() - offset);
  if (unit_.empty() && overlay_[static_cast<size_t>(area)].empty()) {
    return base.subspan(offset, wanted);
  }
  const size_t in_page = offset % kPageSize;
  const size_t length = std::min(wanted, kPageSize - in_page);
  const Page* own = own_page(area, static_cast<uint32_t>(offset / kPageSize));
  return own != nullptr ? Bytes(*own).subspan(in_page, length) : base.subspan(offset, length);
}

bool Store::read(Area area, size_t offset, std::span<uint8_t> out) const {
  const size_t end = size(area);
  if (offset > end || out.size() > end - offset) return false;
  while (!out.empty()) {
    const Bytes part = run(area, offset, out.size());
    std::ranges::copy(part, out.begin());
    offset += part.size();
    out = out.subspan(part.size());
  }
  return true;
}

bool Store::write(Area area, size_t offset, Bytes bytes) {
  const size_t end = size(area);
  if (offset > end || bytes.size() > end - offset || stopped_) return false;
  if (writes_left_ > 0 && --writes_left_ == 0) {
    stopped_ = true;
    return false;
  }
  while (!bytes.empty()) {
    const size_t in_page = offset % kPageSize;
    const size_t length = std::min(bytes.size(), kPageSize - in_page);
    Page& page = writable_page(area, static_cast<uint32_t>(offset / kPageSize));
    std::ranges::copy(bytes.first(length), page.begin() + static_cast<std::ptrdiff_t>(in_page));
    offset += length;
    bytes = bytes.subspan(length);
  }
  return true;
}

bool Store::commit() {
  if (unit_.empty()) return !stopped_;
  bool durable = !stopped_;
  if (durable && sink_ != nullptr) {
    std::vector<PageWrite> pages;
    pages.reserve(unit_.size());
    for (const Pending& p : unit_) pages.push_back({p.area, p.page, *p.bytes});
    durable = sink_->commit(pages);
  }
  if (durable) {
    for (Pending& p : unit_) {
      auto& pages = overlay_[static_cast<size_t>(p.area)];
      if (pages.empty()) pages.resize((size(p.area) + kPageSize - 1) / kPageSize);
      std::swap(pages[p.page], p.bytes);
    }
  }
  end_unit();
  return durable;
}

}  // namespace scwsim::store
