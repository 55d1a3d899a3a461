// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "command.hpp"
#include "interruption.hpp"
#include "rows.hpp"

#include <flowgauge/distributions/sources.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

struct Options {
  std::string what;
  std::int64_t rows = 1000, seed = default_seed;
};

int sample(const Options& o, const Console& console) {
  std::unique_ptr<Distribution> source;
  Sampler sampler;
  int dim = 0;
  if (o.what.ends_with(".json")) {
    const Model model = load_model(o.what);
    sampler = model_sampler(model, static_cast<std::uint64_t>(o.seed));
    dim = model.dim;
  } else {
    if (std::filesystem::exists(o.what)) {
      throw ConfigError(fmt::format("{} is a file but no model: expected a source such as laplace, or the model.json of a fit", o.what));
    }
    source = distributions::make_source(o.what);
    sampler = source_sampler(*source, static_cast<std::uint64_t>(o.seed), "source-sample");
    dim = source->dim();
  }

  const std::atomic<bool>& stop = interruption();
  constexpr Index block = 4096;
  Index lost = 0;
  console.print(csv_header(dim));
  for (Index first = 0; first < o.rows && !stop; first += block) {
    Batch<double> x(std::min<Index>(block, o.rows - first), dim);
    lost += sampler(static_cast<std::uint64_t>(first), x);
    console.print(csv_rows(x));
  }
  console.detail(fmt::format("seed {}", o.seed));
  if (lost > 0) console.note(fmt::format("{} values found no root in an inverse: their rows hold nan", lost));
  return stop ? interrupted_exit : 0;
}

}  // namespace

Command sample_command() {
  return {"sample", "Draws rows of a source or of a fitted model, as CSV on stdout.",
          "flowgauge sample 'laplace(scale=2)' -n 1000\nflowgauge sample model.json -n 5 --seed 7", [](CLI::App& app) -> Action {
            const auto o = std::make_shared<Options>();
            text_option(app, "what", o->what, "SOURCE|MODEL", "a source, or the model.json of a fit", Need::required);
            whole_option(app, "-n,--rows", o->rows, 0, 1'000'000'000, "how many; the first rows are the same for any number");
            seed_option(app, o->seed);
            return [o](const Console& console) { return sample(*o, console); };
          }};
}

}  // namespace flowgauge::cli
