// The memory that TLS takes, counted and bounded: each session has an arena of its
// own, so none can exhaust another's. mbedTLS asks for memory through hooks that
// serve the whole process; which arena pays is said by an Arena::Scope, for as
// long as a card works on that session.
#pragma once

#include <cstddef>

namespace scwsim::http {

namespace detail {
struct ArenaAccount;
}

class Arena {
 public:
  /// An arena that gives up to `limit` octets, its own bookkeeping included.
  explicit Arena(size_t limit);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// Octets that are taken now, and the most that ever were.
  [[nodiscard]] size_t used() const;
  [[nodiscard]] size_t peak() const;

  /// Whether something was refused since this was asked last.
  bool ran_out();

  /// Whether the library in use can be bounded: the packaged one cannot.
  static bool enforced();

  /// Within its life, the calling thread's requests are paid from `arena`. What is
  /// asked for outside of any scope is not counted. Scopes may nest.
  class Scope {
   public:
    explicit Scope(const Arena& arena);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    detail::ArenaAccount* before_;
  };

 private:
  // Apart from the arena, since what a session made may outlive it: precomputed
  // values in a key that all sessions share.
  detail::ArenaAccount* account_;
};

}  // namespace scwsim::http
