// SPDX-License-Identifier: MIT
#pragma once

namespace flowgauge::cli {

/// "0.1.0".
extern const char* const version;
/// Short hash of the commit that was built, with -dirty where the sources were changed; "unknown" outside git.
extern const char* const revision;

}  // namespace flowgauge::cli
