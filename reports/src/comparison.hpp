// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <flowgauge/reports/rows.hpp>

/// The rows of cells.csv gathered into cells, and cells into entries: what the comparison page is made of.
namespace flowgauge::reports {

/// One cell: all rows with its id.
struct Cell {
  std::string source, flow;  // as they are shown: with parameters where the name alone is not unique
  std::int64_t dim = 0;
  std::vector<const CellRow*> rows;

  const CellRow& any() const { return *rows.front(); }
  bool failed() const { return any().status != "ok"; }

  /// The row of a metric that has a value: exact before quadrature before Monte Carlo. Null when there is none.
  const CellRow* best(std::string_view metric) const;
  const CellRow* with(std::string_view metric, std::string_view estimator) const;
};

/// 95 % interval of a row: as stored, else value ± 1.96 standard errors, else the value alone.
struct Interval {
  double low, high;
};
Interval interval_of(const CellRow& row);

bool is_infinite(const CellRow& row);  // by its value or by its kl_status

/// The cells of one source, flow and dim, over seeds, seen through one metric.
struct Summary {
  std::vector<const Cell*> cells, failed;
  std::vector<const CellRow*> measured;  // the best row of every other cell that has one
  std::size_t infinite = 0;
  double median = std::numeric_limits<double>::quiet_NaN();  // of `measured`; infinite ones count as ∞; NaN when there is none
  double score = std::numeric_limits<double>::infinity();    // the same, with failed cells counted as ∞ too

  bool holds_zero() const;  // every measured interval includes 0
};

struct EntryKey {
  std::string source, flow;
  std::int64_t dim;
  auto operator<=>(const EntryKey&) const = default;
};

struct Comparison {  // holds pointers into itself: moved, never copied
  Comparison() = default;
  Comparison(Comparison&&) = default;
  Comparison& operator=(Comparison&&) = default;

  std::vector<Cell> cells;
  std::map<EntryKey, std::vector<const Cell*>> entries;
  std::vector<std::string> flows;                            // best first: those that are finite on every source, then by median KL
  std::map<std::string, std::string> flow_specs, source_specs;  // what a shown name stands for, where that is more; not of data sets
  std::map<std::int64_t, std::vector<std::string>> sources;  // with a density, by dim
  std::map<std::int64_t, std::vector<std::string>> data_sets;

  Summary summary(const EntryKey& key, std::string_view metric) const;
};

/// Flows stand in this order: as few infinite and failed sources as possible, then the median over sources.
struct Score {
  std::size_t without = 0;
  double median = 0;
  auto operator<=>(const Score&) const = default;
};
Score score_of(const std::vector<double>& of_sources);

Comparison compare_cells(const std::vector<CellRow>& rows);

/// `coupling(rational_quadratic_spline(bins=8), hidden=[64,64])` → `coupling(rational_quadratic_spline)`: the name, and what it wraps.
std::string layer_type(const std::string& layer);

/// What a trace row calls its source and flow on the page.
struct Labels {
  std::map<std::pair<std::string, std::string>, std::string> sources, flows;  // (name, parameters) → shown
};
Labels labels_of(const std::vector<CellRow>& cells, const std::vector<TraceRow>& traces);

}  // namespace flowgauge::reports
