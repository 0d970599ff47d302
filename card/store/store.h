// The non-volatile memory of one card: pages of its own over an image that it
// shares with its sisters. Writes belong to a unit of work, one per APDU, which
// takes effect whole or not at all, and is handed to the sink (if there is one)
// before it takes effect. What is too large for one APDU is staged first, where
// nothing refers to it, and then published by a unit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "card/base/bytes.h"
#include "card/store/image.h"

namespace scwsim::store {

/// Octets that are written together.
inline constexpr size_t kPageSize = 256;

/// A page as it is to be after a unit of work.
struct PageWrite {
  Area area;
  uint32_t page;  ///< counted from 0 within the area
  Bytes bytes;    ///< kPageSize octets; the last page of an area is padded with 00
};

/// Where the pages of a card are kept when it has no power.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Makes all of `pages` durable, or none. False: none is, and the card answers
  /// with a memory problem (TS 102 221 §10.2.1.5, 65 81).
  virtual bool commit(std::span<const PageWrite> pages) = 0;
};

class Store {
 public:
  /// A card's memory over `image`. `sink` may be null (the card forgets when the
  /// process ends); it must outlive the store.
  explicit Store(std::shared_ptr<const Image> image, Sink* sink = nullptr);

  /// Octets in an area.
  [[nodiscard]] size_t size(Area area) const { return image_->area(area).size(); }

  /// Copies octets as they stand, those of the open unit included. False, and
  /// `out` untouched, when the range goes beyond the area.
  [[nodiscard]] bool read(Area area, size_t offset, std::span<uint8_t> out) const;

  /// The octets from `offset` on that lie together in memory: at most `most`, at
  /// least one unless the area ends there. Valid until the next write.
  [[nodiscard]] Bytes run(Area area, size_t offset, size_t most) const;

  /// Changes octets within the open unit, opening one if there is none. False,
  /// and nothing changed, beyond the area or when the card is stopped.
  [[nodiscard]] bool write(Area area, size_t offset, Bytes bytes);

  /// Changes octets at once, outside of the open unit, whose pages they must not
  /// share: content that nothing refers to yet. It becomes durable with the next
  /// unit that is committed: the one that refers to it. False, and nothing
  /// changed, beyond the area, in pages of the open unit, or when the card is
  /// stopped.
  [[nodiscard]] bool stage(Area area, size_t offset, Bytes bytes);

  /// Makes the open unit take effect, through the sink first, and with it all that
  /// was staged. False when the sink failed or the card is stopped: the unit is gone,
  /// nothing has changed.
  [[nodiscard]] bool commit();

  /// Forgets the open unit.
  void rollback() { end_unit(); }

  /// Whether the open unit holds writes.
  [[nodiscard]] bool has_unit() const { return !unit_.empty(); }

  /// For tests of tearing: the card stops dead at its n-th write from now, staged
  /// ones counted too (1 = the next), which is not done. 0 takes the order back.
  void stop_at_write(uint64_t n) {
    writes_left_ = n;
    stopped_ = false;
  }

  /// Whether the card was stopped by stop_at_write().
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  struct Page {
    std::array<uint8_t, kPageSize> octets;
    bool staged = false;  // the sink does not have it yet
  };
  // Pages kept for the next unit, so that an ordinary one allocates nothing.
  static constexpr size_t kMaxSpare = 4;
  struct Pending {
    Area area;
    uint32_t number;
    std::unique_ptr<Page> page;
  };
  struct Staged {
    Area area;
    uint32_t number;
  };

  [[nodiscard]] Page* pending_page(Area area, uint32_t number) const;
  [[nodiscard]] const Page* own_page(Area area, uint32_t number) const;
  std::unique_ptr<Page>& overlay_page(Area area, uint32_t number);
  Page& writable_page(Area area, uint32_t number);
  Page& staged_page(Area area, uint32_t number);
  void fill_from_image(Area area, uint32_t number, Page& page) const;
  std::unique_ptr<Page> take_page();
  [[nodiscard]] bool admits(Area area, size_t offset, size_t length);
  [[nodiscard]] bool make_durable();
  void end_unit();

  std::shared_ptr<const Image> image_;
  Sink* sink_;
  std::array<std::vector<std::unique_ptr<Page>>, kAreas> overlay_;  // empty until first written
  std::vector<Pending> unit_;
  std::vector<Staged> staged_;                // pages that the sink does not have yet, each once
  std::vector<std::unique_ptr<Page>> spare_;  // pages of ended units, for the next one
  uint64_t writes_left_ = 0;
  bool stopped_ = false;
};

}  // namespace scwsim::store
