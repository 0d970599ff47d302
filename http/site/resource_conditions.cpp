#include "http/site/resource_conditions.h"

#include <array>

namespace scwsim::http {

Condition evaluate_conditions(const Catalogue& catalogue, const Request& request, uint32_t page,
                              const ResourceHead& head) {
  if (!has_conditions(request, head.last_modified != 0)) return Condition::kHolds;
  std::array<uint8_t, kMaxFieldLines> room{};
  const Validators current{catalogue.entity_tag(page, head, room), head.last_modified};
  return evaluate_conditions(request, &current);
}

Condition evaluate_conditions(const Catalogue& catalogue, const Request& request,
                              const Catalogue::Place& place) {
  if (!place.found) return evaluate_conditions(request, nullptr);
  const auto head = catalogue.head(place.page);
  return head ? evaluate_conditions(catalogue, request, place.page, *head) : Condition::kFailed;
}

}  // namespace scwsim::http
