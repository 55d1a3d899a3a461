// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/bench/grid.hpp>
#include <flowgauge/reports/datapackage.hpp>
#include <flowgauge/reports/figure.hpp>

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>

namespace flowgauge::bench {

/// A cell has just been finished.
struct RunProgress {
  std::size_t done = 0, total = 0;  ///< of the cells of this call, those found finished not counted
  std::string cell;                 ///< "laplace × softlog_seed, seed 1"
  std::string status;               ///< ok, diverged, unsupported, error
  std::string summary;              ///< "KL 0.0724 (quadrature)"
};

struct RunOptions {
  std::filesystem::path out;
  int jobs = 1;                          ///< cells at a time, ≥ 1; does not change any number
  std::string only = "*";                ///< glob over "source/flow" and over cell ids: other cells are left alone
  reports::Provenance provenance;        ///< command_line, flowgauge_version and git_rev are the caller's; the rest is filled in here
  reports::FigureOptions figures;        ///< folder empty: figures stand in the page alone
  std::function<void(const RunProgress&)> progress;  ///< called from one thread at a time
  const std::atomic<bool>* stop = nullptr;           ///< set from outside: finish what is known, and return interrupted
};

struct RunSummary {
  std::size_t total = 0, computed = 0, skipped = 0;  ///< total = all cells of the grid; skipped: found finished in the folder
  std::size_t diverged = 0, failed = 0;              ///< among all finished; failed: status error or unsupported
  bool interrupted = false;
  std::filesystem::path page;                        ///< empty when interrupted before the first cell
};

/// Fits and evaluates every cell of the grid and writes cells.csv, kl_trace.csv, kl_differences.csv, densities.csv, samples.csv,
/// models/<cell_id>.json,
/// datapackage.json and report.html into options.out. Cells that the folder has already are skipped. DataConflict (store.hpp): the folder holds
/// another grid. DataError: it cannot be written; found before any work. ConfigError: `only` fits no cell, jobs < 1.
RunSummary run_grid(const Grid&, const RunOptions&);

}  // namespace flowgauge::bench
