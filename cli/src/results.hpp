// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/bench/grid.hpp>
#include <flowgauge/reports/rows.hpp>

#include <string>
#include <vector>

namespace flowgauge::cli {

/// source × flow, in the order of the grid, as a table: KL in nats, exact where it is known and with its standard error where it is not; of a data
/// set the cross-entropy of held-out rows. Several seeds: the median, and how many.
std::string results_text(const bench::Grid&, const std::vector<reports::CellRow>&);

}  // namespace flowgauge::cli
