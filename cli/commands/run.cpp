// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "command.hpp"
#include "interruption.hpp"
#include "results.hpp"
#include "revision.hpp"

#include <flowgauge/bench/run.hpp>
#include <flowgauge/reports/csv.hpp>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

struct Options {
  std::string grid, only, out;
  std::vector<std::string> data;
  std::int64_t jobs = 1;
  bool dry_run = false, strict = false;
};

std::string plan(const bench::Grid& grid, const std::string& only) {
  std::vector<std::vector<std::string>> rows{{"cell", "source", "flow", "dim", "dtype", "seed", "steps"}};
  for (const bench::GridCell& c : grid.cells) {
    if (!only.empty() && !matches(only, c.source + "/" + c.flow_name) && !matches(only, c.id)) continue;
    rows.push_back({c.id, c.source, c.flow_name, std::to_string(c.dim), c.dtype, std::to_string(c.seed), std::to_string(c.fit.options.steps)});
  }
  return text_table(rows, "<<<><>>");
}

int run(const Options& o, const Console& console) {
  const bench::Grid grid = bench::read_grid(o.grid, o.data);
  if (o.dry_run) return console.print(plan(grid, o.only)), 0;

  Progress progress(console);
  bench::RunOptions options;
  options.jobs = static_cast<int>(o.jobs);
  if (!o.only.empty()) options.only = o.only;
  options.provenance.command_line = console.command_line;
  options.provenance.flowgauge_version = version;
  options.provenance.git_rev = revision;
  options.stop = &interruption();
  options.progress = [&](const bench::RunProgress& p) {
    const std::string line = fmt::format("{}/{}  {}: {}{}{}", p.done, p.total, p.cell, p.status, p.summary.empty() ? "" : ", ", p.summary);
    if (console.verbose) console.detail(line);
    else progress.update(line);
  };
  const OutputFolder out(o.out, grid.name, "cells.csv");
  options.out = out.path();
  const bench::RunSummary summary = bench::run_grid(grid, options);

  const std::size_t wanted = summary.computed + summary.skipped;
  const std::string of = !o.only.empty() && wanted < summary.total ? fmt::format("{} of ", wanted) : "";
  const std::string counts = fmt::format("{}{} cells: {} computed, {} already there, {} diverged, {} failed", of, summary.total, summary.computed,
                                         summary.skipped, summary.diverged, summary.failed);
  console.note(counts);
  if (!summary.page.empty()) {
    console.print(results_text(grid, reports::read_csv<reports::CellRow>(out.path() / reports::Table<reports::CellRow>::file)) + "\n");
    console.print(summary.page.string() + "\n");
  }
  if (summary.interrupted) {
    console.note("interrupted; the same command goes on from here");
    return interrupted_exit;
  }
  return o.strict && summary.diverged + summary.failed > 0 ? 1 : 0;
}

}  // namespace

Command run_command() {
  return {"run", "Fits and evaluates every source × flow of a grid file, and makes a page.",
          "flowgauge run bench/grids/quick.toml --out out/quick\nflowgauge run grid.toml --only 'laplace/*' -j 2", [](CLI::App& app) -> Action {
            const auto o = std::make_shared<Options>();
            text_option(app, "grid", o->grid, "GRID.toml", "the grid file", Need::required);
            only_option(app, o->only, "cells whose source/flow or id");
            texts_option(app, "--data", o->data, "FILE…", "instead of the data sets that the grid names");
            jobs_option(app, o->jobs);
            out_option(app, o->out, "GRID");
            flag_option(app, "--dry-run", o->dry_run, "print the cells and stop");
            flag_option(app, "--strict", o->strict, "exit 1 when a cell diverged or failed");
            return [o](const Console& console) { return run(*o, console); };
          }};
}

}  // namespace flowgauge::cli
