#include "http/status_page.h"

#include <algorithm>

namespace scwsim::http {

StatusPage::StatusPage(Status status, std::string_view reason, std::optional<Methods> allowed)
    : status_(status), allowed_(allowed) {
  if (is_bodiless(status)) return;
  ByteWriter content(content_);
  const std::string_view title = title_of(status);
  for (const std::string_view part :
       {std::string_view("<!DOCTYPE html><meta name=color-scheme content=\"light dark\"><title>"),
        title, std::string_view("</title><h1>"), title, std::string_view("</h1><p>"), reason,
        std::string_view(".\n")}) {
    content.bytes(as_bytes(part));
  }
  size_ = content.size();
}

void StatusPage::respond(ResponseHead& head) {
  head.start(status_);
  if (allowed_) head.allow(*allowed_);
  if (!is_bodiless(status_)) head.field("Content-Type", "text/html; charset=utf-8");
  head.length(size_);
}

size_t StatusPage::read(std::span<uint8_t> out) {
  const size_t n = std::min(out.size(), size_ - given_);
  std::ranges::copy(Bytes(content_).subspan(given_, n), out.begin());
  given_ += n;
  return n;
}

Page* answer_unless_allowed(const Request& request, Methods allowed, PageSlot& slot) {
  if (allowed.has(request.method)) return nullptr;
  if (request.method == Method::kOptions) {
    return &slot.emplace<StatusPage>(Status::kNoContent, std::string_view{}, allowed);
  }
  return &slot.emplace<StatusPage>(Status::kMethodNotAllowed,
                                   "the resource does not know this method", allowed);
}

}  // namespace scwsim::http
