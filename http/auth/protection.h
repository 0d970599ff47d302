// Which protection set a path belongs to, and who may come in: the lookups of the
// protection area (http/auth/layout.h), made in the store itself and without
// allocation, so that they hold what was committed last.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "card/store/store.h"
#include "http/auth/layout.h"

namespace scwsim::http {

/// A protection set, read from the store.
struct SetRow {
  size_t index = 0;
  Schemes schemes;
  bool https_only = false;
  std::array<uint8_t, kMostSetName> name{};
  size_t name_size = 0;

  [[nodiscard]] std::string_view realm() const { return as_text(Bytes(name).first(name_size)); }
};

class Protection {
 public:
  /// The area in `store`, which must outlive this. An empty one protects nothing.
  explicit Protection(const store::Store& store) : store_(store) {}

  /// The set of a decoded path: that of the URI which names just it, else of the
  /// longest that covers it. Nothing for a path in no set.
  [[nodiscard]] std::optional<SetRow> set_of(std::string_view path) const;

  /// The number of the user of that name.
  [[nodiscard]] std::optional<size_t> find_user(std::string_view name) const;

  /// H(A1) of a user for the realm of a set; nothing when the set does not allow
  /// him, or offers nothing that needs it.
  [[nodiscard]] std::optional<Hash> secret_of(size_t user, size_t set, Algorithm algorithm) const;

 private:
  struct Counts {
    size_t uris = 0;
    size_t users = 0;
  };

  [[nodiscard]] Counts counts() const;
  [[nodiscard]] SetRow set_row(size_t index) const;
  [[nodiscard]] bool stands_at(size_t offset, std::string_view text) const;

  const store::Store& store_;
};

}  // namespace scwsim::http
