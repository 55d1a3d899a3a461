// SPDX-License-Identifier: MIT
#include "arguments.hpp"
#include "command.hpp"
#include "interruption.hpp"
#include "rows.hpp"

#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/model.hpp>
#include <flowgauge/random.hpp>
#include <flowgauge/spec.hpp>

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace flowgauge::cli {
namespace {

struct Options {
  std::string model, input, source, colours = "dequantised";
  bool trace = false, inverse = false;
};

/// Columns of numbers beside the coordinates, all of one length.
struct Table {
  std::string coordinate;           ///< "z" or "x"
  std::vector<std::string> columns; ///< after the coordinates
  bool of_layers = false;           ///< row, index and layer stand first

  std::string header(int dim) const {
    std::string text = of_layers ? "row,index,layer," : "";
    for (int j = 1; j <= dim; ++j) text += fmt::format("{}{},", coordinate, j);
    return text + fmt::format("{}\n", fmt::join(columns, ","));
  }
};

std::string quoted(const std::string& text) { return text.find(',') == std::string::npos ? text : '"' + text + '"'; }

/// Evaluates blocks of rows.
class Evaluation {
 public:
  Evaluation(const Options& o, const Model& model) : flow_(to_flow<double>(model)), trace_(o.trace), inverse_(o.inverse) {
    if (model.context > 0)
      throw ConfigError(fmt::format("this model wants {} numbers of context for every row; eval has none to give", model.context));
    if (!o.source.empty()) source_ = distributions::make_source(o.source);
    if (source_ && source_->dim() != flow_.dim())
      throw ShapeError(fmt::format("the model has dim {}, the source '{}' has dim {}", flow_.dim(), source_->text(), source_->dim()));
    if (inverse_)
      for (const Layer<double>& layer : flow_.layers())
        if (layer.info().facts.inverse == InverseKind::none) throw ConfigError(fmt::format("{} has no inverse", layer.info().text));
    if (!trace_) return;
    for (std::size_t l = 0; l < flow_.layers().size(); ++l) {
      single_.push_back(make_flow<double>(FlowSpec{{flow_.spec().items[l]}}, flow_.dim()));
      std::copy(flow_.theta(l).begin(), flow_.theta(l).end(), single_.back().theta().begin());
    }
  }

  int dim() const { return flow_.dim(); }
  std::string header() const {
    Table table{inverse_ ? "x" : trace_ ? "y" : "z", {"log_det", "log_q"}, trace_};
    if (source_) table.columns.insert(table.columns.end(), {"log_p", "log_ratio"});
    return table.header(dim());
  }
  Index lost() const { return lost_; }

  /// The lines of these rows, which are rows first … of the input.
  std::string lines(BatchIn<double> in, Index first) {
    std::vector<double> log_p(static_cast<std::size_t>(in.rows));
    Batch<double> out(in.rows, in.dim);
    std::vector<double> log_det(log_p.size());
    if (inverse_) lost_ += flow_.inverse(in, out, log_det, workspace_).not_converged;
    const BatchIn<double> x = inverse_ ? BatchIn<double>(out) : in;
    if (source_) source_->log_prob(x, log_p);
    if (trace_) return traced(in, first, log_p);
    if (!inverse_) flow_.forward(in, out, log_det, workspace_);
    std::string text;
    for (Index i = 0; i < in.rows; ++i) {
      const auto at = static_cast<std::size_t>(i);
      text += numbers(out, i, log_det[at], inverse_ ? base(in, i) - log_det[at] : base(out, i) + log_det[at], log_p[at]);
    }
    return text;
  }

 private:
  static double base(BatchIn<double> z, Index i) {
    double log_density = 0;
    for (Index j = 0; j < z.dim; ++j) log_density += normal_log_density(z(i, j));
    return log_density;
  }
  std::string numbers(BatchIn<double> y, Index i, double log_det, double log_q, double log_p) const {
    std::string text;
    for (Index j = 0; j < y.dim; ++j) text += number_text(y(i, j)) + ',';
    text += number_text(log_det) + ',' + number_text(log_q);
    if (source_) text += ',' + number_text(log_p) + ',' + number_text(log_p - log_q);
    return text + '\n';
  }
  /// Row by row, each after 0, 1, … layers.
  std::string traced(BatchIn<double> x, Index first, const std::vector<double>& log_p) {
    std::vector<Batch<double>> after;
    std::vector<std::vector<double>> sums(1, std::vector<double>(log_p.size(), 0.0));
    for (Flow<double>& layer : single_) {
      Batch<double> y(x.rows, x.dim);
      std::vector<double> log_det(log_p.size());
      layer.forward(after.empty() ? x : BatchIn<double>(after.back()), y, log_det, workspace_);
      for (std::size_t i = 0; i < log_det.size(); ++i) log_det[i] += sums.back()[i];
      after.push_back(std::move(y));
      sums.push_back(std::move(log_det));
    }
    std::string text;
    for (Index i = 0; i < x.rows; ++i)
      for (std::size_t k = 0; k <= single_.size(); ++k) {
        const BatchIn<double> y = k == 0 ? x : BatchIn<double>(after[k - 1]);
        const double log_det = sums[k][static_cast<std::size_t>(i)];
        text += fmt::format("{},{},{},", first + i, k, k == 0 ? "" : quoted(single_[k - 1].text()));
        text += numbers(y, i, log_det, base(y, i) + log_det, log_p[static_cast<std::size_t>(i)]);
      }
    return text;
  }

  Flow<double> flow_;
  std::vector<Flow<double>> single_;  ///< one layer each
  std::unique_ptr<Distribution> source_;
  bool trace_, inverse_;
  Index lost_ = 0;
  Workspace workspace_;
};

int eval(const Options& o, const Console& console) {
  if (o.trace && o.inverse) throw ConfigError("--trace follows the rows forward; it does not go with --inverse");
  Evaluation evaluation(o, load_model(o.model));
  const distributions::DataSet data = read_rows(o.input, o.colours);
  if (data.rows.dim() != evaluation.dim())
    throw ShapeError(fmt::format("{} has {} columns, the model {} has dim {}", o.input, data.rows.dim(), o.model, evaluation.dim()));

  const std::atomic<bool>& stop = interruption();
  constexpr Index block = 4096;
  const BatchIn<double> rows = data.rows;
  console.print(evaluation.header());
  for (Index first = 0; first < rows.rows && !stop; first += block)
    console.print(evaluation.lines(rows.slice(first, std::min(block, rows.rows - first)), first));
  if (evaluation.lost() > 0) console.note(fmt::format("{} values found no root in an inverse: their rows hold nan", evaluation.lost()));
  return stop ? interrupted_exit : 0;
}

}  // namespace

Command eval_command() {
  return {"eval", "Evaluates a fitted model on rows: z, log_det and log_q of each, as CSV on stdout.",
          "flowgauge eval out/fit/model.json --input rows.csv\nflowgauge eval model.json --input rows.csv --source laplace --trace",
          [](CLI::App& app) -> Action {
            const auto o = std::make_shared<Options>();
            text_option(app, "model", o->model, "MODEL", "the model.json of a fit", Need::required);
            text_option(app, "--input", o->input, "FILE", "rows of numbers, .csv or .csv.gz; or a picture", Need::required);
            colours_option(app, o->colours);
            text_option(app, "--source", o->source, "SOURCE", "adds log_p of this source and log_ratio = log_p - log_q");
            flag_option(app, "--trace", o->trace, "a line for every row after 0, 1, ... layers: y, and log_det and log_q of these layers alone");
            flag_option(app, "--inverse", o->inverse, "the rows are z: gives x, log_det of the inverse and log_q at x");
            return [o](const Console& console) { return eval(*o, console); };
          }};
}

}  // namespace flowgauge::cli
