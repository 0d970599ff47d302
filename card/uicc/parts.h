// The parts of a card and how they are plugged together. Instructions and the
// status page see all of them; nothing else does.
#pragma once

#include <array>
#include <memory>

#include "bip/server_mode.h"
#include "card/apdu/get_response.h"
#include "card/base/random.h"
#include "card/cat/housekeeping.h"
#include "card/cat/toolkit.h"
#include "card/fs/file_commands.h"
#include "card/store/store.h"
#include "card/uicc/card_image.h"
#include "card/uicc/card_status.h"
#include "http/server.h"
#include "http/site/site.h"
#include "http/tls/tls_server.h"

namespace scwsim {

/// Longest response: 256 octets of data and the status word.
inline constexpr size_t kMaxResponse = apdu::kMaxShortLe + 2;

struct Parts {
  Parts(std::shared_ptr<const CardImage> card_image, const Seed& card_seed, store::Sink* sink,
        Journal* journal);

  std::shared_ptr<const CardImage> image;
  Seed seed;
  store::Store store;
  RandomStream random;
  fs::FileCommands files;
  cat::Toolkit toolkit;
  cat::Housekeeping housekeeping;
  cat::Ticker ticker;
  bip::ServerMode server_mode;
  http::Site site;
  http::Guard guard;
  http::Server server;
  http::TlsServer tls;
  CardStatus status_page;
  apdu::WaitingResponse waiting;
  std::array<uint8_t, kMaxResponse> response{};
  bool powered = false;
  uint32_t boots = 0;  ///< power-ups since personalisation
  uint64_t apdus = 0;  ///< commands since this object was made
};

}  // namespace scwsim
