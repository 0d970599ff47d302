// Conditional requests on what is stored.
#pragma once

#include "http/site/catalogue.h"
#include "http/site/conditions.h"

namespace scwsim::http {

/// What the conditions of `request` come to for the resource that begins in `page`
/// and has that head.
Condition evaluate_conditions(const Catalogue& catalogue, const Request& request, uint32_t page,
                              const ResourceHead& head);

/// The same for what stands at `place`, or for the absence of anything there.
Condition evaluate_conditions(const Catalogue& catalogue, const Request& request,
                              const Catalogue::Place& place);

}  // namespace scwsim::http
