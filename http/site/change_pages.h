// How the administration changes the site: PUT and DELETE (RFC 9110 §9.3.4,
// §9.3.5; scws.md §7.1, §7.2). A body is staged as it comes and published when it
// is complete, by one unit of work; until then, and if it never is, the resource
// is what it was.
#pragma once

#include <optional>
#include <variant>

#include "http/site/catalogue.h"
#include "http/site/fingerprint.h"
#include "http/site/stored_fields.h"
#include "http/status_page.h"

namespace scwsim::http {

/// A resource that is being given.
class Upload {
 public:
  /// PUTs that may be under way at a time; each keeps memory from others.
  static constexpr size_t kMost = 4;

  /// Changes `catalogue`, which must outlive this, as `request` says, which must
  /// stay valid. `running` is the number of all uploads.
  Upload(Catalogue& catalogue, const Request& request, size_t& running);
  ~Upload() { --running_; }
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  // Each of these answers why it cannot go on; nothing when it can. After a refusal
  // the upload is good for nothing.

  /// Checks all that can be known by now, and stages what stands before the body.
  std::optional<Refusal> begin();
  /// Stages octets of the body.
  std::optional<Refusal> append(Bytes fragment);
  /// Makes the resource appear.
  std::optional<Refusal> publish();

  /// Whether publish() made a new resource, not a new content for an old one.
  [[nodiscard]] bool created() const { return created_; }
  /// The entity tag of the resource, after publish(); it stands in `room`, which
  /// holds kMaxFieldLines octets.
  [[nodiscard]] std::string_view entity_tag(std::span<uint8_t> room) const {
    return catalogue_.entity_tag(first_, head_, room);
  }

 private:
  std::optional<Refusal> stage_head(const StoredFields& fields, size_t body);
  std::optional<Refusal> stage(Bytes octets);
  [[nodiscard]] Refusal no_room(size_t body) const;

  Catalogue& catalogue_;
  const Request& request_;
  size_t& running_;
  ChainWriter out_;
  ResourceHead head_;
  Fingerprint fingerprint_;
  uint32_t first_ = 0;
  bool makes_tag_ = false;
  bool created_ = false;
};

/// The answer to PUT: takes the body, then 201 or 204 with the new entity tag, or
/// why not.
class PutPage final : public Page {
 public:
  PutPage(Catalogue& catalogue, const Request& request, size_t& running);

  [[nodiscard]] bool wants_body() const override;
  void receive(Bytes fragment) override;
  void respond(ResponseHead& head) override;
  size_t read(std::span<uint8_t> out) override;
  [[nodiscard]] bool done() const override;

 private:
  void settle(const std::optional<Refusal>& refusal);

  std::variant<Upload, StatusPage> state_;
};

/// The answer to DELETE: 204 once it is done, or why not. A path that ends in a
/// slash stands for all resources whose path begins with it.
class DeletePage final : public Page {
 public:
  DeletePage(Catalogue& catalogue, const Request& request)
      : catalogue_(catalogue), request_(request) {}

  void respond(ResponseHead& head) override;
  size_t read(std::span<uint8_t> out) override { return status_->read(out); }
  [[nodiscard]] bool done() const override { return status_->done(); }

 private:
  [[nodiscard]] Refusal remove();

  Catalogue& catalogue_;
  const Request& request_;
  std::optional<StatusPage> status_;
};

}  // namespace scwsim::http
