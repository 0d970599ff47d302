#include "card/uicc/card_status.h"

#include <array>
#include <charconv>

#include "card/base/hex.h"
#include "card/uicc/parts.h"
#include "http/piece_page.h"
#include "http/status_page.h"

namespace scwsim {

namespace {

// HTML on its way out. Everything that is not markup of ours goes through
// text(), so nothing that a profile says can become markup.
class Html {
 public:
  explicit Html(ByteWriter& out) : out_(out) {}

  Html& raw(std::string_view markup) {
    out_.bytes(as_bytes(markup));
    return *this;
  }

  Html& text(std::string_view value) {
    for (const char c : value) {
      switch (c) {
        case '<': raw("&lt;"); break;
        case '>': raw("&gt;"); break;
        case '&': raw("&amp;"); break;
        case '"': raw("&quot;"); break;
        default: out_.u8(static_cast<uint8_t>(c)); break;
      }
    }
    return *this;
  }

  Html& number(uint64_t value) {
    std::array<char, 20> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return raw(std::string_view(digits.data(), end));
  }

  Html& octets(Bytes value) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    for (const uint8_t octet : value)
      raw(kDigits.substr(octet >> 4, 1)).raw(kDigits.substr(octet & 0xF, 1));
    return *this;
  }

  Html& name(std::string_view value) { return raw("<dt>").text(value).raw("</dt><dd>"); }
  void end() { raw("</dd>\n"); }
  void fact(std::string_view key, std::string_view value) { name(key).text(value).end(); }
  void fact(std::string_view key, uint64_t value) { name(key).number(value).end(); }

 private:
  ByteWriter& out_;
};

constexpr std::string_view kHead =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Status of this card</title>\n";
constexpr std::string_view kHeader =
    "</head>\n<body>\n<a class=\"skip\" href=\"#content\">Skip to content</a>\n<header>\n"
    "<a class=\"brand\" href=\"/\">";
constexpr std::string_view kNav =
    "scwsim</a>\n<nav aria-label=\"Pages of the card\">\n<a href=\"/\">This card</a>\n";
constexpr std::string_view kMain =
    "<a href=\"/status\" aria-current=\"page\">Status</a>\n</nav>\n</header>\n"
    "<main id=\"content\">\n<h1>Status</h1>\n"
    "<p class=\"lede\">Written by the card at this moment, for you.</p>\n"
    "<dl class=\"facts\">\n";
constexpr std::string_view kServer =
    "</dl>\n<div class=\"cards\">\n<section class=\"card\"><h3>Web server</h3>\n"
    "<dl class=\"facts\">\n";
constexpr std::string_view kTerminal =
    "</dl></section>\n<section class=\"card\"><h3>Terminal</h3>\n<dl class=\"facts\">\n";
constexpr std::string_view kChannels =
    "</dl></section>\n</div>\n<h2>BIP channels</h2>\n<div class=\"scroll\"><table>\n"
    "<thead><tr><th>Channel</th><th>Port</th><th>State</th><th>Buffer</th></tr></thead>\n<tbody>\n";
constexpr std::string_view kAbilities =
    "</tbody>\n</table></div>\n<h2>What the terminal can do</h2>\n<p>Its TERMINAL PROFILE: ";
constexpr std::string_view kFoot =
    "</ul>\n</main>\n<footer>Served by a UICC over BIP, TS 102 223 server mode.</footer>\n"
    "</body>\n</html>\n";

// A run of pieces: how many there are, and how to write one of them.
struct Run {
  size_t (*count)(const Parts& card);
  void (*write)(const Parts& card, size_t index, Html& html);
};

// Markup as it stands, cut to pieces.
template <const std::string_view& Markup>
constexpr Run markup() {
  constexpr size_t kPiece = http::PiecePage::kMostPiece;
  return {[](const Parts&) { return (Markup.size() + kPiece - 1) / kPiece; },
          [](const Parts&, size_t index, Html& html) {
            html.raw(Markup.substr(index * kPiece, kPiece));
          }};
}

// Something that is written at one go.
template <void (*Write)(const Parts&, Html&)>
constexpr Run once() {
  return {[](const Parts&) { return size_t{1}; },
          [](const Parts& card, size_t, Html& html) { Write(card, html); }};
}

// What a site of its own may have, or not.

void write_links(const Parts& card, Html& html) {
  if (card.site.has("/favicon.svg")) {
    html.raw("<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\n");
  }
  if (card.site.has("/style.css")) html.raw("<link rel=\"stylesheet\" href=\"/style.css\">\n");
}

void write_brand(const Parts& card, Html& html) {
  if (!card.site.has("/favicon.svg")) return;
  html.raw("<img src=\"/favicon.svg\" alt=\"\" width=\"28\" height=\"28\">");
}

void write_nav(const Parts& card, Html& html) {
  if (card.site.has("/files.html")) html.raw("<a href=\"/files.html\">Files</a>\n");
  if (card.site.has("/admin.html")) html.raw("<a href=\"/admin.html\">Administration</a>\n");
}

void write_card(const Parts& card, Html& html) { html.fact("Profile", card.image->profile_name); }

void write_power(const Parts& card, Html& html) {
  html.fact("ICCID", card.image->iccid_digits);
  html.name("ATR").octets(card.image->atr).end();
  html.fact("Power-ups", card.boots);
  html.fact("Command APDUs", card.apdus);
}

void write_requests(const Parts& card, Html& html) {
  const http::Counters& counters = card.server.counters();
  html.fact("Requests served", counters.requests());
  html.fact("Successful (2xx)", counters.responses[2]);
  html.fact("Not modified (3xx)", counters.responses[3]);
  html.fact("Refused (4xx)", counters.responses[4]);
  html.fact("Failed (5xx)", counters.responses[5]);
}

void write_traffic(const Parts& card, Html& html) {
  const http::Counters& counters = card.server.counters();
  html.fact("Connections", counters.connections);
  html.fact("Octets received", counters.octets_in);
  html.fact("Octets sent", counters.octets_out);
}

void write_tls(const Parts& card, Html& html) {
  if (card.image->https_connections == 0) return;
  const http::TlsCounters& counters = card.tls.counters();
  html.fact("TLS handshakes", counters.handshakes);
  html.fact("Sessions resumed", counters.resumed);
  html.fact("TLS refused", counters.refused);
  html.name("Largest TLS session").number(counters.most_memory).raw(" octets").end();
}

void write_session(const Parts& card, Html& html) {
  html.fact("BIP channels", card.toolkit.profile().channels());
  html.name("Polling interval").number(card.housekeeping.granted_poll_interval_s()).raw(" s").end();
}

void write_toolkit(const Parts& card, Html& html) {
  const cat::ToolkitCounters& counters = card.toolkit.counters();
  html.fact("Proactive commands", counters.proactive_commands);
  html.fact("Terminal responses", counters.terminal_responses);
  html.fact("Envelopes", counters.envelopes);
  html.fact("Refused", counters.refused);
}

size_t channel_count(const Parts& card) { return card.server_mode.channels().size(); }

void write_channel(const Parts& card, size_t index, Html& html) {
  const bip::Channel& channel = *card.server_mode.channels()[index];
  html.raw("<tr><td>");
  if (channel.identifier() == 0) {
    html.raw("–");
  } else {
    html.number(channel.identifier());
  }
  html.raw("</td><td>").number(channel.port());
  html.raw("</td><td>").text(to_string(channel.state()));
  html.raw("</td><td>").number(channel.buffer_size()).raw("</td></tr>\n");
}

void write_profile(const Parts& card, Html& html) {
  html.raw("<code>").octets(card.toolkit.profile().octets()).raw("</code></p>\n");
  html.raw("<ul class=\"abilities\">\n");
}

size_t ability_count(const Parts&) { return cat::abilities().size(); }

void write_ability(const Parts& card, size_t index, Html& html) {
  const cat::AbilityBit& bit = cat::abilities()[index];
  html.raw(card.toolkit.profile().has(bit.ability) ? "<li class=\"yes\">" : "<li class=\"no\">");
  html.text(bit.name).raw("</li>\n");
}

constexpr std::array kRuns = {
    markup<kHead>(),       once<write_links>(),    markup<kHeader>(),
    once<write_brand>(),   markup<kNav>(),         once<write_nav>(),
    markup<kMain>(),       once<write_card>(),     once<write_power>(),
    markup<kServer>(),     once<write_requests>(), once<write_traffic>(),
    once<write_tls>(),     markup<kTerminal>(),    once<write_session>(),
    once<write_toolkit>(), markup<kChannels>(),    Run{channel_count, write_channel},
    markup<kAbilities>(),  once<write_profile>(),  Run{ability_count, write_ability},
    markup<kFoot>(),
};

class StatusPage final : public http::PiecePage {
 public:
  explicit StatusPage(const Parts& card) : card_(card) {}

  void respond(http::ResponseHead& head) override {
    head.start(http::Status::kOk);
    head.field("Content-Type", "text/html; charset=utf-8");
  }

 protected:
  bool write_piece(size_t index, ByteWriter& out) override {
    for (const Run& run : kRuns) {
      const size_t count = run.count(card_);
      if (index < count) {
        Html html(out);
        run.write(card_, index, html);
        return true;
      }
      index -= count;
    }
    return false;
  }

 private:
  const Parts& card_;
};

}  // namespace

http::Page& CardStatus::open(const http::Request& request, http::PageSlot& slot) {
  const http::Methods readable{http::Method::kGet, http::Method::kHead};
  if (http::Page* refusal = http::answer_unless_allowed(request, readable, slot)) return *refusal;
  return slot.emplace<StatusPage>(card_);
}

}  // namespace scwsim
