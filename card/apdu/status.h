// Status words of TS 102 221 §10.2.1, as they leave the card.
#pragma once

#include <cstdint>

namespace scwsim::apdu::sw {

inline constexpr uint16_t kOk = 0x9000;
inline constexpr uint16_t kDataAvailable = 0x6100;     ///< 61 XX: XX octets for GET RESPONSE
inline constexpr uint16_t kProactivePending = 0x9100;  ///< 91 XX: XX octets for FETCH
inline constexpr uint16_t kToolkitBusy = 0x9300;
inline constexpr uint16_t kMemoryProblem = 0x6581;
inline constexpr uint16_t kWrongLength = 0x6700;
inline constexpr uint16_t kChannelNotSupported = 0x6881;
inline constexpr uint16_t kSecureMessagingNotSupported = 0x6882;
inline constexpr uint16_t kIncompatibleFile = 0x6981;  ///< command incompatible with file structure
inline constexpr uint16_t kSecurityStatus = 0x6982;    ///< security status not satisfied
inline constexpr uint16_t kConditionsNotSatisfied = 0x6985;
inline constexpr uint16_t kNoEfSelected = 0x6986;
inline constexpr uint16_t kWrongData = 0x6A80;
inline constexpr uint16_t kFileNotFound = 0x6A82;
inline constexpr uint16_t kRecordNotFound = 0x6A83;
inline constexpr uint16_t kWrongP1P2 = 0x6A86;
inline constexpr uint16_t kReferencedDataNotFound = 0x6A88;
inline constexpr uint16_t kWrongOffset = 0x6B00;
inline constexpr uint16_t kWrongLe = 0x6C00;  ///< 6C XX: Le should be XX
inline constexpr uint16_t kWrongInstruction = 0x6D00;
inline constexpr uint16_t kWrongClass = 0x6E00;
inline constexpr uint16_t kTechnicalProblem = 0x6F00;

/// Whether the status word is that of a command that was carried out.
constexpr bool is_success(uint16_t status) {
  const int sw1 = status >> 8;
  return status == kOk || sw1 == 0x91 || sw1 == 0x61;
}

}  // namespace scwsim::apdu::sw
