// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "comparison.hpp"

namespace flowgauge::reports {

/// KL of one cell less that of another, over the same rows, whichever way round the table has it.
struct Paired {
  double value = 0, std_error = 0, low = 0, high = 0;
  std::string conclusion;  // as in the table: of the first cell
};

class PairedDifferences {
 public:
  explicit PairedDifferences(const std::vector<DifferenceRow>& rows);
  /// Null where the table has no such pair.
  const Paired* find(const Cell& cell, const Cell& other) const;
  bool empty() const { return pairs_.empty(); }

 private:
  std::map<std::pair<std::string, std::string>, Paired> pairs_;  // by cell ids
};

/// The flows of one source, dim and seed in the order of their KL. The place of a flow is 1 + the number of flows that are proved nearer: flows that
/// cannot be told from the nearest one share place 1.
struct Ranked {
  const Cell* cell;
  double kl;
  std::size_t place;
};
struct Ranking {
  std::string source;
  std::int64_t dim = 0, seed = 0;
  std::vector<Ranked> flows;
};
std::vector<Ranking> rankings(const Comparison& comparison, const PairedDifferences& differences);

/// Every ranking as a table, with the paired difference from the first flow; empty when the run has no differences.
std::string ranking_table(const std::vector<Ranking>& rankings, const PairedDifferences& differences);

}  // namespace flowgauge::reports
