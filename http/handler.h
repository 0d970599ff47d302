// What answers requests: static resources, native pages, and whatever else comes
// to live on a card, all by fragments and without allocation. A Handler is there
// for good and serves any number of connections; a Page is one answer of its, in
// progress on one connection.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "card/base/bytes.h"
#include "http/wire/request.h"
#include "http/wire/response_head.h"

namespace scwsim::http {

/// One answer. The calls come in this order: receive() for each fragment of the
/// request's body, if it is wanted; respond(); then read() until the content is
/// out. Destruction ends it, at any point: the connection may be lost.
class Page {
 public:
  Page() = default;
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
  virtual ~Page() = default;

  /// Whether receive() is to get the request's body. Otherwise it is read and
  /// dropped before the answer, so that the connection stays usable.
  [[nodiscard]] virtual bool wants_body() const { return false; }

  /// The next octets of the request's body, decoded; of any size but 0.
  virtual void receive(Bytes fragment) { static_cast<void>(fragment); }

  /// Writes status and fields, and the content's length if it is known. Not
  /// Content-Length, Transfer-Encoding or Connection: the server adds them, and
  /// `Cache-Control: no-store` where no Cache-Control is given.
  virtual void respond(ResponseHead& head) = 0;

  /// Fills `out` with the next octets of the content; fewer only where it ends.
  /// Returns how many. Less than promised means that the page cannot go on: the
  /// connection is closed, and the client sees that the content is cut short.
  /// Not called for HEAD, 204 and 304.
  virtual size_t read(std::span<uint8_t> out) = 0;

  /// Whether read() has given all. Asked only when the length is unknown.
  [[nodiscard]] virtual bool done() const = 0;
};

/// The place where a connection keeps the page that it serves.
class PageSlot {
 public:
  /// Octets that a page may take; more state lives with its handler.
  static constexpr size_t kSize = 384;

  PageSlot() = default;
  PageSlot(const PageSlot&) = delete;
  PageSlot& operator=(const PageSlot&) = delete;
  ~PageSlot() { clear(); }

  /// Makes a page in the slot, in the place of an earlier one.
  template <std::derived_from<Page> T, typename... Arguments>
  T& emplace(Arguments&&... arguments) {
    static_assert(sizeof(T) <= kSize);
    static_assert(alignof(T) <= alignof(std::max_align_t));
    clear();
    T* page = ::new (static_cast<void*>(room_.data())) T(std::forward<Arguments>(arguments)...);
    page_ = page;
    return *page;
  }

  /// Ends the page, if there is one.
  void clear() {
    if (page_ != nullptr) std::destroy_at(std::exchange(page_, nullptr));
  }

 private:
  alignas(std::max_align_t) std::array<std::byte, kSize> room_;  // raw until emplace()
  Page* page_ = nullptr;
};

/// A resource, or a tree of them.
class Handler {
 public:
  virtual ~Handler() = default;

  /// Starts the answer to `request`, which stays valid as long as the page does.
  /// Any of GET, HEAD, POST, PUT, DELETE and OPTIONS may be asked for; see
  /// answer_unless_allowed() for those that the resource does not know.
  virtual Page& open(const Request& request, PageSlot& slot) = 0;

  /// The path of the resource that open() answers with for `path`: another one
  /// where a default page stands in, `path` itself where nothing does. Protection
  /// goes by it. It may stand in `room`, which holds the longest path of a resource.
  [[nodiscard]] virtual std::string_view served_path(
      std::string_view path, [[maybe_unused]] std::span<uint8_t> room) const {
    return path;
  }

  /// Octets that the largest resource may have which the administrator PUTs here.
  [[nodiscard]] virtual uint64_t largest_body() const { return 0; }
};

}  // namespace scwsim::http
