// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "comparison.hpp"

/// The tables of the comparison page, each as HTML; empty when there is nothing to show.
namespace flowgauge::reports {

std::string heat_maps(const Comparison& comparison);  // source × flow, one a dim
/// Flow and source names with what they stand for.
std::string names_table(const Comparison& comparison);

std::string leaderboard(const Comparison& comparison);
std::string data_set_tables(const Comparison& comparison);  // cross-entropy, training and held-out
std::string estimator_check(const Comparison& comparison);  // Monte Carlo against exact or quadrature
std::string failure_list(const Comparison& comparison, const std::string& command_line);
std::string layer_type_table(const std::vector<TraceRow>& traces);

}  // namespace flowgauge::reports
