// The user of the reference terminal, who presses the first key that will do:
// answers to GET INKEY, GET INPUT and SELECT ITEM (TS 102 223 §6.4.2, §6.4.3,
// §6.4.9).
#pragma once

#include "tools/terminal/terminal_response.h"

namespace scwsim::terminal {

/// The key "1", or "yes" where the question is yes or no.
void answer_get_inkey(const ProactiveCommand& command, TerminalResponse& response);

/// Digits from "1" on, as many as the card wants at least, in the coding that it
/// asks for.
void answer_get_input(const ProactiveCommand& command, TerminalResponse& response);

/// The first item.
void answer_select_item(const ProactiveCommand& command, TerminalResponse& response);

}  // namespace scwsim::terminal
