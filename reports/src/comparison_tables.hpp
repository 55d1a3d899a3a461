// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "comparison.hpp"
#include "ranking.hpp"

/// The tables of the comparison page, each as HTML; empty when there is nothing to show.
namespace flowgauge::reports {

std::string heat_maps(const Comparison& comparison);  // source × flow, one a dim
/// Flow and source names with what they stand for.
std::string names_table(const Comparison& comparison);

/// `rankings`: on how many sources no other flow is proved nearer.
std::string leaderboard(const Comparison& comparison, const std::vector<Ranking>& rankings);
std::string data_set_tables(const Comparison& comparison);  // cross-entropy, training and held-out
std::string estimator_check(const Comparison& comparison);  // Monte Carlo against exact or quadrature
std::string balance_check(const Comparison& comparison);    // the log_det against rows of the flow itself
std::string seed_spread(const Comparison& comparison);      // every seed a dot
std::string methods(const Comparison& comparison);          // how the numbers were made, in sentences
std::string failure_list(const Comparison& comparison, const std::string& command_line);

}  // namespace flowgauge::reports
