// The page /status: what the card is, whom it serves and through what. Native,
// made anew for each request.
#pragma once

#include "http/handler.h"

namespace scwsim {

struct Parts;

class CardStatus final : public http::Handler {
 public:
  /// A page about `card`, which must outlive it.
  explicit CardStatus(const Parts& card) : card_(card) {}

  /// Where the server has it; no resource of a profile's site may stand there.
  static constexpr std::string_view kPath = "/status";

  http::Page& open(const http::Request& request, http::PageSlot& slot) override;

 private:
  const Parts& card_;
};

}  // namespace scwsim
