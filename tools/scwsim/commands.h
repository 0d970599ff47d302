// The commands of the program. Each runs to its end and returns the exit status:
// 0 all well, 1 failure at work; wrong usage is thrown as UsageError.
#pragma once

#include "tools/scwsim/options.h"

namespace scwsim::cli {

/// A card, the reference terminal and its SCWS Gateway, until SIGINT or SIGTERM.
int run_up(const LabOptions& options);

/// Only the card: command APDUs as hexadecimal digits on standard input, one a
/// line; response APDUs on standard output.
int run_card(const CardOptions& options);

/// The whole story on real sockets, told step by step.
int run_tour(const LabOptions& options);

}  // namespace scwsim::cli
