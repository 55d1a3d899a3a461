// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace flowgauge::reports {

/// Reads a page as a strict parser would: every element closed in order, attributes quoted, & only in entities, ids unique.
/// The first thing that is wrong, as a sentence; empty when all is well.
std::string first_fault(const std::string& page);

}  // namespace flowgauge::reports
