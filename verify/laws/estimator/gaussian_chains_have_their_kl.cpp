// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/verify/estimator.hpp>
#include <flowgauge/verify/law.hpp>
#include <flowgauge/verify/statistics.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law gaussian_chains_have_their_kl() {
  return {.id = "K4",
          .statement =
              "the KL of a normal source and affine layers is the closed form after every layer, within what chance allows at the exact variance",
          .advice = "p and q swapped, log_det with the wrong sign, or rows that are not from the source",
          .wants = {.sample = true},
          .examine_estimator =
              [](const EstimatorTrial& trial) {
                const auto source = source_of_one_number("normal(mean=1, sd=0.75)");
                const Flow<double> flow = flow_at("3*triangular", 1, {std::log(0.5), 0.25, 0.5, -1, 0.25, 1});
                return in_two_stages(trial.rows(), [&](const Stage& stage) {
                  Examined result;
                  const EstimatedKl e = trial.estimator().kl(flow, *source, stage.rows, trial.seed(1 + stage.first_row));
                  for (std::size_t k = 0; k < e.trace.size(); ++k) {
                    const NormalCell cell = normal_cell(1, 0.75, prefix_of(flow, k));
                    const double n = static_cast<double>(stage.rows), alpha = stage.alpha / static_cast<double>(e.trace.size());
                    result.compare(0, fmt::format("the KL after {} layers", k), cell.kl, e.trace[k].kl.value, std::abs(e.trace[k].kl.value - cell.kl),
                                   quadratic_bound(stage.rows, cell.a, cell.b, alpha) / n);
                  }
                  return result;
                });
              },
          .violated_by = "KL(q‖P) for KL(P‖q)",
          .fooled_by = "errors that only curved layers have: K6"};
}

}  // namespace flowgauge::verify
