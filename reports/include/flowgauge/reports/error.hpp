// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>

namespace flowgauge::reports {

/// Something the user must change: an unreadable or badly formed file, a folder that cannot be written, a full disk,
/// a value that does not belong into a column. The message says what was expected, what came and where.
/// (The room sees no other room, so it has its own exception; the program maps it to exit 2.)
struct ReportError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace flowgauge::reports
