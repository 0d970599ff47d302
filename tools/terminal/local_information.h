// What the terminal knows of itself and its surroundings, for PROVIDE LOCAL
// INFORMATION (TS 102 223 §6.4.15): a test network's cell, test equipment
// numbers, English, the host's clock in UTC.
#pragma once

#include "tools/terminal/terminal_response.h"

namespace scwsim::terminal {

/// Adds result and object for the kind of information that `qualifier` asks for;
/// result 30 for kinds that this terminal has not.
void provide_local_information(uint8_t qualifier, TerminalResponse& response);

}  // namespace scwsim::terminal
