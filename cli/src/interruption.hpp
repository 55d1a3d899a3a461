// SPDX-License-Identifier: MIT
#pragma once
#include <atomic>

namespace flowgauge::cli {

/// Exit code of a command that was interrupted and can be run again to go on.
inline constexpr int interrupted_exit = 75;

/// The flag that the first Ctrl-C or SIGTERM sets; the second ends the program at once. Watched from the first call on.
const std::atomic<bool>& interruption();

}  // namespace flowgauge::cli
