// SPDX-License-Identifier: MIT
#pragma once

namespace flowgauge {

/// The program `flowgauge <command> …`: data on stdout, everything else on stderr. Returns the exit code: 0 good; 1 a law fails or a regression; 2
/// something the user must change; 3 data conflict; 75 interrupted, run again to go on. A suite calls extend_catalogue with its members first.
int program(int argc, const char* const* argv);

}  // namespace flowgauge
