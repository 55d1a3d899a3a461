// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "command.hpp"
#include "interruption.hpp"
#include "provenance.hpp"
#include "revision.hpp"

#include <flowgauge/bench/machine.hpp>
#include <flowgauge/bench/throughput.hpp>
#include <flowgauge/reports/csv.hpp>
#include <flowgauge/reports/datapackage.hpp>
#include <flowgauge/reports/page.hpp>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

struct Options {
  std::vector<std::string> layers;
  std::string only, direction = "all", dtype = "all", out;
  std::vector<std::int64_t> dims{2, 16, 64}, batches{10'000};
  double seconds = 0.1;
  std::int64_t repetitions = 5, seed = default_seed;
};

int measure(const Options& o, const Console& console) {
  Progress progress(console);
  bench::ThroughputOptions options;
  options.layers = o.layers;
  if (!o.only.empty()) options.only = o.only;
  if (o.direction != "all") options.directions = {o.direction};
  if (o.dtype != "all") options.dtypes = {o.dtype};
  options.dims.assign(o.dims.begin(), o.dims.end());
  options.batches = o.batches;
  options.seconds = o.seconds;
  options.repetitions = static_cast<int>(o.repetitions);
  options.seed = static_cast<std::uint64_t>(o.seed);
  options.flowgauge_version = version;
  options.git_rev = revision;
  options.progress = [&](const std::string& line) { progress.update(line); };
  options.stop = &interruption();

  reports::Provenance provenance = provenance_of(console, "Throughput of layers", "parameters and inputs", o.seed);

  const OutputFolder folder(o.out, "bench", "bench.csv");
  const std::filesystem::path& out = folder.path();
  const std::vector<reports::BenchRow> rows = bench::measure_throughput(options);
  provenance.finished_at = bench::utc_now();
  if (interruption()) provenance.warnings.push_back("Interrupted: timings are missing.");
  if (!rows.empty()) provenance.run_id = rows.front().run_id;

  reports::write_csv(out / reports::Table<reports::BenchRow>::file, rows);
  reports::write_datapackage(out, provenance);
  reports::write_text(out / "report.html", reports::throughput_page(rows, provenance));
  console.print(bench::throughput_table(rows));
  for (const std::string& warning : provenance.warnings) console.note(warning);
  console.note(fmt::format("{}: instruction set {}; rows in {}", provenance.machine, bench::instruction_set(), (out / "bench.csv").string()));
  return interruption() ? interrupted_exit : 0;
}

}  // namespace

Command bench_command() {
  return {"bench", "Times layers: forward, inverse and training step, in ns a coordinate.",
          "flowgauge bench --only 'softlog' --dim 2,64\nflowgauge bench 'coupling(affine)' --dtype float32 --seconds 0.5",
          [](CLI::App& app) -> Action {
            const auto o = std::make_shared<Options>();
            texts_option(app, "layers", o->layers, "LAYER…", "specs of layers; the specimens of every layer without any");
            only_option(app, o->only, "layers");
            word_option(app, "--direction", o->direction, {"all", "forward", "inverse", "train"}, "what is timed");
            whole_list_option(app, "--dim", o->dims, 1, 100'000, "numbers of coordinates");
            whole_list_option(app, "--batch", o->batches, 1, 100'000'000, "rows a call");
            word_option(app, "--dtype", o->dtype, {"all", "float32", "float64"}, "number type");
            real_option(app, "--seconds", o->seconds, 1e-4, 1e4, "least time of a repetition");
            whole_option(app, "--repetitions", o->repetitions, 1, 1000, "repetitions");
            seed_option(app, o->seed);
            out_option(app, o->out, "bench");
            return [o](const Console& console) { return measure(*o, console); };
          }};
}

}  // namespace flowgauge::cli
