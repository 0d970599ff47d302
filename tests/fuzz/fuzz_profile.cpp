// Any text as a card profile: it is refused with a JSON path and a reason on one
// line, or it becomes a card that starts and finds the files the profile names.
// Files that a profile names exist when their names have an even length.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "card/uicc/card_image.h"
#include "card/uicc/uicc.h"

using namespace scwsim;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_refusal(std::string_view message) {
  require(message.starts_with('/') || message.starts_with("line "));
  const size_t colon = message.find(": ");
  require(colon != std::string_view::npos && colon + 2 < message.size());
  require(std::ranges::none_of(message, [](char c) { return (c >= 0 && c < ' ') || c == 0x7F; }));
}

void check_card(const profile::Profile& profile) {
  const auto image = personalise(profile, Seed{});
  Uicc card(image, Seed{1});
  require(equal(card.power_on(), profile.atr));
  for (const fs::FileSpec& file : profile.mf.children) {
    if (file.header.fid == 0) continue;
    const auto high = static_cast<uint8_t>(file.header.fid >> 8);
    const auto low = static_cast<uint8_t>(file.header.fid);
    const Bytes found =
        card.transmit(std::array<uint8_t, 8>{0x00, 0xA4, 0x00, 0x04, 0x02, high, low, 0x00});
    // Its own identifier stands in the FCP: it was found, and nothing else.
    constexpr size_t kStatus = 2;
    require(found.size() > kStatus && found[found.size() - kStatus] == 0x90);
    const std::array<uint8_t, 4> identifier{0x83, 0x02, high, low};
    require(std::search(found.begin(), found.end(), identifier.begin(), identifier.end()) !=
            found.end());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const profile::FileSource files =
      [](std::string_view name) -> std::optional<std::vector<uint8_t>> {
    if (name.size() % 2 != 0) return std::nullopt;
    return std::vector<uint8_t>(name.begin(), name.end());
  };
  try {
    check_card(profile::load(as_text(Bytes(data, size)), files));
  } catch (const profile::ProfileError& error) {
    check_refusal(error.what());
  }
  return 0;
}
