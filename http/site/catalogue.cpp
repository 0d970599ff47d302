#include "http/site/catalogue.h"

#include <algorithm>
#include <array>

namespace scwsim::http {
namespace {

constexpr auto kSite = store::Area::kSite;
constexpr size_t kLargestBodyAt = 4;
constexpr size_t kChangesAt = 12;
constexpr size_t kEntry = 4;

constexpr size_t entry_at(size_t at) { return kIndexAt + kEntry * at; }

}  // namespace

uint32_t Catalogue::number_at(size_t offset) const {
  std::array<uint8_t, 4> bytes{};
  const bool read = volume_.store().read(kSite, offset, bytes);
  return read ? ByteReader(bytes).u32() : 0;
}

bool Catalogue::write_number(size_t offset, size_t number) {
  std::array<uint8_t, 4> bytes{};
  ByteWriter(bytes).u32(static_cast<uint32_t>(number));
  return volume_.store().write(kSite, offset, bytes);
}

size_t Catalogue::count() const { return std::min(number_at(kCountAt), volume_.pages()); }
uint32_t Catalogue::largest_body() const { return number_at(kLargestBodyAt); }
uint32_t Catalogue::changes() const { return number_at(kChangesAt); }
uint32_t Catalogue::page_at(size_t at) const { return number_at(entry_at(at)); }

std::optional<ResourceHead> Catalogue::head(uint32_t page) const {
  return ResourceHead::read(ChainReader(volume_, page).run(ResourceHead::kSize));
}

std::string_view Catalogue::entity_tag(uint32_t page, const ResourceHead& head,
                                       std::span<uint8_t> room) const {
  if (head.tag_size > room.size()) return {};
  const auto tag = room.first(head.tag_size);
  ChainReader in(volume_, page);
  const bool read =
      in.skip(ResourceHead::kSize + head.path_size + ResourceHead::kTagAt) && in.read(tag);
  return read ? as_text(tag) : std::string_view{};
}

// Compares the path of the resource in `page` with `path` and `more` together.
std::strong_ordering Catalogue::compare_path(uint32_t page, std::string_view path,
                                             std::string_view more) const {
  ChainReader in(volume_, page);
  const Bytes head = in.run(ResourceHead::kSize);
  if (head.empty()) return std::strong_ordering::less;
  size_t size = head[0];
  for (std::string_view part : {path, more}) {
    while (!part.empty()) {
      const std::string_view run = as_text(in.run(std::min(size, part.size())));
      if (run.empty()) return std::strong_ordering::less;  // it ends here, and we go on
      const int order = run.compare(part.substr(0, run.size()));
      if (order != 0) return order <=> 0;
      size -= run.size();
      part.remove_prefix(run.size());
    }
  }
  return size <=> size_t{0};
}

Catalogue::Place Catalogue::find(std::string_view path, std::string_view more) const {
  size_t low = 0;
  size_t high = count();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const uint32_t page = page_at(middle);
    const auto order = compare_path(page, path, more);
    if (std::is_eq(order)) return {middle, true, page};
    if (std::is_lt(order)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return {low, false, 0};
}

Catalogue::Place Catalogue::find_default_page() const {
  std::array<uint8_t, store::kPageSize> bytes{};
  if (!volume_.store().read(kSite, kDefaultPageAt, bytes)) return {};
  const size_t size = bytes[0];
  return size == 0 ? Place{} : find(as_text(Bytes(bytes).subspan(1, size)));
}

std::string_view Catalogue::path_of(uint32_t page, std::span<uint8_t> room) const {
  ChainReader in(volume_, page);
  const Bytes head = in.run(ResourceHead::kSize);
  const size_t size = head.empty() ? 0 : std::min<size_t>(head[0], room.size());
  return in.read(room.first(size)) ? as_text(room.first(size)) : std::string_view{};
}

bool Catalogue::begins_with(uint32_t page, std::string_view prefix) const {
  ChainReader in(volume_, page);
  const Bytes head = in.run(ResourceHead::kSize);
  if (head.empty() || head[0] < prefix.size()) return false;
  while (!prefix.empty()) {
    const std::string_view run = as_text(in.run(prefix.size()));
    if (run.empty() || !prefix.starts_with(run)) return false;
    prefix.remove_prefix(run.size());
  }
  return true;
}

size_t Catalogue::end_of(std::string_view prefix, size_t from) const {
  size_t high = count();
  while (from < high) {
    const size_t middle = from + (high - from) / 2;
    if (begins_with(page_at(middle), prefix)) {
      from = middle + 1;
    } else {
      high = middle;
    }
  }
  return from;
}

Chain Catalogue::chain_of(uint32_t page) const {
  const auto head = this->head(page);
  if (!head) return {};
  return {page, static_cast<uint32_t>(pages_for(head->body_at() + head->body_size))};
}

void Catalogue::know_free() {
  if (volume_.knows_free()) return;
  volume_.begin_free();
  const size_t resources = count();
  for (size_t i = 0; i < resources; ++i) volume_.mark_used(chain_of(page_at(i)));
}

// Moves entries of the index within the open unit, as if through a copy.
bool Catalogue::move_index(size_t from, size_t to, size_t entries) {
  constexpr size_t kAtOnce = store::kPageSize / kEntry;
  std::array<uint8_t, kAtOnce * kEntry> room{};
  for (size_t done = 0; done < entries;) {
    const size_t n = std::min(kAtOnce, entries - done);
    const size_t first = to > from ? entries - done - n : done;  // upwards: last ones first
    const auto part = std::span<uint8_t>(room).first(n * kEntry);
    if (!volume_.store().read(kSite, entry_at(from + first), part) ||
        !volume_.store().write(kSite, entry_at(to + first), part)) {
      return false;
    }
    done += n;
  }
  return true;
}

bool Catalogue::finish_change(bool written, size_t new_count) {
  store::Store& store = volume_.store();
  if (written && write_number(kCountAt, new_count) && write_number(kChangesAt, changes() + 1)) {
    return store.commit();
  }
  store.rollback();
  return false;
}

bool Catalogue::publish(const Place& place, Chain chain) {
  if (volume_.store().has_unit()) return false;
  const size_t resources = count();
  const Chain replaced = place.found ? chain_of(place.page) : Chain{};
  const bool moved = place.found || move_index(place.at, place.at + 1, resources - place.at);
  const bool written = moved && write_number(entry_at(place.at), chain.first);
  if (!finish_change(written, place.found ? resources : resources + 1)) return false;
  if (place.found) volume_.discard(replaced);
  return true;
}

// The pages go while the index still leads to them; nobody takes any in between.
bool Catalogue::remove(size_t from, size_t to) {
  if (volume_.store().has_unit()) return false;
  const size_t resources = count();
  for (size_t i = from; i < to; ++i) volume_.discard(chain_of(page_at(i)));
  const bool moved = move_index(to, from, resources - to);
  if (finish_change(moved, resources - (to - from))) return true;
  for (size_t i = from; i < to; ++i) volume_.take_back(chain_of(page_at(i)));
  return false;
}

}  // namespace scwsim::http
