// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/bench/grid.hpp>
#include <flowgauge/bench/kl.hpp>
#include <flowgauge/bench/quadrature.hpp>
#include <flowgauge/reports/rows.hpp>

#include "cell.hpp"

#include <string>
#include <vector>

namespace flowgauge::bench {

/// The rows of one cell: every metric gets the cell's keys.
class CellRows {
 public:
  CellRows(const GridCell&, const RunKeys&);

  reports::CellRow shared;  ///< what all rows have; set before the first row is added
  std::vector<reports::CellRow> cells;
  std::vector<reports::TraceRow> traces;

  void add(const char* metric, const char* estimator, const Mean&, const char* unit = "nat");
  /// `detail`: why it is not an ordinary number.
  void add_kl(const char* estimator, const Mean&, KlStatus, const std::string& detail);
  /// The one row of a cell that did not succeed.
  void add_failure(const std::string& status, const std::string& detail, const char* metric);
  void add_step(Index step, const char* metric, const Mean&, double wall_time_s);
  void add_layers(const std::vector<PrefixKl>&);
  void add_layers(const std::vector<ExactKl>&, const std::vector<PrefixKl>& names);

 private:
  reports::TraceRow trace(const char* kind, Index index, const std::string& layer, const char* metric, const char* estimator, const Mean&) const;
};

/// An exact number as a Mean: its error, if any, stands in std_error.
Mean exact(double value, double std_error = 0);

}  // namespace flowgauge::bench
