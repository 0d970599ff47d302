// Which resources a card has: the index of the site area, looked up by path and
// changed in units of work. Knows nothing of requests.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/site/layout.h"
#include "http/site/volume.h"

namespace scwsim::http {

class Catalogue {
 public:
  /// Where a path stands in the index, or would.
  struct Place {
    size_t at = 0;
    bool found = false;
    uint32_t page = 0;  ///< first page of the resource, if it was found
  };

  /// The resources that lay_out() put into the site area of `store`, which must
  /// outlive this; none when there are none.
  explicit Catalogue(store::Store& store) : volume_(store) {}

  [[nodiscard]] Volume& volume() { return volume_; }
  [[nodiscard]] const Volume& volume() const { return volume_; }
  [[nodiscard]] size_t count() const;
  [[nodiscard]] uint32_t largest_body() const;

  /// The place of the path that `path` and `more` make together.
  [[nodiscard]] Place find(std::string_view path, std::string_view more = {}) const;
  /// Where `/` leads according to the administrator; not found without that.
  [[nodiscard]] Place find_default_page() const;
  /// The first place at or after `from` whose path does not begin with `prefix`;
  /// from `from` on all do, until none does.
  [[nodiscard]] size_t end_of(std::string_view prefix, size_t from) const;

  /// What stands before the resource that begins in `page`.
  [[nodiscard]] std::optional<ResourceHead> head(uint32_t page) const;

  /// The path of the resource in `page`; it stands in `room`, which holds kMaxPath
  /// octets.
  [[nodiscard]] std::string_view path_of(uint32_t page, std::span<uint8_t> room) const;

  /// The entity tag of the resource in `page`, whose head that is; it stands in
  /// `room`, which holds kMaxFieldLines octets.
  [[nodiscard]] std::string_view entity_tag(uint32_t page, const ResourceHead& head,
                                            std::span<uint8_t> room) const;

  /// Finds out which pages are free, if that is not known yet. Before any change.
  void know_free();

  /// Changes made so far, ever.
  [[nodiscard]] uint32_t changes() const;

  // Each of these is a unit of work of its own. False: it is not done, and nothing
  // has changed; so it is while the APDU has a unit open, whose writes are neither to
  // become durable before it has succeeded nor to be lost with a change that fails.

  /// Puts the resource in `chain` at `place`, where find() said it belongs. The
  /// pages of the resource that was there are given back.
  [[nodiscard]] bool publish(const Place& place, Chain chain);
  /// Takes the resources at `from` to `to`, that one not included, away.
  [[nodiscard]] bool remove(size_t from, size_t to);

 private:
  [[nodiscard]] bool begins_with(uint32_t page, std::string_view prefix) const;
  [[nodiscard]] std::strong_ordering compare_path(uint32_t page, std::string_view path,
                                                  std::string_view more) const;
  [[nodiscard]] uint32_t page_at(size_t at) const;
  [[nodiscard]] Chain chain_of(uint32_t page) const;
  [[nodiscard]] uint32_t number_at(size_t offset) const;
  [[nodiscard]] bool write_number(size_t offset, size_t number);
  [[nodiscard]] bool move_index(size_t from, size_t to, size_t entries);
  [[nodiscard]] bool finish_change(bool written, size_t new_count);

  Volume volume_;
};

}  // namespace scwsim::http
