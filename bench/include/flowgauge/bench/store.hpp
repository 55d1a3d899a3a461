// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/error.hpp>
#include <flowgauge/model.hpp>
#include <flowgauge/reports/csv.hpp>
#include <flowgauge/reports/datapackage.hpp>
#include <flowgauge/reports/figure.hpp>

#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace flowgauge::bench {

/// The folder holds the results of another grid. The sentence says where they part. (The program maps it to exit 3.)
struct DataConflict : DataError {
  using DataError::DataError;
};

/// What a cell leaves behind.
struct CellResult {
  std::string cell_id;
  std::vector<reports::CellRow> cells;
  std::vector<reports::TraceRow> traces;
  std::vector<reports::SampleRow> samples;
  std::optional<Model> model;
};

/// The folder of a run. Rows are appended to *.csv.partial cell by cell and become *.csv, sorted, when the run is finished or interrupted; models
/// are written through a temporary file and a rename. Several threads may add.
class Store {
 public:
  /// Makes the folder, tries to write into it, compares its grid hash, and reads what is there. DataError, DataConflict.
  Store(std::filesystem::path folder, const std::string& grid_hash, reports::Provenance);

  /// Cells that were finished when the store was opened.
  const std::set<std::string>& finished() const { return finished_; }
  /// Model first, then traces, then cells: a cell with rows in cells.csv is complete.
  void add(const CellResult&);
  /// cells.csv, kl_trace.csv, kl_differences.csv, densities.csv, samples.csv, datapackage.json, report.html; returns the page. `finished_at` is set
  /// here.
  std::filesystem::path close(const std::vector<std::string>& warnings, const reports::FigureOptions&);

 private:
  std::filesystem::path folder_;
  reports::Provenance provenance_;
  std::optional<reports::CsvAppender<reports::CellRow>> cells_;
  std::optional<reports::CsvAppender<reports::TraceRow>> traces_;
  std::optional<reports::CsvAppender<reports::SampleRow>> samples_;
  std::set<std::string> finished_;
  std::mutex mutex_;
};

/// The grid hash of a run's datapackage.json; empty where the folder has none.
std::string grid_hash_of(const std::filesystem::path& folder);

}  // namespace flowgauge::bench
