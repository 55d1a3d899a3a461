// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <flowgauge/reports/rows.hpp>

namespace flowgauge::reports {

/// A strip for each law: the worst margin of every subject it was asked about. Empty when no margin is positive.
std::string margin_plot(const std::vector<VerdictRow>& verdicts);

/// "L6 log det matches jacobian".
std::string law_title(const VerdictRow& row);

/// L2 before L10.
bool law_before(const std::string& left, const std::string& right);

}  // namespace flowgauge::reports
