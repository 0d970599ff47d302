#include "http/tls/arena.h"

#include <mbedtls/platform.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <utility>

namespace scwsim::http {

namespace detail {

struct ArenaAccount {
  size_t limit = 0;
  size_t used = 0;
  size_t peak = 0;
  bool ran_out = false;
  bool orphan = false;  // the arena is gone; goes with the last block
};

}  // namespace detail

namespace {

using detail::ArenaAccount;

// Who pays now; null: nobody is asked.
thread_local ArenaAccount* current = nullptr;

#if defined(MBEDTLS_PLATFORM_MEMORY)

// Stands before each block.
struct alignas(std::max_align_t) Header {
  ArenaAccount* account;
  size_t size;  // of block and header
};

// Zeroed, as calloc() gives it.
void* take(size_t count, size_t size) {
  constexpr size_t kMost = std::numeric_limits<size_t>::max() - sizeof(Header);
  if (size != 0 && count > kMost / size) return nullptr;
  const size_t whole = count * size + sizeof(Header);
  if (current != nullptr && whole > current->limit - current->used) {
    current->ran_out = true;
    return nullptr;
  }
  void* room = ::operator new(whole, std::nothrow);
  if (room == nullptr) return nullptr;
  auto* header = ::new (room) Header{current, whole};
  std::fill_n(static_cast<uint8_t*>(static_cast<void*>(header + 1)), count * size, uint8_t{0});
  if (current != nullptr) {
    current->used += whole;
    current->peak = std::max(current->peak, current->used);
  }
  return header + 1;
}

void give_back(void* block) {
  if (block == nullptr) return;
  Header* header = static_cast<Header*>(block) - 1;
  if (ArenaAccount* account = header->account) {
    account->used -= header->size;
    if (account->orphan && account->used == 0) delete account;
  }
  ::operator delete(header);
}

// Before anything of mbedTLS runs that asks for memory.
const bool kInstalled = mbedtls_platform_set_calloc_free(take, give_back) == 0;
#else
constexpr bool kInstalled = false;
#endif

}  // namespace

Arena::Arena(size_t limit) : account_(new ArenaAccount{.limit = limit}) {}

Arena::~Arena() {
  if (account_->used == 0) {
    delete account_;
  } else {
    account_->orphan = true;
  }
}

size_t Arena::used() const { return account_->used; }
size_t Arena::peak() const { return account_->peak; }
bool Arena::ran_out() { return std::exchange(account_->ran_out, false); }
bool Arena::enforced() { return kInstalled; }

Arena::Scope::Scope(const Arena& arena) : before_(current) { current = arena.account_; }
Arena::Scope::~Scope() { current = before_; }

}  // namespace scwsim::http
