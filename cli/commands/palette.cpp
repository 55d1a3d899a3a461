// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "command.hpp"
#include "fitting.hpp"
#include "interruption.hpp"
#include "palette.hpp"
#include "provenance.hpp"
#include "revision.hpp"
#include "rows.hpp"

#include <flowgauge/bench/machine.hpp>
#include <flowgauge/reports/csv.hpp>
#include <flowgauge/reports/datapackage.hpp>
#include <flowgauge/reports/page.hpp>

#include <cmath>
#include <memory>
#include <optional>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

using distributions::DataSet;

/// The 15-layer stack of the original colour notebook: 132 printed numbers, 12 of them below a diagonal and without effect.
constexpr const char* colour_stack =
    "2*(scale_bias softexp scale_bias householder_qr(3) scale_bias softlog scale_bias householder_qr(3)) scale_bias";

struct Options {
  std::string input, flow = colour_stack, colours = "dequantised", space = "auto", out;
  std::int64_t rows = 20'000, epochs = 60, batch = 1000, seed = default_seed;
  double learning_rate = 2e-2, held_out = 0.2;
};

constexpr Index shown_side = 32, shown_points = 1000;

/// At most `most` rows, drawn by the seed.
DataSet some_rows(DataSet all, Index most, std::uint64_t seed) {
  const Index n = all.rows.rows();
  if (n <= most) return all;
  return distributions::split(all, static_cast<double>(most) / static_cast<double>(n), RandomStream(seed, "pixels", all.hash)).held_out;
}

Batch<double> generate(const Model& model, std::uint64_t seed, Index rows, const Console& console) {
  Batch<double> x(rows, model.dim);
  const Index lost = model_sampler(model, seed)(0, x);
  if (lost > 0) console.note(fmt::format("{} values of the generated colours found no root in an inverse: they are black", lost));
  return x;
}

int palette(const Options& o, const Console& console) {
  const auto seed = static_cast<std::uint64_t>(o.seed);
  const DataSet found = read_colours(o.input, o.colours, o.space);
  const Index total = found.rows.rows();
  const DataSet all = some_rows(found, o.rows, seed);
  if (all.rows.rows() < shown_side * shown_side)
    throw DataError(fmt::format("{}: expected at least {} colours, got {}", o.input, shown_side * shown_side, all.rows.rows()));
  make_flow<double>(o.flow, 3);  // its mistakes come before a folder is made
  std::optional<distributions::Split> parts;
  if (o.held_out > 0) parts = distributions::split(all, o.held_out, RandomStream(seed, "held-out", all.hash));
  const DataSet& train = parts ? parts->train : all;
  const DataSet* const held_out = parts ? &parts->held_out : nullptr;

  reports::Provenance provenance = provenance_of(console, "Colours: " + o.input, "pixels, split, fit and samples", o.seed);

  const OutputFolder folder(o.out, "palette", "model.json");
  FitRequest request{.flow = o.flow, .dtype = "float32", .options = {}, .epochs = o.epochs, .seed = seed};
  request.options.learning_rate = o.learning_rate;
  request.options.batch = o.batch;
  request.options.schedule = Schedule::cosine;
  Fitted fitted = fit_flow(request, {.rows = train.rows}, 3, console);
  provenance.finished_at = bench::utc_now();

  const std::string source_name = fmt::format("{} of {} {}", all.rows.rows(), total, found.picture ? "pixels" : "rows");
  fitted.model.notes = {{"command", console.command_line}, {"rows", o.input}, {"seed", std::to_string(o.seed)},
                        {"flowgauge", fmt::format("{} {}", version, revision)}};
  save_model(fitted.model, (folder.path() / "model.json").string());

  reports::Palette page;
  const Batch<double> drawn = some_rows(all, shown_side * shown_side, seed + 1).rows;
  const Batch<double> made = generate(fitted.model, seed, shown_side * shown_side, console);
  page.source_png = swatches_png(drawn);
  page.generated_png = swatches_png(made);
  page.source = bytes_of(BatchIn<double>(drawn).slice(0, shown_points));
  page.generated = bytes_of(BatchIn<double>(made).slice(0, shown_points));
  std::erase_if(page.generated, [](const auto& c) { return !std::isfinite(c[0] + c[1] + c[2]); });
  page.losses = colour_losses(fitted.model, train, held_out);
  page.verdict = fmt::format("{} colours of {}: the flow needs {} bits a channel on rows it has {}.", all.rows.rows(), o.input,
                             held_out ? page.losses.back()[2] : page.losses.back()[1], held_out ? "not seen" : "been fitted to");
  reports::write_text(folder.path() / "source.png", page.source_png);
  reports::write_text(folder.path() / "generated.png", page.generated_png);
  reports::write_datapackage(folder.path(), provenance);
  reports::write_text(folder.path() / "report.html", reports::palette_page(page, provenance));

  std::vector<std::vector<std::string>> table{{source_name, fmt::format("{} fitted", train.rows.rows()),
                                               held_out ? fmt::format("{} held out", held_out->rows.rows()) : ""}};
  for (const auto& [quantity, on_train, on_held_out] : page.losses) table.push_back({quantity, on_train, on_held_out});
  console.print(text_table(table, "<>>") + "± standard error\n\n" + (folder.path() / "report.html").string() + "\n");
  if (!fitted.result.finite) console.print(fmt::format("stopped: {}; the model is that of the step before\n", fitted.result.detail));
  if (interruption()) console.note(fmt::format("interrupted after {} steps; the model is that of the last one", fitted.result.steps_done));
  return interruption() ? interrupted_exit : fitted.result.finite ? 0 : 1;
}

}  // namespace

Command palette_command() {
  return {"palette", "Fits a flow to the colours of a picture and shows them beside its own.",
          "flowgauge palette holiday.jpg --out holiday\nflowgauge palette colours.csv.gz --flow '4*(coupling(affine) permutation)' --epochs 20",
          [](CLI::App& app) -> Action {
            const auto o = std::make_shared<Options>();
            text_option(app, "input", o->input, "PICTURE|CSV", "a PNG or JPEG picture, or rows of three numbers", Need::required);
            colours_option(app, o->colours);
            word_option(app, "--space", o->space, {"auto", "byte", "normal"},
                        "of a CSV's numbers: channels 0 to 255, or Φ⁻¹((c + ½)/256); auto: byte where all are whole numbers from 0 to 255");
            text_option(app, "--flow", o->flow, "SPEC", "the flow's spec, data -> latent");
            whole_option(app, "--rows", o->rows, 1024, 100'000'000, "at most so many pixels, drawn at random");
            whole_option(app, "--epochs", o->epochs, 0, 1'000'000, "passes over them");
            whole_option(app, "--batch", o->batch, 1, 100'000'000, "rows a step");
            real_option(app, "--learning-rate,--lr", o->learning_rate, 1e-12, 1e3, "of Adam, going down to 0 (cosine)");
            real_option(app, "--held-out", o->held_out, 0, 0.95, "share of the rows that is not fitted");
            seed_option(app, o->seed);
            out_option(app, o->out, "palette");
            return [o](const Console& console) { return palette(*o, console); };
          }};
}

}  // namespace flowgauge::cli
