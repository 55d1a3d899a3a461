// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/verify/estimator.hpp>
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/statistics.hpp>

#include <algorithm>
#include <cmath>

namespace flowgauge::verify {

Law estimators_of_one_kl_agree() {
  return {.id = "K13",
          .statement = "mean(−log r), mean(r − 1 − log r) and a stratified mean(−log r) agree, r = q/p of single rows; the second is never negative",
          .advice = "q is not normalised: log_det is wrong, or counted twice",
          .wants = {.sample = true},
          .examine_estimator =
              [](const EstimatorTrial& trial) {
                // q, of standard deviation e^0.25 < 1.5, has a lighter tail than p: r is bounded, and mean(r) = 1.
                const double mean = 0.5, sd = 1.5;
                const auto source = source_of_one_number("normal(mean=0.5, sd=1.5)");
                const Flow<double> flow = flow_at("triangular", 1, {-0.25, 0.25});
                const NormalCell cell = normal_cell(mean, sd, flow);
                // log r = −(a(z² − 1) + bz + kl) is largest at z = −b/(2a).
                const double largest = std::exp(cell.a + cell.b * cell.b / (4 * cell.a) - cell.kl);
                return in_two_stages(std::min<Index>(trial.rows(), 20'000), [&](const Stage& stage) {
                  Examined result;
                  const double n = static_cast<double>(stage.rows);
                  Batch<double> x(stage.rows, 1), strata(stage.rows, 1);
                  const RandomStream stream(trial.seed(1), "strata");
                  source->sample(stream, stage.first_row, x);
                  for (Index i = 0; i < stage.rows; ++i) {
                    const double u = (static_cast<double>(i) + stream.uniform(stage.first_row + static_cast<std::uint64_t>(i), 9)) / n;
                    strata(i, 0) = u < 0.5 ? source->quantile(u) : source->upper_quantile(1 - u);
                  }
                  const EstimatedKl plain = trial.estimator().kl(flow, GivenRows(*source, x), stage.rows, 1);
                  const EstimatedKl stratified = trial.estimator().kl(flow, GivenRows(*source, strata), stage.rows, 1);
                  double least = 0, ratios = 0;
                  const Index singles = std::min<Index>(stage.rows, 2'000);  // each is a call of its own
                  for (Index i = 0; i < singles; ++i) {
                    Batch<double> row(1, 1);
                    row(0, 0) = x(i, 0);
                    const double minus_log_r = trial.estimator().quick_kl(flow, GivenRows(*source, row), 1, 1).value;
                    least = std::min(least, std::expm1(-minus_log_r) + minus_log_r + 4 * unit_roundoff * std::abs(minus_log_r));
                    ratios += std::exp(-minus_log_r) / static_cast<double>(singles);
                  }
                  const double alpha = stage.alpha / 2;
                  result.compare(0, "the least r − 1 − log r", 0, least, -least, 0);
                  // mean(r − 1 − log r) − mean(−log r) = mean(r) − 1, and r lies in [0, largest].
                  result.compare(0, "mean(r)", 1, ratios, std::abs(ratios - 1),
                                 largest * std::sqrt(std::log(2 / alpha) / (2 * static_cast<double>(singles))), "ratio");
                  result.compare(0, "the stratified mean against the plain one", plain.kl.value, stratified.kl.value,
                                 std::abs(plain.kl.value - stratified.kl.value), 2 * quadratic_bound(stage.rows, cell.a, cell.b, alpha / 2) / n);
                  return result;
                });
              },
          .violated_by = "a log q that counts log_det twice",
          .fooled_by = "an error that leaves mean(r) at 1"};
}

}  // namespace flowgauge::verify
