#include "http/site/volume.h"

#include <algorithm>
#include <array>

namespace scwsim::http {
namespace {

constexpr auto kSite = store::Area::kSite;

}  // namespace

Volume::Volume(store::Store& store) : store_(store) {
  std::array<uint8_t, 4> bytes{};
  if (!store_.read(kSite, 0, bytes)) return;
  const uint32_t pages = ByteReader(bytes).u32();
  begin_ = pages_at(pages);
  if (begin_ + size_t{pages} * store::kPageSize == store_.size(kSite)) pages_ = pages;
}

Bytes Volume::page(uint32_t number) const {
  if (number >= pages_) return {};
  return store_.run(kSite, begin_ + size_t{number} * store::kPageSize, store::kPageSize);
}

void Volume::begin_free() {
  used_.assign(pages_, false);
  free_ = pages_;
  hint_ = 0;
}

void Volume::mark_used(Chain chain) {
  walk(chain, [this](uint32_t number) { set_used(number, true); });
}

// Visits the pages of a chain; a page may be used anew once it was visited.
template <typename Visit>
void Volume::walk(Chain chain, Visit visit) const {
  for (uint32_t number = chain.first; chain.pages > 0; --chain.pages) {
    const Bytes octets = page(number);
    if (octets.empty()) return;
    const uint32_t next = ByteReader(octets).u32();
    visit(number);
    number = next;
  }
}

void Volume::set_used(uint32_t number, bool used) {
  if (used_[number] == used) return;
  used_[number] = used;
  free_ = used ? free_ - 1 : free_ + 1;
}

bool Volume::make_room(size_t pages) {
  if (free_ < pages && pages - free_ <= pages_only_read()) break_readers();
  return free_ >= pages;
}

std::optional<uint32_t> Volume::take() {
  if (!make_room(1)) return std::nullopt;
  while (used_[hint_]) hint_ = (hint_ + 1) % pages_;
  set_used(hint_, true);
  return hint_;
}

void Volume::give(Chain chain) {
  walk(chain, [this](uint32_t number) { set_used(number, false); });
}

void Volume::discard(Chain chain) {
  bool read = false;
  for (Pin* pin = pins_; pin != nullptr; pin = pin->next_) {
    if (pin->broken_ || pin->chain_.first != chain.first) continue;
    pin->discarded_ = true;
    read = true;
  }
  if (!read) give(chain);
}

void Volume::take_back(Chain chain) {
  for (Pin* pin = pins_; pin != nullptr; pin = pin->next_) {
    if (!pin->broken_ && pin->chain_.first == chain.first) pin->discarded_ = false;
  }
  mark_used(chain);
}

bool Volume::is_pinned(uint32_t first) const {
  for (const Pin* pin = pins_; pin != nullptr; pin = pin->next_) {
    if (!pin->broken_ && pin->chain_.first == first) return true;
  }
  return false;
}

// Pages that are kept for readers alone; those that several share count once.
size_t Volume::pages_only_read() const {
  size_t sum = 0;
  for (const Pin* pin = pins_; pin != nullptr; pin = pin->next_) {
    if (!pin->discarded_ || pin->broken_) continue;
    const Pin* other = pin->next_;
    while (other != nullptr && (other->broken_ || other->chain_.first != pin->chain_.first)) {
      other = other->next_;
    }
    if (other == nullptr) sum += pin->chain_.pages;
  }
  return sum;
}

void Volume::break_readers() {
  for (Pin* pin = pins_; pin != nullptr; pin = pin->next_) {
    if (!pin->discarded_ || pin->broken_) continue;
    pin->broken_ = true;
    if (!is_pinned(pin->chain_.first)) give(pin->chain_);
  }
}

bool Volume::stage(uint32_t number, size_t offset, Bytes bytes) {
  return store_.stage(kSite, begin_ + size_t{number} * store::kPageSize + offset, bytes);
}

Pin::Pin(Volume& volume, Chain chain) : volume_(volume), chain_(chain), next_(volume.pins_) {
  volume_.pins_ = this;
}

Pin::~Pin() {
  Pin** place = &volume_.pins_;
  while (*place != this) place = &(*place)->next_;
  *place = next_;
  if (discarded_ && !broken_ && !volume_.is_pinned(chain_.first)) volume_.give(chain_);
}

Bytes ChainReader::run(size_t most) {
  Bytes page = volume_.page(page_);
  if (at_ == store::kPageSize) {
    page_ = ByteReader(page).u32();
    page = volume_.page(page_);
    at_ = kLinkSize;
  }
  if (page.size() <= at_) return {};
  const Bytes octets = page.subspan(at_, std::min(most, page.size() - at_));
  at_ += octets.size();
  return octets;
}

bool ChainReader::read(std::span<uint8_t> out) {
  while (!out.empty()) {
    const Bytes octets = run(out.size());
    if (octets.empty()) return false;
    std::ranges::copy(octets, out.begin());
    out = out.subspan(octets.size());
  }
  return true;
}

bool ChainReader::skip(size_t octets) {
  while (octets > 0) {
    const size_t skipped = run(octets).size();
    if (skipped == 0) return false;
    octets -= skipped;
  }
  return true;
}

ChainWriter::Outcome ChainWriter::append(Bytes bytes) {
  while (!bytes.empty()) {
    if (at_ == store::kPageSize) {
      if (const Outcome outcome = add_page(); outcome != Outcome::kDone) return outcome;
    }
    const Bytes part = bytes.first(std::min(bytes.size(), store::kPageSize - at_));
    if (!volume_.stage(last_, at_, part)) return Outcome::kFailed;
    at_ += part.size();
    bytes = bytes.subspan(part.size());
  }
  return Outcome::kDone;
}

// The link is written before the page counts, so that the chain can always be
// walked to its end.
ChainWriter::Outcome ChainWriter::add_page() {
  const auto number = volume_.take();
  if (!number) return Outcome::kFull;
  if (chain_.pages == 0) {
    chain_.first = *number;
  } else {
    std::array<uint8_t, kLinkSize> link{};
    ByteWriter(link).u32(*number);
    if (!volume_.stage(last_, 0, link)) {
      volume_.give({*number, 1});
      return Outcome::kFailed;
    }
  }
  ++chain_.pages;
  last_ = *number;
  at_ = kLinkSize;
  return Outcome::kDone;
}

bool ChainWriter::patch(size_t offset, Bytes bytes) {
  uint32_t number = chain_.first;
  for (; offset >= kPagePayload; offset -= kPagePayload) {
    number = ByteReader(volume_.page(number)).u32();
  }
  while (!bytes.empty()) {
    const Bytes part = bytes.first(std::min(bytes.size(), kPagePayload - offset));
    if (!volume_.stage(number, kLinkSize + offset, part)) return false;
    bytes = bytes.subspan(part.size());
    offset = 0;
    if (!bytes.empty()) number = ByteReader(volume_.page(number)).u32();
  }
  return true;
}

}  // namespace scwsim::http
