// The numbers of the Card Application Toolkit (TS 102 223 §8, §9) that more than
// one place speaks of: tags, devices, proactive command types, events, general
// results. Facts only; both ends of the interface read them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace scwsim::cat {

/// BER-TLV tags at the interface (TS 101 220 §7.2).
namespace ber {
inline constexpr uint8_t kProactiveCommand = 0xD0;
inline constexpr uint8_t kSmsPpDownload = 0xD1;
inline constexpr uint8_t kMenuSelection = 0xD3;
inline constexpr uint8_t kEventDownload = 0xD6;
inline constexpr uint8_t kTimerExpiration = 0xD7;
}  // namespace ber

/// COMPREHENSION-TLV tags without the comprehension flag (TS 101 220 §7.2).
namespace tag {
inline constexpr uint8_t kCommandDetails = 0x01;
inline constexpr uint8_t kDeviceIdentities = 0x02;
inline constexpr uint8_t kResult = 0x03;
inline constexpr uint8_t kDuration = 0x04;
inline constexpr uint8_t kAlphaIdentifier = 0x05;
inline constexpr uint8_t kTextString = 0x0D;
inline constexpr uint8_t kEventList = 0x19;
inline constexpr uint8_t kLocationStatus = 0x1B;
inline constexpr uint8_t kDateTime = 0x26;
inline constexpr uint8_t kLanguage = 0x2D;
inline constexpr uint8_t kTimerIdentifier = 0x24;
inline constexpr uint8_t kTimerValue = 0x25;
inline constexpr uint8_t kBearerDescription = 0x35;
inline constexpr uint8_t kChannelData = 0x36;
inline constexpr uint8_t kChannelDataLength = 0x37;
inline constexpr uint8_t kChannelStatus = 0x38;
inline constexpr uint8_t kBufferSize = 0x39;
inline constexpr uint8_t kTransportLevel = 0x3C;
inline constexpr uint8_t kOtherAddress = 0x3E;
/// The comprehension required flag, to be or-ed to a tag.
inline constexpr uint8_t kComprehension = 0x80;
}  // namespace tag

/// Device identities (TS 102 223 §8.7).
namespace device {
inline constexpr uint8_t kKeypad = 0x01;
inline constexpr uint8_t kDisplay = 0x02;
inline constexpr uint8_t kEarpiece = 0x03;
inline constexpr uint8_t kChannel = 0x20;  ///< plus the channel identifier 1..7
inline constexpr uint8_t kUicc = 0x81;
inline constexpr uint8_t kTerminal = 0x82;
inline constexpr uint8_t kNetwork = 0x83;
}  // namespace device

/// Types of proactive commands (TS 102 223 §9.4).
enum class CommandType : uint8_t {
  kRefresh = 0x01,
  kMoreTime = 0x02,
  kPollInterval = 0x03,
  kPollingOff = 0x04,
  kSetUpEventList = 0x05,
  kSetUpCall = 0x10,
  kSendSs = 0x11,
  kSendUssd = 0x12,
  kSendShortMessage = 0x13,
  kSendDtmf = 0x14,
  kLaunchBrowser = 0x15,
  kGeographicalLocationRequest = 0x16,
  kPlayTone = 0x20,
  kDisplayText = 0x21,
  kGetInkey = 0x22,
  kGetInput = 0x23,
  kSelectItem = 0x24,
  kSetUpMenu = 0x25,
  kProvideLocalInformation = 0x26,
  kTimerManagement = 0x27,
  kSetUpIdleModeText = 0x28,
  kPerformCardApdu = 0x30,
  kPowerOnCard = 0x31,
  kPowerOffCard = 0x32,
  kGetReaderStatus = 0x33,
  kRunAtCommand = 0x34,
  kLanguageNotification = 0x35,
  kOpenChannel = 0x40,
  kCloseChannel = 0x41,
  kReceiveData = 0x42,
  kSendData = 0x43,
  kGetChannelStatus = 0x44,
  kServiceSearch = 0x45,
  kGetServiceInformation = 0x46,
  kDeclareService = 0x47,
};

/// The command's name as the standard writes it; "UNKNOWN COMMAND" for others.
std::string_view name_of(CommandType type);

/// Events of the event list (TS 102 223 §8.25).
namespace event {
inline constexpr uint8_t kDataAvailable = 0x09;
inline constexpr uint8_t kChannelStatus = 0x0A;
}  // namespace event

/// General results (TS 102 223 §8.12).
namespace result {
inline constexpr uint8_t kPerformed = 0x00;
inline constexpr uint8_t kPartialComprehension = 0x01;
inline constexpr uint8_t kMissingInformation = 0x02;
inline constexpr uint8_t kIconNotDisplayed = 0x04;
inline constexpr uint8_t kModified = 0x07;  ///< performed with modification
inline constexpr uint8_t kTerminatedByUser = 0x10;
inline constexpr uint8_t kBackwardMove = 0x11;
inline constexpr uint8_t kNoResponseFromUser = 0x12;
inline constexpr uint8_t kTerminalBusy = 0x20;  ///< terminal currently unable to process
inline constexpr uint8_t kNetworkBusy = 0x21;   ///< network currently unable to process
inline constexpr uint8_t kUserRefused = 0x22;
inline constexpr uint8_t kBeyondCapabilities = 0x30;
inline constexpr uint8_t kTypeNotUnderstood = 0x31;
inline constexpr uint8_t kDataNotUnderstood = 0x32;
inline constexpr uint8_t kNumberNotKnown = 0x33;
inline constexpr uint8_t kValuesMissing = 0x36;  ///< required values are missing
inline constexpr uint8_t kBipError = 0x3A;       ///< with a cause, see bip_cause
}  // namespace result

/// Additional information after the result 3A (TS 102 223 §8.12.11).
namespace bip_cause {
inline constexpr uint8_t kNone = 0x00;
inline constexpr uint8_t kNoChannelAvailable = 0x01;
inline constexpr uint8_t kChannelClosed = 0x02;
inline constexpr uint8_t kChannelIdNotValid = 0x03;
inline constexpr uint8_t kBufferSizeNotAvailable = 0x04;
inline constexpr uint8_t kSecurityError = 0x05;
inline constexpr uint8_t kTransportLevelNotAvailable = 0x06;
inline constexpr uint8_t kRemoteNotReachable = 0x07;
inline constexpr uint8_t kServiceError = 0x08;
inline constexpr uint8_t kServiceUnknown = 0x09;
inline constexpr uint8_t kPortNotAvailable = 0x10;
}  // namespace bip_cause

/// UICC/terminal interface transport level (TS 102 223 §8.59).
enum class TransportProtocol : uint8_t {
  kUdpClientRemote = 0x01,
  kTcpClientRemote = 0x02,
  kTcpServer = 0x03,  ///< TCP, UICC in server mode
  kUdpClientLocal = 0x04,
  kTcpClientLocal = 0x05,
  kDirect = 0x06,
};

/// Channel status in UICC server mode, b8 b7 of its first octet (TS 102 223
/// §8.56): the state of the TCP connection.
namespace channel_status {
inline constexpr uint8_t kClosed = 0x00;
inline constexpr uint8_t kListen = 0x40;
inline constexpr uint8_t kEstablished = 0x80;
inline constexpr uint8_t kStateMask = 0xC0;
inline constexpr uint8_t kIdentifierMask = 0x07;
inline constexpr uint8_t kLinkDropped = 0x05;  ///< second octet
}  // namespace channel_status

/// CLOSE CHANNEL in UICC server mode: what becomes of the channel (b1 of the
/// command qualifier, TS 102 223 §8.6).
namespace close_qualifier {
inline constexpr uint8_t kToClosed = 0x00;
inline constexpr uint8_t kToListen = 0x01;
}  // namespace close_qualifier

/// SEND DATA (b1 of the command qualifier, TS 102 223 §8.6).
namespace send_qualifier {
inline constexpr uint8_t kStore = 0x00;
inline constexpr uint8_t kImmediate = 0x01;
}  // namespace send_qualifier

/// Channel data length FF: 255 octets or more (TS 102 223 §8.54).
inline constexpr uint8_t kLengthOrMore = 0xFF;

/// The largest channel identifier (TS 102 223 §8.7).
inline constexpr uint8_t kMaxChannels = 7;

/// The longest proactive command: a FETCH answers at most 256 octets.
inline constexpr size_t kMaxProactiveCommand = 256;

}  // namespace scwsim::cat
