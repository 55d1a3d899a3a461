// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/reports/rows.hpp>

#include <string>
#include <vector>

/// What two tables of the same kind say of what both hold.
namespace flowgauge::cli {

enum class Change { same, better, worse };

/// One thing that both tables hold: first the values themselves, then how they differ.
struct Difference {
  std::string what, a, b, difference;
  Change change = Change::same;
};

struct Differences {
  std::string rule;  ///< what counts as a change, in a sentence
  std::vector<Difference> rows;
  std::size_t only_a = 0, only_b = 0;
  std::size_t hidden = 0;  ///< rows of metrics that are not compared
};

/// The KL of cells (by quadrature where both have it, else by Monte Carlo), of data sets the held-out cross-entropy; in nats, less is better. Cells
/// that differ in their seed alone are one row: the mean of the differences seed by seed, with its own Student-t interval; a single seed has the
/// interval of its two standard errors. The intervals hold at 95 % for all rows together (Bonferroni). A value that is not finite, or a cell that did
/// not end well, is worse than any number.
Differences compare(const std::vector<reports::CellRow>& a, const std::vector<reports::CellRow>& b);
/// The median of the repetitions; a change is one of more than 5 % whose repetitions do not overlap.
Differences compare(const std::vector<reports::BenchRow>& a, const std::vector<reports::BenchRow>& b);
/// Verdicts: any that is better or worse than before, from holds or not applicable to unresolved to fails or error.
Differences compare(const std::vector<reports::VerdictRow>& a, const std::vector<reports::VerdictRow>& b);

}  // namespace flowgauge::cli
