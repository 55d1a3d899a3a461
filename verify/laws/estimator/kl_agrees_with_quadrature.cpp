// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/verify/estimator.hpp>
#include <flowgauge/verify/source_oracles.hpp>
#include <flowgauge/verify/statistics.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law kl_agrees_with_quadrature() {
  return {
      .id = "K6",
      .statement = "the KL of a curved flow of one coordinate, by the estimator's quadrature and by its rows, is that of another quadrature rule",
      .advice = "a panel across a kink, a tail cut off, or an error bar that is too small",
      .wants = {.sample = true},
      .examine_estimator =
          [](const EstimatorTrial& trial) {
            Examined result;
            struct Cell {
              const char *source, *flow;
            };
            for (const Cell& cell : {Cell{"normal(mean=1)", "triangular planar triangular"}, Cell{"logistic", "triangular rational_quadratic_spline"},
                                     Cell{"laplace", "triangular softlog triangular"}, Cell{"exponential", "triangular softlog triangular"}}) {
              const auto source = source_of_one_number(cell.source);
              const Flow<double> flow = flow_drawn(cell.flow, 1, trial.seed(2));
              const Quadrature truth = kl_by_quadrature(flow, *source);
              const std::string what = fmt::format("the KL of {} and {}", cell.source, cell.flow);
              // Both rules lose what the log-ratio itself loses; 1e-12 is what a thousand of its roundings add up to.
              if (!(truth.error <= 1e-7)) {
                result.unresolved(0, "ill_conditioned");
                continue;
              }
              const IntegratedKl exact = trial.estimator().quadrature(flow, *source);
              result.compare(0, what + " by quadrature", truth.value, exact.value, std::abs(exact.value - truth.value),
                             exact.error + truth.error + 1e-12);
              const Examined sampled = in_two_stages(trial.rows(), [&](const Stage& stage) {
                Examined of_stage;
                const EstimatedKl e = trial.estimator().kl(flow, *source, stage.rows, trial.seed(3 + stage.first_row));
                of_stage.compare(0, what + " by rows", truth.value, e.kl.value, std::abs(e.kl.value - truth.value),
                                 normal_bound(stage.alpha) * e.kl.std_error + truth.error);
                return of_stage;
              });
              result.findings.insert(result.findings.end(), sampled.findings.begin(), sampled.findings.end());
            }
            return result;
          },
      .violated_by = "a log q that counts log_det twice",
      .fooled_by = "a standard error that is too large: K9 and K10"};
}

}  // namespace flowgauge::verify
