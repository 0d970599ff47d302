#include "tools/scwsim/apdu_log.h"

#include <spdlog/spdlog.h>

#include "card/base/hex.h"
#include "card/base/tlv.h"
#include "card/cat/values.h"

namespace scwsim::cli {

namespace {
constexpr uint8_t kFetch = 0x12;
constexpr uint8_t kTerminalResponse = 0x14;
constexpr uint8_t kEnvelope = 0xC2;
}  // namespace

std::optional<std::string_view> fetched_command(Bytes command, Bytes response) {
  if (command.size() < 2 || command[1] != kFetch) return std::nullopt;
  ByteReader reader(response);
  if (reader.u8() != cat::ber::kProactiveCommand) return std::nullopt;
  read_length(reader);
  const ComprehensionTlv details = read_comprehension_tlv(reader);
  if (!reader.ok() || details.value.size() != 3) return std::nullopt;
  return cat::name_of(static_cast<cat::CommandType>(details.value[1]));
}

void ApduLog::on_atr(Time, Bytes atr) { spdlog::debug("ATR {}", to_hex(atr)); }

void ApduLog::on_exchange(Time, Bytes command, Bytes response) {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  if (const auto fetched = fetched_command(command, response)) {
    spdlog::debug("card: {} {}", *fetched, to_hex(response.first(response.size() - 2)));
  } else if (command.size() > 5 && command[1] == kTerminalResponse) {
    spdlog::debug("terminal: TERMINAL RESPONSE {}", to_hex(command.subspan(5)));
  } else if (command.size() > 5 && command[1] == kEnvelope) {
    spdlog::debug("terminal: ENVELOPE {}", to_hex(command.subspan(5)));
  }
  spdlog::trace("APDU {} -> {}", to_hex(command), to_hex(response));
}

}  // namespace scwsim::cli
