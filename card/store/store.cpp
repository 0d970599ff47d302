#include "card/store/store.h"

#include <algorithm>
#include <utility>

namespace scwsim::store {
namespace {

uint32_t page_of(size_t offset) { return static_cast<uint32_t>(offset / kPageSize); }

// Hands `bytes`, page by page, to `write(number, offset in page, part)`.
template <typename Write>
void by_pages(size_t offset, Bytes bytes, Write write) {
  while (!bytes.empty()) {
    const size_t in_page = offset % kPageSize;
    const size_t length = std::min(bytes.size(), kPageSize - in_page);
    write(page_of(offset), static_cast<std::ptrdiff_t>(in_page), bytes.first(length));
    offset += length;
    bytes = bytes.subspan(length);
  }
}

}  // namespace

Store::Store(std::shared_ptr<const Image> image, Sink* sink)
    : image_(std::move(image)), sink_(sink) {}

Store::Page* Store::pending_page(Area area, uint32_t number) const {
  for (const Pending& p : unit_) {
    if (p.area == area && p.number == number) return p.page.get();
  }
  return nullptr;
}

const Store::Page* Store::own_page(Area area, uint32_t number) const {
  if (const Page* pending = pending_page(area, number)) return pending;
  const auto& pages = overlay_[static_cast<size_t>(area)];
  return number < pages.size() ? pages[number].get() : nullptr;
}

std::unique_ptr<Store::Page>& Store::overlay_page(Area area, uint32_t number) {
  auto& pages = overlay_[static_cast<size_t>(area)];
  if (pages.empty()) pages.resize((size(area) + kPageSize - 1) / kPageSize);
  return pages[number];
}

Store::Page& Store::writable_page(Area area, uint32_t number) {
  if (Page* pending = pending_page(area, number)) return *pending;
  std::unique_ptr<Page> copy = take_page();
  if (const Page* own = own_page(area, number)) {
    copy->octets = own->octets;
  } else {
    fill_from_image(area, number, *copy);
  }
  copy->staged = false;
  unit_.push_back({area, number, std::move(copy)});
  return *unit_.back().page;
}

Store::Page& Store::staged_page(Area area, uint32_t number) {
  std::unique_ptr<Page>& page = overlay_page(area, number);
  if (!page) {
    page = std::make_unique<Page>();
    fill_from_image(area, number, *page);
  }
  if (sink_ != nullptr && !std::exchange(page->staged, true)) staged_.push_back({area, number});
  return *page;
}

void Store::fill_from_image(Area area, uint32_t number, Page& page) const {
  const Bytes base = image_->area(area).subspan(number * kPageSize);
  const auto end =
      std::ranges::copy(base.first(std::min(base.size(), kPageSize)), page.octets.begin());
  std::fill(end.out, page.octets.end(), uint8_t{0});
}

std::unique_ptr<Store::Page> Store::take_page() {
  if (spare_.empty()) return std::make_unique<Page>();
  std::unique_ptr<Page> page = std::move(spare_.back());
  spare_.pop_back();
  return page;
}

void Store::end_unit() {
  for (Pending& p : unit_) {
    if (p.page && spare_.size() < kMaxSpare) spare_.push_back(std::move(p.page));
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
  const Page* own = own_page(area, page_of(offset));
  return own != nullptr ? Bytes(own->octets).subspan(in_page, length)
                        : base.subspan(offset, length);
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

// Whether a write of that range may be done; counts it, for stop_at_write().
bool Store::admits(Area area, size_t offset, size_t length) {
  const size_t end = size(area);
  if (offset > end || length > end - offset || stopped_) return false;
  stopped_ = writes_left_ > 0 && --writes_left_ == 0;
  return !stopped_;
}

bool Store::write(Area area, size_t offset, Bytes bytes) {
  if (!admits(area, offset, bytes.size())) return false;
  by_pages(offset, bytes, [&](uint32_t number, std::ptrdiff_t in_page, Bytes part) {
    std::ranges::copy(part, writable_page(area, number).octets.begin() + in_page);
  });
  return true;
}

bool Store::stage(Area area, size_t offset, Bytes bytes) {
  for (const Pending& p : unit_) {
    const bool shared = p.area == area && !bytes.empty() && p.number >= page_of(offset) &&
                        p.number <= page_of(offset + bytes.size() - 1);
    if (shared) return false;
  }
  if (!admits(area, offset, bytes.size())) return false;
  by_pages(offset, bytes, [&](uint32_t number, std::ptrdiff_t in_page, Bytes part) {
    std::ranges::copy(part, staged_page(area, number).octets.begin() + in_page);
  });
  return true;
}

bool Store::make_durable() {
  std::vector<PageWrite> pages;
  pages.reserve(staged_.size() + unit_.size());
  for (const Staged& s : staged_) {
    pages.push_back({s.area, s.number, overlay_page(s.area, s.number)->octets});
  }
  for (const Pending& p : unit_) pages.push_back({p.area, p.number, p.page->octets});
  if (!sink_->commit(pages)) return false;
  for (const Staged& s : staged_) overlay_page(s.area, s.number)->staged = false;
  staged_.clear();
  return true;
}

bool Store::commit() {
  if (unit_.empty()) return !stopped_;
  const bool durable = !stopped_ && (sink_ == nullptr || make_durable());
  if (durable) {
    for (Pending& p : unit_) std::swap(overlay_page(p.area, p.number), p.page);
  }
  end_unit();
  return durable;
}

}  // namespace scwsim::store
