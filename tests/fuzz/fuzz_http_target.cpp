// Request targets: whatever decodes is a plain path within the root, and decodes
// no further than that.
#include <cstdlib>
#include <vector>

#include "http/wire/request_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace scwsim;
  using namespace scwsim::http;
  if (size == 0) return 0;  // a request line without target does not come that far
  for (const bool lenient : {false, true}) {
    Policy policy;
    policy.accept_unescaped_target = lenient;
    std::vector<uint8_t> text(data, data + size);
    Refusal refusal;
    const auto target = decode_target(text, Method::kGet, policy, refusal);
    if (!target) {
      if (refusal.status != Status::kBadRequest || refusal.reason.empty()) std::abort();
      continue;
    }
    if (!is_plain_path(target->path) || target->path.size() > size) std::abort();
  }
  return 0;
}
