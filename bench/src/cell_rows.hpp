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

  /// `detail`: why it has no value.
  void add(const char* metric, const char* estimator, const Mean&, const char* unit = "nat", const std::string& detail = {});
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

/// An exact number as a Mean.
Mean exact(double value);
/// For tables that pictures are drawn from: more than a picture shows, and a third of the file.
double six_decimals(double value);
/// A number that is not farther than `error` from the truth: an integral.
Mean bounded(const Integral&);
/// A KL by quadrature; NaN where it is not what it says.
Mean trusted(const ExactKl&);
/// A value with its standard error from more rows than are known here: the 95 % interval is the normal one, nothing wide where the error is 0.
Mean estimated(const Estimate&);

}  // namespace flowgauge::bench
