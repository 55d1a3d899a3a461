// SPDX-License-Identifier: MIT
#include <flowgauge/bench/run.hpp>

#include "cell.hpp"
#include "sha256.hpp"

#include <flowgauge/bench/machine.hpp>
#include <flowgauge/bench/store.hpp>

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <fnmatch.h>

#include <mutex>
#include <set>

namespace flowgauge::bench {
namespace {

bool matches(const std::string& glob, const GridCell& c) {
  return fnmatch(glob.c_str(), (c.source + "/" + c.flow_name).c_str(), 0) == 0 || fnmatch(glob.c_str(), c.id.c_str(), 0) == 0;
}

reports::Provenance provenance_of(const Grid& grid, const RunOptions& o) {
  reports::Provenance p = o.provenance;
  if (p.title.empty()) p.title = "KL comparison: " + grid.name;
  p.config_name = grid.path.string();
  p.config_text = grid.text;
  p.config_sha256 = sha256(grid.text);
  p.started_at = utc_now();
  p.run_id = fmt::format("r_{}_{}", p.started_at, grid.hash.substr(0, 8));
  std::set<std::uint64_t> seeds;
  for (const GridCell& c : grid.cells) seeds.insert(c.seed);
  p.seeds.emplace_back("all random numbers, cell by cell", fmt::format("{}", fmt::join(seeds, ", ")));
  describe_machine(p);
  return p;
}

/// Cells at work, and what became of them.
class Workers {
 public:
  Workers(std::vector<const GridCell*> cells, const RunOptions& o, RunKeys keys, Store& store, RunSummary& summary)
      : cells_(std::move(cells)), options_(o), keys_(std::move(keys)), store_(store), summary_(summary) {}

  void run() {
    tbb::task_arena arena(options_.jobs);
    arena.execute([&] {
      tbb::parallel_for(
          std::size_t{0}, cells_.size(), [&](std::size_t i) { one(*cells_[i]); }, tbb::simple_partitioner());
    });
  }

 private:
  void one(const GridCell& cell) {
    if (options_.stop && *options_.stop) return interrupted();
    const std::optional<CellOutcome> outcome = run_cell(cell, keys_, options_.stop);
    if (!outcome) return interrupted();
    store_.add(outcome->result);
    const std::lock_guard lock(mutex_);
    ++summary_.computed;
    if (options_.progress)
      options_.progress({summary_.computed, cells_.size(), fmt::format("{} × {}, seed {}", cell.source, cell.flow_name, cell.seed), outcome->status,
                         outcome->summary});
  }
  void interrupted() {
    const std::lock_guard lock(mutex_);
    summary_.interrupted = true;
  }

  std::vector<const GridCell*> cells_;
  const RunOptions& options_;
  RunKeys keys_;
  Store& store_;
  RunSummary& summary_;
  std::mutex mutex_;
};

void count_outcomes(const std::filesystem::path& folder, RunSummary& summary) {
  std::set<std::string> seen;
  for (const reports::CellRow& row : reports::read_csv<reports::CellRow>(folder / reports::Table<reports::CellRow>::file)) {
    if (!seen.insert(row.cell_id).second) continue;
    if (row.status == "diverged") ++summary.diverged;
    else if (row.status != "ok") ++summary.failed;
  }
}

}  // namespace

RunSummary run_grid(const Grid& grid, const RunOptions& o) {
  if (o.jobs < 1) throw ConfigError(fmt::format("jobs must be 1 or more, got {}", o.jobs));
  const reports::Provenance provenance = provenance_of(grid, o);
  std::vector<const GridCell*> wanted;
  for (const GridCell& c : grid.cells)
    if (matches(o.only, c)) wanted.push_back(&c);
  if (wanted.empty())
    throw ConfigError(fmt::format("no cell of {} fits '{}'; cells are called source/flow, such as {}/{}", grid.path.string(), o.only,
                                  grid.cells.front().source, grid.cells.front().flow_name));

  Store store(o.out, grid.hash, provenance);
  RunSummary summary;
  summary.total = grid.cells.size();
  std::vector<const GridCell*> open;
  for (const GridCell* c : wanted) {
    if (store.finished().count(c->id) > 0) ++summary.skipped;
    else open.push_back(c);
  }
  Workers(std::move(open), o, {provenance.run_id, provenance.flowgauge_version, provenance.git_rev, host_name(), o.jobs}, store, summary).run();
  std::vector<std::string> warnings;
  if (summary.interrupted) warnings.push_back("The run was interrupted: cells are missing. The same command goes on from here.");
  summary.page = store.close(warnings, o.figures);
  count_outcomes(o.out, summary);
  return summary;
}

}  // namespace flowgauge::bench
