// The decoders of the toolkit alone: TERMINAL RESPONSE, ENVELOPE, events and
// TERMINAL PROFILE, whole, cut short anywhere, and with one thing wrong. A command
// comes in one piece, so there is no segmentation to try.
#include <catch2/catch.hpp>

#include "card/cat/envelope.h"
#include "card/cat/terminal_profile.h"
#include "card/cat/terminal_response.h"
#include "tests/support/hex_literal.h"

using namespace scwsim;
using namespace scwsim::cat;
using namespace scwsim::tests;

namespace {

Fault response_fault(std::string_view digits) {
  const auto octets = *from_hex(digits);
  const auto response = TerminalResponse::parse(octets);
  REQUIRE_FALSE(response);
  return response.fault();
}

Fault envelope_fault(std::string_view digits) {
  const auto octets = *from_hex(digits);
  const auto envelope = Envelope::parse(octets);
  REQUIRE_FALSE(envelope);
  return envelope.fault();
}

// The objects of an event, in an envelope.
Result<EventDownload> event_of(std::string_view objects) {
  static std::vector<uint8_t> octets;  // the result views them
  const auto body = *from_hex(objects);
  octets.assign({ber::kEventDownload, static_cast<uint8_t>(body.size())});
  octets.insert(octets.end(), body.begin(), body.end());
  const auto envelope = Envelope::parse(octets);
  REQUIRE(envelope);
  return EventDownload::parse(*envelope);
}

}  // namespace

TEST_CASE("TERMINAL RESPONSE: every truncation is a fault or a shorter response") {
  const auto whole = "8103014001 82028281 83023A01 B8028100 B9020578"_x;
  const auto response = TerminalResponse::parse(whole);
  REQUIRE(response);
  CHECK(response->number == 1);
  CHECK(response->type == CommandType::kOpenChannel);
  CHECK(response->qualifier == 1);
  CHECK(response->general_result == 0x3A);
  CHECK(response->cause() == 1);
  for (size_t n = 0; n < whole.size(); ++n) {
    const auto cut = TerminalResponse::parse(Bytes(whole).first(n));
    CAPTURE(n);
    const bool whole_objects = n == 0 || n == 5 || n == 9 || n == 13 || n == 17;
    REQUIRE(static_cast<bool>(cut) == (n == 13 || n == 17));
    if (cut) {
      CHECK(cut->objects.find(tag::kChannelStatus).has_value() == (n == 17));
      CHECK_FALSE(cut->objects.find(tag::kBufferSize));
    } else {
      CHECK(cut.fault().code == (whole_objects ? FaultCode::kMissing : FaultCode::kTruncated));
    }
  }
}

TEST_CASE("TERMINAL RESPONSE: details and result must be there and have their size") {
  CHECK(response_fault("82028281 830100").code == FaultCode::kMissing);
  CHECK(response_fault("8103014000 82028281").code == FaultCode::kMissing);
  CHECK(response_fault("81020140 830100").code == FaultCode::kBadLength);
  CHECK(response_fault("810401400000 830100").code == FaultCode::kBadLength);
  CHECK(response_fault("8103014000 8300").code == FaultCode::kBadLength);
  CHECK(response_fault("8103014000 830100 00") == Fault{FaultCode::kBadTag, 8});
  CHECK(response_fault("8103014000 830100 B880") == Fault{FaultCode::kBadLength, 8});
  const auto bare = "8103014000 830100"_x;
  CHECK(TerminalResponse::parse(bare)->cause() == 0);
  CHECK(TerminalResponse::parse(bare)->performed());
  const auto busy = "8103014000 832120" + std::string(64, '0');
  CHECK(TerminalResponse::parse(*from_hex(busy))->temporary());
}

TEST_CASE("ENVELOPE: every truncation is a fault, in every length form") {
  for (const char* digits :
       {"D60E 990109 82028281 B8028100 B7010A", "D6810E 990109 82028281 B8028100 B7010A",
        "D682000E 990109 82028281 B8028100 B7010A"}) {
    const auto whole = *from_hex(digits);
    CHECK(Envelope::parse(whole));
    for (size_t n = 0; n < whole.size(); ++n) {
      const auto cut = Envelope::parse(Bytes(whole).first(n));
      CAPTURE(digits, n);
      REQUIRE_FALSE(cut);
      CHECK(cut.fault().code == (n == 0 ? FaultCode::kBadTag : FaultCode::kTruncated));
    }
  }
}

TEST_CASE("ENVELOPE: a fault within says where it stands in the whole command") {
  CHECK(envelope_fault("D0 00") == Fault{FaultCode::kBadTag, 0});
  CHECK(envelope_fault("E0 00") == Fault{FaultCode::kBadTag, 0});
  CHECK(envelope_fault("D6 00 00") == Fault{FaultCode::kTrailing, 2});
  CHECK(envelope_fault("D6 05 990109 0000") == Fault{FaultCode::kBadTag, 5});
  CHECK(envelope_fault("D6 81 06 990109 B80281") == Fault{FaultCode::kTruncated, 6});
  CHECK(envelope_fault("D6 05 990109 B883") == Fault{FaultCode::kBadLength, 5});
}

TEST_CASE("events: both channel events need their channel status, each object its size") {
  const auto data = event_of("990109 82028281 B8028305 B7010A");
  REQUIRE(data);
  CHECK(data->event == event::kDataAvailable);
  CHECK(data->channel_status->channel == 3);
  CHECK(data->channel_status->state == channel_status::kEstablished);
  CHECK(data->channel_status->info == channel_status::kLinkDropped);
  CHECK(data->data_length == 10);
  CHECK(event_of("990104")->event == 4);  // user activity: nothing else needed
  CHECK(event_of("82028281").fault().code == FaultCode::kMissing);
  CHECK(event_of("990109 B7010A").fault().code == FaultCode::kMissing);
  CHECK(event_of("99010A").fault().code == FaultCode::kMissing);
  CHECK(event_of("9900").fault().code == FaultCode::kBadLength);
  CHECK(event_of("9902090A B8028100").fault().code == FaultCode::kBadLength);
  CHECK(event_of("99010A B80181").fault().code == FaultCode::kBadLength);
  CHECK(event_of("99010A B803810000").fault().code == FaultCode::kBadLength);
  CHECK(event_of("990109 B8028100 B700").fault().code == FaultCode::kBadLength);
  CHECK(event_of("990109 B8028100 B7020001").fault().code == FaultCode::kBadLength);
}

TEST_CASE("TERMINAL PROFILE: octets that were not sent count as 00") {
  const std::vector<uint8_t> all(200, 0xFF);
  for (size_t n = 0; n <= all.size(); ++n) {
    const TerminalProfile profile(Bytes(all).first(n));
    CAPTURE(n);
    CHECK(profile.octets().size() == std::min(n, kMaxTerminalProfile));
    CHECK(profile.channels() == (n >= 13 ? 7 : 0));
    CHECK(profile.supports_server_mode() == (n >= 17));
    for (const AbilityBit& bit : abilities()) CHECK(profile.has(bit.ability) == (n >= bit.octet));
  }
}

TEST_CASE("TERMINAL PROFILE: each ability is its own bit") {
  for (const AbilityBit& bit : abilities()) {
    std::vector<uint8_t> octets(kMaxTerminalProfile, 0);
    octets[bit.octet - 1U] = bit.mask;
    const TerminalProfile profile(octets);
    for (const AbilityBit& other : abilities()) {
      CAPTURE(bit.name, other.name);
      CHECK(profile.has(other.ability) == (bit.ability == other.ability));
    }
  }
}
