// A page whose content is made piece by piece while it goes out: how native code
// writes a dynamic page without knowing its length or holding it in memory.
#pragma once

#include <array>

#include "http/handler.h"

namespace scwsim::http {

class PiecePage : public Page {
 public:
  /// The most octets of a piece.
  static constexpr size_t kMostPiece = 256;

  size_t read(std::span<uint8_t> out) final;
  [[nodiscard]] bool done() const final { return state_ == State::kDone; }

 protected:
  /// Writes piece number `index`, counted from 0; it may be empty. False when
  /// there is none any more. A piece that does not fit ends the page short, and
  /// the client sees it.
  virtual bool write_piece(size_t index, ByteWriter& out) = 0;

 private:
  enum class State : uint8_t { kWriting, kDone, kFailed };

  void next_piece();

  std::array<uint8_t, kMostPiece> piece_;
  size_t begin_ = 0;
  size_t end_ = 0;
  size_t next_ = 0;
  State state_ = State::kWriting;
};

}  // namespace scwsim::http
