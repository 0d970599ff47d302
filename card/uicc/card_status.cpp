#include "card/uicc/card_status.h"

#include <charconv>
#include <string>

#include "card/base/hex.h"
#include "card/uicc/parts.h"
#include "http/status_page.h"

namespace scwsim {

namespace {

// HTML under construction. Everything that is not markup of ours goes through
// text(), so nothing a profile or a terminal says can become markup.
class Html {
 public:
  Html& raw(std::string_view markup) {
    html_ += markup;
    return *this;
  }

  Html& text(std::string_view value) {
    for (const char c : value) {
      switch (c) {
        case '<': html_ += "&lt;"; break;
        case '>': html_ += "&gt;"; break;
        case '&': html_ += "&amp;"; break;
        case '"': html_ += "&quot;"; break;
        default: html_ += c; break;
      }
    }
    return *this;
  }

  Html& fact(std::string_view name, std::string_view value) {
    return raw("<dt>").text(name).raw("</dt><dd>").text(value).raw("</dd>\n");
  }
  Html& fact(std::string_view name, uint64_t value) { return fact(name, std::to_string(value)); }

  [[nodiscard]] std::string take() { return std::move(html_); }

 private:
  std::string html_;
};

constexpr std::string_view kHead =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<title>Status · scwsim</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n"
    "<link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\n</head>\n<body>\n"
    "<header class=\"site-header\"><nav aria-label=\"Pages\">\n"
    "<a class=\"brand\" href=\"/\">scwsim</a>\n<a href=\"/files.html\">Files</a>\n"
    "<a href=\"/admin.html\">Administration</a>\n"
    "<a href=\"/status\" aria-current=\"page\">Status</a>\n</nav></header>\n<main>\n"
    "<h1>Status</h1>\n<p class=\"lead\">Made by the card at this moment, for you.</p>\n";

constexpr std::string_view kFoot = "</main>\n</body>\n</html>\n";

void open_section(Html& html, std::string_view title) {
  html.raw("<section class=\"card\">\n<h2>").text(title).raw("</h2>\n");
}

void write_card(Html& html, const Parts& card) {
  open_section(html, "Card");
  html.raw("<dl class=\"facts\">\n")
      .fact("ICCID", card.image->iccid_digits)
      .fact("Profile", card.image->profile_name)
      .fact("ATR", to_hex(card.image->atr))
      .fact("Power-ups", card.boots)
      .fact("Command APDUs", card.apdus)
      .raw("</dl>\n</section>\n");
}

void write_server(Html& html, const Parts& card) {
  const http::Counters& counters = card.server.counters();
  open_section(html, "Web server");
  html.raw("<dl class=\"facts\">\n")
      .fact("Requests served", counters.requests())
      .fact("Successful (2xx)", counters.responses[2])
      .fact("Not modified (3xx)", counters.responses[3])
      .fact("Refused (4xx)", counters.responses[4])
      .fact("Failed (5xx)", counters.responses[5])
      .fact("Connections", counters.connections)
      .fact("Octets received", counters.octets_in)
      .fact("Octets sent", counters.octets_out)
      .raw("</dl>\n</section>\n");
}

void write_channels(Html& html, const Parts& card) {
  open_section(html, "BIP channels");
  html.raw(
      "<div class=\"scroll\"><table>\n<thead><tr><th>Channel</th><th>Port</th><th>State</th>"
      "<th>Buffer</th></tr></thead>\n<tbody>\n");
  for (const auto& channel : card.server_mode.channels()) {
    const uint8_t identifier = channel->identifier();
    html.raw("<tr><td>")
        .text(identifier == 0 ? "–" : std::to_string(identifier))
        .raw("</td><td>")
        .text(std::to_string(channel->port()))
        .raw("</td><td>")
        .text(to_string(channel->state()))
        .raw("</td><td>")
        .text(std::to_string(channel->buffer_size()))
        .raw("</td></tr>\n");
  }
  html.raw("</tbody>\n</table></div>\n</section>\n");
}

void write_terminal(Html& html, const Parts& card) {
  const cat::TerminalProfile& profile = card.toolkit.profile();
  const cat::ToolkitCounters& counters = card.toolkit.counters();
  open_section(html, "Terminal");
  html.raw("<dl class=\"facts\">\n")
      .fact("BIP channels", profile.channels())
      .fact("Polling interval, s", card.housekeeping.granted_poll_interval_s())
      .fact("Proactive commands", counters.proactive_commands)
      .fact("Terminal responses", counters.terminal_responses)
      .fact("Envelopes", counters.envelopes)
      .fact("Refused", counters.refused)
      .raw("</dl>\n<ul class=\"abilities\">\n");
  for (const cat::AbilityBit& bit : cat::abilities()) {
    const bool has = profile.has(bit.ability);
    html.raw(has ? "<li class=\"yes\">" : "<li class=\"no\">").text(bit.name).raw("</li>\n");
  }
  html.raw("</ul>\n<p class=\"mono\">").text(to_hex(profile.octets())).raw("</p>\n</section>\n");
}

std::string render(const Parts& card) {
  Html html;
  html.raw(kHead);
  write_card(html, card);
  write_server(html, card);
  write_channels(html, card);
  write_terminal(html, card);
  html.raw(kFoot);
  return html.take();
}

class StatusContent final : public http::Page {
 public:
  explicit StatusContent(std::string html) : html_(std::move(html)) {}

  void respond(http::ResponseHead& head) override {
    head.start(http::Status::kOk);
    head.field("Content-Type", "text/html; charset=utf-8");
    head.length(html_.size());
  }

  size_t read(std::span<uint8_t> out) override {
    const Bytes rest = as_bytes(html_).subspan(given_);
    const size_t n = std::min(out.size(), rest.size());
    std::ranges::copy(rest.first(n), out.begin());
    given_ += n;
    return n;
  }

  [[nodiscard]] bool done() const override { return given_ == html_.size(); }

 private:
  std::string html_;
  size_t given_ = 0;
};

}  // namespace

http::Page& CardStatus::open(const http::Request& request, http::PageSlot& slot) {
  const http::Methods readable{http::Method::kGet, http::Method::kHead};
  if (http::Page* refusal = http::answer_unless_allowed(request, readable, slot)) return *refusal;
  return slot.emplace<StatusContent>(render(card_));
}

}  // namespace scwsim
