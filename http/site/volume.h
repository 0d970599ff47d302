// The pages for resources in the site area: reading them, taking free ones,
// giving them back. Which are free is not stored: it follows from the index, and
// is found out before the first change after power-up.
//
// A resource that is replaced or deleted while somebody reads it keeps its pages
// until he has read it to the end. When memory runs out it loses them, and the
// reader's connection breaks off: he never gets octets of two resources.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "card/store/store.h"
#include "http/site/layout.h"

namespace scwsim::http {

/// The pages of one resource, each linked to the next.
struct Chain {
  uint32_t first = 0;
  uint32_t pages = 0;
};

class Pin;

class Volume {
 public:
  /// The pages in the site area of `store`, which must outlive this; none when the
  /// area is not what lay_out() made.
  explicit Volume(store::Store& store);

  [[nodiscard]] store::Store& store() const { return store_; }
  /// How many pages there are.
  [[nodiscard]] uint32_t pages() const { return pages_; }
  /// A page, link included; empty when there is no such page.
  [[nodiscard]] Bytes page(uint32_t number) const;

  /// Whether it is known which pages are free.
  [[nodiscard]] bool knows_free() const { return !used_.empty(); }
  /// Takes all pages for free; mark_used() then tells those that are not.
  void begin_free();
  void mark_used(Chain chain);
  /// Pages that are free.
  [[nodiscard]] uint32_t free_pages() const { return free_; }

  /// Sees to it that `pages` pages are free, if need be at the cost of readers of
  /// resources that are no more. False, and nobody is cut off, when even that would
  /// not give as many.
  bool make_room(size_t pages);

  /// A page to write a new resource to. Nothing when memory is used up.
  std::optional<uint32_t> take();
  /// Gives pages back that nobody ever read.
  void give(Chain chain);
  /// Gives pages of a resource back that has left the index, now or when the last
  /// of its readers has done.
  void discard(Chain chain);
  /// Undoes discard(), if no page was taken since.
  void take_back(Chain chain);

  /// Stages octets of a taken page, link included (store::Store::stage).
  bool stage(uint32_t number, size_t offset, Bytes bytes);

 private:
  friend class Pin;

  template <typename Visit>
  void walk(Chain chain, Visit visit) const;
  [[nodiscard]] bool is_pinned(uint32_t first) const;
  void set_used(uint32_t number, bool used);
  [[nodiscard]] size_t pages_only_read() const;
  void break_readers();

  store::Store& store_;
  size_t begin_ = 0;  // of page 0 in the area
  uint32_t pages_ = 0;
  uint32_t free_ = 0;
  uint32_t hint_ = 0;  // where to look for a free page first
  std::vector<bool> used_;
  Pin* pins_ = nullptr;  // who reads at the moment
};

/// Somebody reads a resource: as long as this lives its pages stay what they are,
/// or it says that they do not.
class Pin {
 public:
  Pin(Volume& volume, Chain chain);
  ~Pin();
  Pin(const Pin&) = delete;
  Pin& operator=(const Pin&) = delete;

  /// Whether the pages have been taken away.
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  friend class Volume;

  Volume& volume_;
  Chain chain_;
  Pin* next_;
  bool discarded_ = false;  // the resource is no more; the last reader gives its pages back
  bool broken_ = false;
};

/// Reads a chain from its start, straight from the store.
class ChainReader {
 public:
  ChainReader(const Volume& volume, uint32_t first) : volume_(volume), page_(first) {}

  /// The next octets that lie together: at most `most`, at least one, unless the
  /// chain leads nowhere. Valid until the next write.
  Bytes run(size_t most);
  /// Copies the next octets. False when the chain leads nowhere.
  bool read(std::span<uint8_t> out);
  bool skip(size_t octets);

 private:
  const Volume& volume_;
  uint32_t page_;
  size_t at_ = kLinkSize;
};

/// Stages a new resource in pages that nobody refers to; they are given back with
/// the writer unless release() hands them on.
class ChainWriter {
 public:
  enum class Outcome : uint8_t {
    kDone,
    kFull,    ///< no page is left
    kFailed,  ///< the store does not take writes
  };

  /// Knows the free pages of `volume`, which must outlive this.
  explicit ChainWriter(Volume& volume) : volume_(volume) {}
  ~ChainWriter() { volume_.give(chain_); }
  ChainWriter(const ChainWriter&) = delete;
  ChainWriter& operator=(const ChainWriter&) = delete;

  /// Adds octets at the end. After anything but kDone the chain is good for nothing.
  Outcome append(Bytes bytes);
  /// Changes octets that append() wrote.
  bool patch(size_t offset, Bytes bytes);
  [[nodiscard]] Chain chain() const { return chain_; }
  /// The pages are somebody else's from now on.
  void release() { chain_ = {}; }

 private:
  Outcome add_page();

  Volume& volume_;
  Chain chain_;
  uint32_t last_ = 0;             // page that is being filled
  size_t at_ = store::kPageSize;  // where in it
};

}  // namespace scwsim::http
