// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

namespace {

/// A library's own products may sum in another order for another size: the declared ulps, or 12 bits beyond what the problem itself loses.
Examined rows_by_values(const Trial& trial) {
  Examined result;
  const Index n = std::max(trial.sample().batch, 1);
  const Batch<double> rows = trial.batch_of_rows(trial.rows()), context = trial.batch_of_contexts(n);
  for (const Way way : {Way::forward, Way::inverse}) {
    if (way == Way::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
    const std::optional<Batch<double>> inputs = inputs_of(trial, way, rows, trial.batch_of_contexts(trial.rows()));
    if (!inputs) continue;
    Batch<double> x(n, trial.subject().dim()), y(n, trial.subject().dim());
    std::vector<double> log_det(n);
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < x.dim(); ++j) x(i, j) = (*inputs)(i % rows.rows(), j);
    trial.call(way, x.in(), context.in(), y.out(), log_det);
    std::vector<Value> alone;
    std::vector<Noise> noise;
    for (Index i = 0; i < std::min(trial.rows(), n); ++i) {
      Numbers row;
      for (Index j = 0; j < x.dim(); ++j) row.push_back((*inputs)(i, j));
      alone.push_back(trial.call(way, row, trial.context(i)));
      noise.push_back(noise_at(trial, way, row, trial.context(i)));
    }
    const std::string of = way == Way::forward ? "" : " of the inverse";
    for (Index i = 0; i < n; ++i) {
      const auto judge = [&](const std::string& what, double expected, double got, const Rounded& may) {
        compare_in_batches(result, trial, i % trial.rows(), fmt::format("{}{} in row {} of {}", what, of, i, n), expected, got, may);
      };
      const Value& one = alone[i % trial.rows()];
      const Noise& may = noise[i % trial.rows()];
      for (Index j = 0; j < y.dim(); ++j) judge(fmt::format("y[{}]", j), one.value[j], y(i, j), may.value[j]);
      judge("log_det", one.log_det, log_det[i], may.log_det);
    }
  }
  if (result.findings.empty()) result.compare(0, "different bits", 0, 0, 0, 0, "bits");
  else if (result.outcome() == Outcome::disagree) result.words = "the same row gives another result in a batch than alone";
  return result;
}

}  // namespace

Law rows_are_independent_of_the_batch() {
  return {.id = "L15",
          .statement = "a row's y and log_det have the same bits alone, in any place of a batch and in a batch of any size, in both directions",
          .advice = "a sum over the batch, a broadcast along the wrong axis, or other arithmetic in the last rows of a pack",
          .wants = {.batches = true},
          .examine = [](const Trial& trial) {
            Examined result;
            const Index n = std::max(trial.sample().batch, 1);
            const Batch<double> x = trial.batch_of_rows(n), context = trial.batch_of_contexts(n);
            for (const Way way : {Way::forward, Way::inverse}) {
              if (way == Way::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
              Batch<double> y(n, trial.subject().dim());
              std::vector<double> log_det(n);
              trial.call(way, x.in(), context.in(), y.out(), log_det);
              std::vector<Image<double>> alone;
              for (Index i = 0; i < trial.rows(); ++i) alone.push_back(trial.call(way, trial.row(i), trial.context(i)));
              const auto same = [](double a, double b) { return a == b || (a != a && b != b); };
              const std::string of = way == Way::forward ? "" : " of the inverse";
              for (Index i = 0; i < n; ++i) {
                const Image<double>& one = alone[i % trial.rows()];
                const auto judge = [&](const std::string& what, double expected, double got) {
                  if (!same(expected, got))
                    result.compare(i % trial.rows(), fmt::format("{}{} in row {} of {}", what, of, i, n), expected, got, std::abs(got - expected), 0,
                                   "bits");
                };
                for (Index j = 0; j < y.dim(); ++j) judge(fmt::format("y[{}]", j), one.value[j], y(i, j));
                judge("log_det", one.log_det, log_det[i]);
              }
            }
            if (result.findings.empty()) result.compare(0, "different bits", 0, 0, 0, 0, "bits");
            else result.words = "the same row gives another result in a batch than alone";
            return result;
          },
          .examine_values = rows_by_values,
          .violated_by = "log_det as the mean over the batch",
          .fooled_by = "a dependence on rows that the drawn batch does not hold"};
}

}  // namespace flowgauge::verify
