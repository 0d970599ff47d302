// The commands of the program. Each runs to its end and returns the exit status:
// 0 all well, 1 failure at work; wrong usage is thrown as UsageError.
#pragma once

#include "tools/scwsim/options.h"

namespace scwsim::cli {

/// The reference terminal and its SCWS Gateway, with a card of its own (`scwsim
/// up`) or one at the other end of a link (`scwsim terminal`), until SIGINT or
/// SIGTERM.
int run_terminal(const LabOptions& options);

/// Only the card. On a link, until SIGINT or SIGTERM; without one: command APDUs
/// as hexadecimal digits on standard input, one a line; response APDUs on
/// standard output.
int run_card(const CardOptions& options, const LinkOptions& link);

/// Writes the card's certificate, as PEM.
int run_cert(const CertOptions& options);

/// The whole story on real sockets, told step by step.
int run_tour(const LabOptions& options);

}  // namespace scwsim::cli
