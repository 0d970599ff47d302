#include "http/site/change_pages.h"

#include <array>

#include "http/site/resource_conditions.h"

namespace scwsim::http {
namespace {

constexpr Refusal kConditionFailed{Status::kPreconditionFailed, "the resource is another by now"};
constexpr Refusal kTooLarge{Status::kContentTooLarge, "a resource may not be that large here"};
constexpr Refusal kMemoryProblem{Status::kInternalServerError,
                                 "the memory of the card does not take it"};

}  // namespace

Upload::Upload(Catalogue& catalogue, const Request& request, size_t& running)
    : catalogue_(catalogue), request_(request), running_(running), out_(catalogue.volume()) {
  ++running_;
}

std::optional<Refusal> Upload::begin() {
  if (running_ > kMost) {
    return Refusal{Status::kServiceUnavailable, "as many changes as can be are under way"};
  }
  if (request_.path.size() > kMaxPath) {
    return Refusal{Status::kUriTooLong, "no resource has a path that long"};
  }
  if (request_.fields.find("Content-Range")) {  // RFC 9110 §14.5
    return Refusal{Status::kBadRequest, "a resource is stored whole or not at all"};
  }
  std::array<uint8_t, kJoinRoom> room{};
  Refusal refusal;
  const auto fields = fields_of(request_, room, refusal);
  if (!fields) return refusal;
  const bool length_known = request_.framing == BodyFraming::kLength;
  const uint64_t length = length_known ? request_.content_length : 0;
  if (length > catalogue_.largest_body()) return kTooLarge;
  const auto place = catalogue_.find(request_.path);
  if (evaluate_conditions(catalogue_, request_, place) != Condition::kHolds) {
    return kConditionFailed;
  }
  catalogue_.know_free();
  return stage_head(*fields, static_cast<size_t>(length));
}

// What is not known before the end is written again then. The room is made for all of
// the resource at once: what does not fit costs no reader anything.
std::optional<Refusal> Upload::stage_head(const StoredFields& fields, size_t body) {
  StoredFields complete = fields;
  makes_tag_ = fields.entity_tag.empty();
  if (makes_tag_) complete.entity_tag = kTagPlaceholder;
  std::array<uint8_t, kMaxFieldLines> room{};
  ByteWriter lines(room);
  write_lines(complete, lines, head_);
  if (!lines.ok()) {
    return Refusal{Status::kHeaderFieldsTooLarge, "the fields to be stored are too long together"};
  }
  head_.path_size = static_cast<uint8_t>(request_.path.size());
  if (!catalogue_.volume().make_room(pages_for(head_.body_at() + body))) return no_room(body);
  fingerprint_.add(lines.written().last(head_.representation_size));
  const auto head = head_.write();
  for (const Bytes part : {Bytes(head), as_bytes(request_.path), lines.written()}) {
    if (auto problem = stage(part)) return problem;
  }
  return std::nullopt;
}

std::optional<Refusal> Upload::append(Bytes fragment) {
  if (fragment.size() > catalogue_.largest_body() - head_.body_size) return kTooLarge;
  head_.body_size += static_cast<uint32_t>(fragment.size());
  fingerprint_.add(fragment);
  return stage(fragment);
}

std::optional<Refusal> Upload::stage(Bytes octets) {
  switch (out_.append(octets)) {
    case ChainWriter::Outcome::kDone: return std::nullopt;
    case ChainWriter::Outcome::kFull: return no_room(head_.body_size);
    case ChainWriter::Outcome::kFailed: break;
  }
  return kMemoryProblem;
}

// What another upload holds may become free again, which helps unless the body is
// larger than all memory.
Refusal Upload::no_room(size_t body) const {
  const bool may_fit = pages_for(head_.body_at() + body) <= catalogue_.volume().pages();
  if (running_ > 1 && may_fit) {
    return {Status::kServiceUnavailable, "other changes under way take up the memory"};
  }
  return {Status::kInsufficientStorage, "the memory of the card does not suffice"};
}

std::optional<Refusal> Upload::publish() {
  const auto place = catalogue_.find(request_.path);
  // Another change may have come in between.
  if (evaluate_conditions(catalogue_, request_, place) != Condition::kHolds) {
    return kConditionFailed;
  }
  if (makes_tag_) {
    const EntityTag tag(catalogue_.changes() + 1, fingerprint_.value());
    const size_t at = ResourceHead::kSize + head_.path_size + ResourceHead::kTagAt;
    if (!out_.patch(at, as_bytes(tag.text()))) return kMemoryProblem;
  }
  if (!out_.patch(0, head_.write())) return kMemoryProblem;
  if (!catalogue_.publish(place, out_.chain())) return kMemoryProblem;
  first_ = out_.chain().first;
  out_.release();
  created_ = !place.found;
  return std::nullopt;
}

PutPage::PutPage(Catalogue& catalogue, const Request& request, size_t& running)
    : state_(std::in_place_type<Upload>, catalogue, request, running) {
  settle(std::get<Upload>(state_).begin());
}

void PutPage::settle(const std::optional<Refusal>& refusal) {
  if (refusal) state_.emplace<StatusPage>(refusal->status, refusal->reason);
}

bool PutPage::wants_body() const { return std::holds_alternative<Upload>(state_); }

void PutPage::receive(Bytes fragment) { settle(std::get<Upload>(state_).append(fragment)); }

void PutPage::respond(ResponseHead& head) {
  std::array<uint8_t, kMaxFieldLines> room{};
  std::string_view tag;
  if (auto* upload = std::get_if<Upload>(&state_)) {
    settle(upload->publish());
    if ((upload = std::get_if<Upload>(&state_)) != nullptr) {
      tag = upload->entity_tag(room);
      const bool created = upload->created();
      state_.emplace<StatusPage>(created ? Status::kCreated : Status::kNoContent,
                                 created ? "the resource is stored" : "");
    }
  }
  std::get<StatusPage>(state_).respond(head);
  // Nothing was changed on the way into memory (RFC 9110 §9.3.4).
  if (!tag.empty()) head.field("ETag", tag);
}

size_t PutPage::read(std::span<uint8_t> out) { return std::get<StatusPage>(state_).read(out); }

bool PutPage::done() const { return std::get<StatusPage>(state_).done(); }

void DeletePage::respond(ResponseHead& head) {
  const Refusal outcome = remove();
  status_.emplace(outcome.status, outcome.reason).respond(head);
}

Refusal DeletePage::remove() {
  const auto place = catalogue_.find(request_.path);
  const bool is_directory = request_.path.ends_with('/');
  size_t end = place.at + (place.found ? 1 : 0);
  if (is_directory) end = catalogue_.end_of(request_.path, place.at);
  if (end == place.at) return {Status::kNotFound, "nothing is stored at this path"};
  // A directory is there, but has no entity tag unless a resource has its name.
  const Validators untagged;
  const Condition condition = place.found ? evaluate_conditions(catalogue_, request_, place)
                                          : evaluate_conditions(request_, &untagged);
  if (condition != Condition::kHolds) return kConditionFailed;
  catalogue_.know_free();
  if (!catalogue_.remove(place.at, end)) return kMemoryProblem;
  return {Status::kNoContent, {}};
}

}  // namespace scwsim::http
