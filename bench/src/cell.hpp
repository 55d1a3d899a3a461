// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/bench/grid.hpp>
#include <flowgauge/bench/store.hpp>

#include <atomic>
#include <optional>
#include <string>

namespace flowgauge::bench {

/// What the rows of a run share beside the cell.
struct RunKeys {
  std::string run_id, flowgauge_version, git_rev, host;
  int jobs = 1;
};

struct CellOutcome {
  CellResult result;
  std::string status, summary;
};

/// Trains, evaluates and writes up one cell. What goes wrong inside is a row with status error; nothing when `stop` was set before it was finished.
std::optional<CellOutcome> run_cell(const GridCell&, const RunKeys&, const std::atomic<bool>* stop);

/// The steps of a step trace: 0, `steps`, and between them about `points` evenly in log(step).
std::vector<Index> trace_steps(Index steps, Index points);

}  // namespace flowgauge::bench
