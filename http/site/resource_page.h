// A resource on its way out, straight from the store: 200 with its body, or 304.
#pragma once

#include "http/handler.h"
#include "http/site/volume.h"

namespace scwsim::http {

class ResourcePage final : public Page {
 public:
  /// The resource that begins in `page` and has that head. `modified` false: 304.
  ResourcePage(Volume& volume, uint32_t page, const ResourceHead& head, bool modified)
      : pin_(volume, {page, static_cast<uint32_t>(pages_for(head.body_at() + head.body_size))}),
        in_(volume, page),
        before_lines_(ResourceHead::kSize + head.path_size),
        lines_(size_t{head.validators_size} + (modified ? head.representation_size : 0)),
        left_(head.body_size),
        modified_(modified) {}

  void respond(ResponseHead& head) override;
  size_t read(std::span<uint8_t> out) override;
  [[nodiscard]] bool done() const override { return left_ == 0; }

 private:
  Pin pin_;
  ChainReader in_;
  size_t before_lines_;
  size_t lines_;
  size_t left_;
  bool modified_;
};

}  // namespace scwsim::http
