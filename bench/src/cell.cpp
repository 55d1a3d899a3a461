// SPDX-License-Identifier: MIT
#include "cell.hpp"

#include "cell_rows.hpp"
#include "sha256.hpp"
#include "statistics.hpp"

#include <flowgauge/bench/machine.hpp>
#include <flowgauge/bench/planar_quadrature.hpp>
#include <flowgauge/distributions/dataset.hpp>
#include <flowgauge/distributions/gaussian.hpp>
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/normal_rows.hpp>

#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace flowgauge::bench {
namespace {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

double peak_rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// What a cell is fitted to, and what its step trace measures.
struct Subject {
  std::unique_ptr<Distribution> source;  // or
  distributions::Split parts;            // of a data set
  Batch<double> drawn;                   // a fixed training set of a source
  TrainingData training;

  const char* traced_metric() const { return source ? "kl" : "cross_entropy_held_out"; }
};

Subject make_subject(const GridCell& cell) {
  Subject s;
  if (!cell.data.empty()) {
    const distributions::DataSet all = distributions::read_data(cell.data.string(), cell.colours);
    if (all.hash != cell.data_hash) throw DataError(fmt::format("{} changed after the grid was read", cell.data.string()));
    s.parts = distributions::split(all, cell.evaluation.held_out, RandomStream(cell.seed, "held-out", all.hash));
    s.training.rows = s.parts.train.rows.in();
    return s;
  }
  s.source = distributions::make_source(cell.source);
  const RandomStream stream(cell.seed, "training-sample", s.source->text());
  if (cell.fit.training == Training::fresh) {
    s.training.fresh = [source = s.source.get(), stream](std::uint64_t first, BatchOut<double> x) { source->sample(stream, first, x); };
  } else {
    s.drawn = Batch<double>(cell.fit.n_train, cell.dim);
    s.source->sample(stream, 0, s.drawn);
    s.training.rows = s.drawn.in();
  }
  return s;
}

Mean traced_value(const GridCell& cell, const Subject& subject, const Flow<double>& flow, Workspace& workspace) {
  if (subject.source) return estimate_kl_quickly(flow, *subject.source, cell.evaluation.n_trace, cell.seed, workspace);
  const BatchIn<double> held_out = subject.parts.held_out.rows.in();
  return cross_entropy(flow, held_out.slice(0, std::min(held_out.rows, cell.evaluation.n_trace)), workspace).nats;
}

/// The fit, with its step trace; the flow as fitted comes back widened.
struct Fitted {
  FitResult fit;
  Flow<double> flow;
  bool stopped = false;
};

template <class S>
Fitted fit_cell(const GridCell& cell, const Subject& subject, CellRows& rows, Workspace& workspace, const std::atomic<bool>* stop) {
  const Stopwatch watch;
  Flow<S> flow = make_flow<S>(std::string_view(cell.flow), cell.dim);
  flow.initialise(cell.seed);
  const std::vector<Index> steps =
      cell.evaluation.trace_points > 0 ? trace_steps(cell.fit.options.steps, cell.evaluation.trace_points) : std::vector<Index>();
  std::size_t next = 0;
  Fitted result;
  const auto trace = [&](Index step, const Flow<S>& now) {
    if (next == steps.size() || steps[next] != step) return;
    ++next;
    rows.add_step(step, subject.traced_metric(), traced_value(cell, subject, convert<double>(now), workspace), watch.seconds());
  };
  trace(0, flow);
  result.fit = fit<S>(flow, subject.training, cell.fit.options, cell.seed, [&](const FitProgress& p, const Flow<S>& now) {
    trace(p.step, now);
    result.stopped = stop && *stop;
    return !result.stopped;
  });
  result.flow = convert<double>(flow);
  rows.shared.steps_done = result.fit.steps_done;
  rows.shared.n_params = static_cast<std::int64_t>(flow.theta().size());
  rows.shared.fit_time_s = watch.seconds();
  return result;
}

/// A model file as it is.
Fitted given(const GridCell& cell, CellRows& rows) {
  const Model model = load_model(cell.model.string());
  if (sha256(model_text(model)) != cell.model_hash) throw DataError(fmt::format("{} changed after the grid was read", cell.model.string()));
  Fitted result;
  result.flow = to_flow<double>(model);
  rows.shared.n_params = static_cast<std::int64_t>(result.flow.theta().size());
  return result;
}

std::string kl_text(double value, KlStatus status, const std::string& reason, const char* estimator) {
  if (status == KlStatus::exact_quadrature || status == KlStatus::mc_ok) return fmt::format("KL {:.5f} ({})", value, estimator);
  if (status == KlStatus::infinite_proved) return "KL " + reason;
  return fmt::format("KL {:.5f} ({}: {})", value, text_of(status), reason);
}

bool has_an_edge(const Distribution& source) {
  for (int j = 0; j < source.dim(); ++j) {
    const Marginal m = source.marginal(j);
    if (std::isfinite(m.low) || std::isfinite(m.high)) return true;
  }
  return false;
}

Mean counted(Index what, Index of) {
  Mean m = exact(static_cast<double>(what));
  m.rows = of;
  return m;
}

/// Share of the distance between the best Gaussian and perfection that the flow has closed. Both KLs have errors, from different rows.
void add_gap(CellRows& rows, const Mean& kl, const char* estimator, const Estimate& floor) {
  const Mean best = estimated(floor);
  rows.add("floor_gaussian", floor.std_error == 0 ? "exact" : "mc", best);
  if (!(best.ci_low > 1e-9) || !std::isfinite(kl.value)) return;  // a Gaussian source has no gap to close
  Mean gap = kl;
  const double share = kl.value / floor.value;
  const auto both = [&](double of_kl, double of_floor) { return std::hypot(of_kl, share * of_floor) / floor.value; };
  gap.value = 1 - share;
  gap.std_error = both(kl.std_error, floor.std_error);
  gap.ci_low = gap.value - both(kl.ci_high - kl.value, best.ci_high - best.value);
  gap.ci_high = gap.value + both(kl.value - kl.ci_low, best.value - best.ci_low);
  rows.add("gap_closed", estimator, gap, "1");
}

std::string evaluate_on_source(const GridCell& cell, const Distribution& source, const Flow<double>& flow, CellRows& rows, Workspace& workspace) {
  const Index n = cell.evaluation.n_eval;
  const KlEstimate mc = estimate_kl(flow, source, n, cell.seed, workspace);
  rows.add_layers(mc.trace);
  rows.add_kl("mc", mc.kl, mc.status, mc.reason);
  std::string summary = kl_text(mc.kl.value, mc.status, mc.reason, "mc");
  Mean best = mc.kl;
  const char* estimator = "mc";
  if (const auto* univariate = dynamic_cast<const Univariate*>(&source)) {
    const ExactKls exact_kls = exact_kl(flow, *univariate, workspace);
    const ExactKl& kl = exact_kls.kl;
    rows.add_layers(exact_kls.trace, mc.trace);
    rows.add_kl("quadrature", trusted(kl), kl.status, kl.reason);
    if (exact_kls.leak && has_an_edge(source)) rows.add("leak", "quadrature", exact(*exact_kls.leak), "1");
    if (kl.status == KlStatus::exact_quadrature) {
      best = bounded(kl.kl);
      estimator = "quadrature";
      summary = kl_text(kl.kl.value, kl.status, kl.reason, estimator);
    }
  }
  // In the plane only where it says more than Monte Carlo does: lines where a flow bends cost it its digits.
  if (source.dim() == 2) {
    const PlanarKl planar = planar_kl(flow, source, n, cell.seed, workspace);
    if (planar.status == KlStatus::exact_quadrature && planar.kl.ci_high - planar.kl.ci_low < 0.25 * (mc.kl.ci_high - mc.kl.ci_low)) {
      rows.add_kl("quadrature", planar.kl, planar.status, "");
      best = planar.kl;
      estimator = "quadrature";
      summary = kl_text(planar.kl.value, planar.status, "", estimator);
    }
  }
  if (const std::optional<Estimate> floor = distributions::floor_gaussian(source)) add_gap(rows, best, estimator, *floor);
  if (const std::optional<Estimate> entropy = source.entropy())
    rows.add("entropy_source", entropy->std_error == 0 ? "exact" : "mc", estimated(*entropy));
  if (const std::optional<Overlap> overlap = estimate_overlap(flow, source, n, cell.seed, workspace)) {
    const std::string lost =
        overlap->not_inverted > 0 ? fmt::format("{} rows of the flow were not found by its inverse", overlap->not_inverted) : std::string();
    if (has_an_edge(source)) rows.add("leak", "mc", overlap->leak, "1", lost);
    rows.add("balance", "mc", overlap->balance, "1", lost);
    rows.add("js", "mc", overlap->js, "nat", lost);
    rows.add("hellinger2", "mc", overlap->hellinger2, "1", lost);
    rows.add("tv", "mc", overlap->tv, "1", lost);
    rows.add("n_not_inverted", "mc", counted(overlap->not_inverted, n), "1");
    rows.add("n_overflow", "mc", counted(overlap->overflow, n), "1");
  }
  const auto add_shape = [&](const char* metric, double shape) {
    Mean m = exact(shape);
    m.std_error = m.ci_low = m.ci_high = std::nan("");
    m.rows = n;
    if (!std::isnan(shape)) rows.add(metric, "mc", m, "1");
  };
  add_shape("khat_energy", mc.khat_energy);
  add_shape("khat_log_det", mc.khat_log_det);
  rows.add("n_nonfinite", "mc", counted(mc.non_finite.total(), n), "1");
  return summary;
}

std::string evaluate_on_data(const Subject& subject, const Flow<double>& flow, CellRows& rows, Workspace& workspace) {
  const BatchIn<double> train = subject.parts.train.rows.in(), held_out = subject.parts.held_out.rows.in();
  const CrossEntropy fitted = cross_entropy(flow, train, workspace), fresh = cross_entropy(flow, held_out, workspace);
  rows.add("cross_entropy", "mc", fitted.nats);
  rows.add("cross_entropy_held_out", "mc", fresh.nats);
  const Estimate gaussian = distributions::gaussian_cross_entropy(train, held_out);
  const double deviation = gaussian.std_error * std::sqrt(static_cast<double>(held_out.rows));
  rows.add("cross_entropy_gaussian", "mc", with_interval(gaussian.value, gaussian.std_error, deviation, held_out.rows));
  rows.add("n_nonfinite", "mc", counted(fitted.non_finite.total() + fresh.non_finite.total(), train.rows + held_out.rows), "1");
  return fmt::format("held-out cross-entropy {:.4f} (Gaussian {:.4f})", fresh.nats.value, gaussian.value);
}

/// Held-out rows and samples of the flow, as many of either, for the page.
std::vector<reports::SampleRow> samples_of(const GridCell& cell, const Subject& subject, const Flow<double>& flow, const CellRows& rows,
                                           Workspace& workspace) {
  constexpr Index most = 400;
  std::vector<reports::SampleRow> all;
  const auto add = [&](BatchIn<double> x, const char* of) {
    for (Index i = 0; i < x.rows; ++i) {
      reports::SampleRow row;
      row.cell_id = cell.id;
      row.source = rows.shared.source;
      row.flow = rows.shared.flow;
      row.dim = cell.dim;
      row.seed = static_cast<std::int64_t>(cell.seed);
      row.of = of;
      row.kind = subject.parts.held_out.picture ? "colours" : "numbers";
      row.index = i;
      row.x1 = six_decimals(x(i, 0));
      if (x.dim > 1) row.x2 = six_decimals(x(i, 1));
      if (x.dim > 2) row.x3 = six_decimals(x(i, 2));
      all.push_back(std::move(row));
    }
  };
  const BatchIn<double> held_out = subject.parts.held_out.rows;
  const Index n = std::min(most, held_out.rows);
  Batch<double> some(n, cell.dim);  // from all over the set: neighbours in a picture are alike
  for (Index j = 0; j < some.dim(); ++j)
    for (Index i = 0; i < n; ++i) some(i, j) = held_out(i * held_out.rows / n, j);
  add(some, "data");
  if (!can_be_sampled(flow)) return all;
  Batch<double> z(n, cell.dim), x(n, cell.dim);
  std::vector<double> log_det(static_cast<std::size_t>(n));
  normal_rows(RandomStream(cell.seed, "shown-sample", flow.text()), 0, z);
  flow.inverse(z, x, log_det, workspace);
  add(x, "flow");
  return all;
}

Model model_of(const GridCell& cell, const Flow<double>& flow) {
  Model model = to_model(flow);
  model.dtype = cell.dtype;
  model.notes = {{"cell", cell.id}, {"source", cell.source}, {"seed", std::to_string(cell.seed)}};
  return model;
}

std::optional<CellOutcome> train_and_evaluate(const GridCell& cell, CellRows& rows, const std::atomic<bool>* stop) {
  const Subject subject = make_subject(cell);
  Workspace workspace;
  const Fitted fitted = !cell.model.empty()        ? given(cell, rows)
                        : cell.dtype == "float32" ? fit_cell<float>(cell, subject, rows, workspace, stop)
                                                  : fit_cell<double>(cell, subject, rows, workspace, stop);
  if (fitted.stopped) return std::nullopt;
  CellOutcome outcome;
  outcome.result.model = model_of(cell, fitted.flow);
  if (!fitted.fit.finite) {
    outcome.summary = fitted.fit.detail;
    rows.add_failure("diverged", fitted.fit.detail, subject.source ? "kl" : "cross_entropy");
  } else {
    const Stopwatch watch;
    outcome.summary = subject.source ? evaluate_on_source(cell, *subject.source, fitted.flow, rows, workspace)
                                     : evaluate_on_data(subject, fitted.flow, rows, workspace);
    rows.shared.eval_time_s = watch.seconds();
    if (!subject.source) outcome.result.samples = samples_of(cell, subject, fitted.flow, rows, workspace);
  }
  return outcome;
}

}  // namespace

std::vector<Index> trace_steps(Index steps, Index points) {
  std::vector<Index> at{0};
  for (Index i = 0; i < points && steps > 0; ++i) {
    const double share = points == 1 ? 1 : static_cast<double>(i) / static_cast<double>(points - 1);
    at.push_back(std::llround(std::pow(static_cast<double>(steps), share)));
  }
  at.erase(std::unique(at.begin(), at.end()), at.end());
  return at;
}

std::optional<CellOutcome> run_cell(const GridCell& cell, const RunKeys& keys, const std::atomic<bool>* stop) {
  CellRows rows(cell, keys);
  std::optional<CellOutcome> outcome;
  try {
    outcome = train_and_evaluate(cell, rows, stop);
    if (!outcome) return std::nullopt;
  } catch (const std::exception& e) {
    outcome.emplace();
    outcome->summary = e.what();
    rows.add_failure("error", e.what(), cell.data.empty() ? "kl" : "cross_entropy");
  }
  outcome->status = rows.shared.status;
  for (reports::CellRow& row : rows.cells) {
    row.eval_time_s = rows.shared.eval_time_s;
    row.peak_rss_mib = peak_rss_mib();
    row.finished_at = utc_now();
  }
  outcome->result.cell_id = cell.id;
  outcome->result.cells = std::move(rows.cells);
  outcome->result.traces = std::move(rows.traces);
  return outcome;
}

}  // namespace flowgauge::bench
