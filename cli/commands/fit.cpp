// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "command.hpp"
#include "fitting.hpp"
#include "interruption.hpp"
#include "revision.hpp"
#include "rows.hpp"

#include <flowgauge/distributions/sources.hpp>

#include <cmath>
#include <limits>
#include <memory>
#include <optional>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

struct Options {
  std::string data, source, flow, dtype = "float32", schedule = "constant", order = "shuffled", colours = "dequantised", out;
  std::int64_t steps = 1000, epochs = 0, batch = 1000, n_eval = 100'000, seed = default_seed;
  double held_out = std::numeric_limits<double>::quiet_NaN();  ///< not given
  FitOptions fit;
};

FitRequest request_of(const Options& o) {
  FitRequest request{.flow = o.flow, .dtype = o.dtype, .options = o.fit, .epochs = o.epochs, .seed = static_cast<std::uint64_t>(o.seed)};
  request.options.steps = o.steps;
  request.options.batch = o.batch;
  request.options.schedule = o.schedule == "cosine" ? Schedule::cosine : Schedule::constant;
  request.options.order = o.order == "in_order" ? Order::in_order : Order::shuffled;
  return request;
}

/// The model file and the words on how the fit went.
int conclude(const Options& o, Fitted fitted, const std::string& rows_from, const std::string& table, const std::filesystem::path& out,
             const Console& console) {
  fitted.model.notes = {{"command", console.command_line},
                        {"rows", rows_from},
                        {"seed", std::to_string(o.seed)},
                        {"steps", std::to_string(fitted.result.steps_done)},
                        {"flowgauge", fmt::format("{} {}", version, revision)}};
  if (interruption()) fitted.model.notes["interrupted"] = fmt::format("after {} steps", fitted.result.steps_done);
  const std::string file = (out / "model.json").string();
  save_model(fitted.model, file);
  console.print(fmt::format("{}, {} parameters, {} steps of {} in {}\n\n{}\n{}\n", fitted.model.flow, fitted.model.theta.size(),
                            fitted.result.steps_done, rows_from, o.dtype, table, file));
  if (!fitted.result.finite) console.print(fmt::format("stopped: {}; the model is that of the step before\n", fitted.result.detail));
  if (interruption()) console.note(fmt::format("interrupted after {} steps; the model is that of the last one", fitted.result.steps_done));
  return interruption() ? interrupted_exit : fitted.result.finite ? 0 : 1;
}

int fit_data(const Options& o, const Console& console) {
  const distributions::DataSet all = read_rows(o.data, o.colours);
  std::optional<distributions::Split> parts;
  const double held_out = std::isnan(o.held_out) ? 0.2 : o.held_out;
  if (held_out > 0) parts = distributions::split(all, held_out, RandomStream(static_cast<std::uint64_t>(o.seed), "held-out", all.hash));
  const distributions::DataSet& train = parts ? parts->train : all;
  const int dim = static_cast<int>(all.rows.dim());
  make_flow<double>(o.flow, dim);  // its mistakes come before a folder is made

  const OutputFolder out(o.out, "fit", "model.json");
  Fitted fitted = fit_flow(request_of(o), {.rows = train.rows}, dim, console);
  const std::string table = comparison_with_gaussian(fitted.model, train, parts ? &parts->held_out : nullptr);
  return conclude(o, std::move(fitted), o.data, table, out.path(), console);
}

int fit_source(const Options& o, const Console& console) {
  if (o.epochs > 0) throw ConfigError("--epochs needs --data: the rows of a source are fresh at every step, so --steps counts");
  if (!std::isnan(o.held_out)) throw ConfigError("--held-out needs --data: a source is judged on fresh rows, --n-eval of them");
  const std::unique_ptr<Distribution> source = distributions::make_source(o.source);
  make_flow<double>(o.flow, source->dim());

  const OutputFolder out(o.out, "fit", "model.json");
  const Sampler sampler = source_sampler(*source, static_cast<std::uint64_t>(o.seed), "training-sample");
  Fitted fitted =
      fit_flow(request_of(o), {.fresh = [&](std::uint64_t first_row, BatchOut<double> x) { sampler(first_row, x); }}, source->dim(), console);
  const std::string table = comparison_with_source(fitted.model, *source, o.n_eval, static_cast<std::uint64_t>(o.seed));
  return conclude(o, std::move(fitted), source->text(), table, out.path(), console);
}

int fit(const Options& o, const Console& console) {
  if (o.data.empty() == o.source.empty())
    throw ConfigError("expected either --data FILE or --source NAME; got " + std::string(o.data.empty() ? "neither" : "both"));
  return o.data.empty() ? fit_source(o, console) : fit_data(o, console);
}

}  // namespace

Command fit_command() {
  return {"fit", "Fits one flow to a data set or a source and writes model.json.",
          "flowgauge fit --data colours.csv.gz --flow '4*(coupling(affine) permutation)' --epochs 50\n"
          "flowgauge fit --source laplace --flow 'triangular softlog triangular' --learning-rate 0.01",
          [](CLI::App& app) -> Action {
            const auto o = std::make_shared<Options>();
            FitOptions& f = o->fit;
            text_option(app, "--data", o->data, "FILE", "rows of numbers, .csv or .csv.gz; or a picture: the colours of its pixels");
            colours_option(app, o->colours);
            text_option(app, "--source", o->source, "SOURCE", "a source: fresh rows at every step");
            text_option(app, "--flow", o->flow, "SPEC", "the flow's spec, data -> latent", Need::required);
            whole_option(app, "--steps", o->steps, 0, 1'000'000'000, "steps of Adam");
            whole_option(app, "--epochs", o->epochs, 0, 1'000'000'000, "passes over the data instead of --steps", "");
            whole_option(app, "--batch", o->batch, 1, 100'000'000, "rows a step");
            f.learning_rate = 1e-3;
            real_option(app, "--learning-rate,--lr", f.learning_rate, 1e-12, 1e3, "of Adam");
            word_option(app, "--schedule", o->schedule, {"constant", "cosine"}, "of the learning rate");
            real_option(app, "--beta1", f.beta1, 0, 0.999999, "of Adam");
            real_option(app, "--beta2", f.beta2, 0, 0.9999999, "of Adam");
            real_option(app, "--epsilon", f.epsilon, 1e-300, 1, "of Adam");
            real_option(app, "--weight-decay", f.weight_decay, 0, 1e6, "times θ is added to the gradient");
            real_option(app, "--clip-norm", f.clip_norm, 0, 1e300, "longest gradient; 0: any");
            word_option(app, "--order", o->order, {"shuffled", "in_order"}, "of the rows of a data set");
            real_option(app, "--held-out", o->held_out, 0, 0.95, "share of a data set that is not fitted", "0.2");
            word_option(app, "--dtype", o->dtype, {"float32", "float64"}, "number type of the fit; it is judged in float64");
            whole_option(app, "--n-eval", o->n_eval, 1, 1'000'000'000, "fresh rows of a source to judge by");
            seed_option(app, o->seed);
            out_option(app, o->out, "fit");
            return [o](const Console& console) { return fit(*o, console); };
          }};
}

}  // namespace flowgauge::cli
