// SPDX-License-Identifier: MIT
#include "fitting.hpp"
#include "description.hpp"
#include "interruption.hpp"

#include <flowgauge/bench/kl.hpp>
#include <flowgauge/bench/quadrature.hpp>
#include <flowgauge/distributions/gaussian.hpp>

#include <cmath>
#include <optional>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

template <class S>
Fitted fit_at(const FitRequest& request, const TrainingData& data, int dim, const Console& console) {
  Flow<S> flow = make_flow<S>(request.flow, dim);
  flow.initialise(request.seed);
  FitOptions options = request.options;
  if (request.epochs > 0) options.steps = request.epochs * ((data.rows.rows + options.batch - 1) / options.batch);
  Progress progress(console);
  const std::atomic<bool>& stop = interruption();
  const auto watch = [&](const FitProgress& p, const Flow<S>&) {
    progress.update(fmt::format("step {}/{}  loss {:.4f} nats", p.step, p.steps, p.loss));
    return !stop;
  };
  const FitResult result = fit<S>(flow, data, options, request.seed, watch);
  return {to_model(flow), result};
}

/// "0.0724 ± 0.0003 nats (Monte Carlo, 100000 rows)".
std::string kl_text(const bench::KlEstimate& e) {
  if (e.status == bench::KlStatus::infinite_proved || e.status == bench::KlStatus::support_violation) return e.reason;
  return nats_text(e.kl.value, e.kl.std_error) + fmt::format(" nats (Monte Carlo, {} rows{}{})", e.kl.rows, e.reason.empty() ? "" : "; ", e.reason);
}

/// "-0.8922 ± 0.0183".
std::string difference_text(const bench::Mean& m) { return (m.value > 0 ? "+" : "") + nats_text(m.value, m.std_error); }

}  // namespace

Fitted fit_flow(const FitRequest& request, const TrainingData& data, int dim, const Console& console) {
  return request.dtype == "float32" ? fit_at<float>(request, data, dim, console) : fit_at<double>(request, data, dim, console);
}

std::string comparison_with_gaussian(const Model& model, const distributions::DataSet& fitted, const distributions::DataSet* held_out) {
  const Flow<double> flow = to_flow<double>(model);
  Workspace workspace;
  std::vector<std::vector<std::string>> rows{{"nats a row", "", ""}, {"flow", "", ""}, {"Gaussian", "", ""}, {"flow − Gaussian", "", ""}};
  std::string reason;
  const auto add = [&](std::size_t column, const std::string& title, const distributions::DataSet& part) {
    const bench::CrossEntropy q = bench::cross_entropy(flow, part.rows, workspace);
    rows[0][column] = fmt::format("{} rows {}", part.rows.rows(), title);
    rows[1][column] = nats_text(q.nats.value, q.nats.std_error);
    if (q.non_finite.total() > 0) rows[1][column] += fmt::format(" ({} rows are not finite)", q.non_finite.total());
    try {
      const Estimate gaussian = distributions::gaussian_cross_entropy(fitted.rows, part.rows);
      rows[2][column] = nats_text(gaussian.value, gaussian.std_error);
      const std::vector<double> losses = distributions::gaussian_log_losses(fitted.rows, part.rows);
      rows[3][column] = difference_text(bench::cross_entropy_difference(flow, part.rows, losses, workspace));
    } catch (const DataError& e) {  // the rows lie in a plane: there is no such Gaussian, and the fit stands alone
      rows[2][column] = "none";
      reason = fmt::format("no Gaussian: {}\n", e.what());
    }
  };
  add(1, "fitted", fitted);
  if (held_out) add(2, "held out", *held_out);
  return text_table(rows, "<>>") + "± standard error; of the difference, over the same rows\n" + reason;
}

std::string comparison_with_source(const Model& model, const Distribution& source, Index count, std::uint64_t seed) {
  const Flow<double> flow = to_flow<double>(model);
  Workspace workspace;
  std::vector<std::vector<std::string>> rows;
  rows.push_back({"KL", kl_text(bench::estimate_kl(flow, source, count, seed, workspace))});
  if (const auto* univariate = dynamic_cast<const Univariate*>(&source)) {
    const bench::ExactKl exact = bench::exact_kl(flow, *univariate, workspace).kl;
    rows.push_back({"KL exact", exact.status == bench::KlStatus::exact_quadrature ? fmt::format("{} nats (quadrature)", six_digits(exact.kl.value))
                                                                                  : exact.reason});
  }
  const std::optional<Estimate> floor = distributions::floor_gaussian(source);
  rows.push_back(
      {"best Gaussian", floor ? fmt::format("KL {} nats", six_digits(floor->value)) : "none: covariance or entropy is not finite or not known"});
  return text_table(rows, "<<") + "± standard error\n";
}

}  // namespace flowgauge::cli
