// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>
#include <flowgauge/verify/statistics.hpp>

#include <cmath>

namespace flowgauge::verify {

Law entropy_is_the_mean_of_minus_log_density() {
  return {.id = "D11",
          .statement = "the entropy is −∫p·log p by quadrature in one dimension, and −mean log p of the sample in any",
          .advice = "a closed form that is wrong, or a sampler that draws from another density",
          .wants = {.sample = true},
          .examine_source =
              [](const SourceTrial& trial) {
                const std::optional<Estimate> entropy = trial.source().entropy();
                if (!entropy) return Examined::not_applicable("the entropy is not known");
                Examined result;
                if (const Univariate* const source = trial.univariate()) {
                  const Quadrature h = integral_over(*source, [&](double x) {
                    const double log_p = source->log_density(x);
                    return log_p > -700 ? -log_p * std::exp(log_p) : 0.0;  // beyond, p·log p is below 1e-301
                  });
                  // Near an end that doubles do not reach, −log p is at most some hundreds.
                  const double lost = 100 * (location_rounding(*source) + unheld_mass(*source));
                  if (h.error > 1e-8 + 10 * lost) result.unresolved(0, "ill_conditioned");
                  else
                    result.compare(0, "−∫p·log p", entropy->value, h.value, std::abs(h.value - entropy->value), h.error + lost + entropy->std_error);
                }
                const Examined sampled = in_two_stages(trial.sample().batch, [&](const Stage& stage) {
                  Examined of_stage;
                  const Batch<double> x = trial.draw("entropy", stage.first_row, stage.rows);
                  std::vector<double> log_p(static_cast<std::size_t>(stage.rows));
                  trial.source().log_prob(x, log_p);
                  for (double& l : log_p) l = -l;
                  const MeanOfRows mean = mean_of(log_p);
                  // The mean of n numbers, each right to a few of its own roundings: n·ε is more than their sum can lose.
                  const double lost = static_cast<double>(stage.rows) * std::numeric_limits<double>::epsilon() * std::abs(mean.value);
                  of_stage.compare(0, "−mean log p of the sample", entropy->value, mean.value, std::abs(mean.value - entropy->value),
                                   normal_bound(stage.alpha) * std::hypot(mean.std_error, entropy->std_error) + lost);
                  return of_stage;
                });
                result.findings.insert(result.findings.end(), sampled.findings.begin(), sampled.findings.end());
                return result;
              },
          .violated_by = "an entropy with log σ² for log σ",
          .fooled_by = "a sampler with another shape that has the same mean of log p: D7 and D8 see that"};
}

}  // namespace flowgauge::verify
