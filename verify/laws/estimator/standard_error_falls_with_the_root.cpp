// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/verify/estimator.hpp>
#include <flowgauge/verify/law.hpp>
#include <flowgauge/verify/statistics.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law standard_error_falls_with_the_root() {
  return {.id = "K10",
          .statement =
              "SE·√n is the standard deviation of the log-ratio for n = 10³, 10⁴, 10⁵ and more, and the estimate is as near to the truth as that",
          .advice = "a standard error with n for √n, or rows that come again",
          .wants = {.sample = true},
          .examine_estimator =
              [](const EstimatorTrial& trial) {
                // log p − log q = x − ½ with x normal: (n − 1)·SE²·n is χ², the estimate normal, both exactly.
                const auto source = source_of_one_number("normal(mean=1)");
                const Flow<double> flow = flow_at("triangular", 1, {0, 0});
                Examined all;
                for (Index n = 1000; n <= 10 * trial.rows() && n <= 1'000'000; n *= 10) {
                  const Examined of_n = in_two_stages(n, [&](const Stage& stage) {
                    Examined result;
                    const EstimatedKl e = trial.estimator().kl(flow, *source, stage.rows, trial.seed(1 + stage.first_row));
                    const double rows = static_cast<double>(stage.rows), alpha = stage.alpha / 2;
                    const Range range = chi_square_range(rows - 1, alpha);
                    const double observed = e.kl.std_error * std::sqrt(rows), low = std::sqrt(range.low / (rows - 1)),
                                 high = std::sqrt(range.high / (rows - 1));
                    result.compare(0, fmt::format("SE·√n at n = {}", stage.rows), 1, observed, std::abs(observed - 1),
                                   observed < 1 ? 1 - low : high - 1);
                    result.compare(0, fmt::format("the KL at n = {}", stage.rows), 0.5, e.kl.value, std::abs(e.kl.value - 0.5),
                                   normal_bound(alpha) / std::sqrt(rows));
                    return result;
                  });
                  all.findings.insert(all.findings.end(), of_n.findings.begin(), of_n.findings.end());
                }
                return all;
              },
          .violated_by = "a standard error divided by n for √n",
          .fooled_by = "rows that are dependent but not repeated"};
}

}  // namespace flowgauge::verify
