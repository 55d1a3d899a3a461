// SPDX-License-Identifier: MIT
#include <flowgauge/verify/estimator.hpp>
#include <flowgauge/verify/oracles.hpp>

#include <algorithm>
#include <cmath>

namespace flowgauge::verify {

Law order_of_rows_does_not_matter() {
  return {.id = "K12",
          .statement = "the mean over rows in another order changes by at most 4u·Σ|summands|/n",
          .advice = "a sum that is not compensated, or a mean of the means of chunks of unequal size",
          .wants = {.sample = true},
          .examine_estimator =
              [](const EstimatorTrial& trial) {
                Examined result;
                const Flow<double> flow = flow_at("triangular", 1, {0.25, 0.5});
                const Index n = trial.rows() + 1;  // no multiple of any chunk
                const RandomStream stream(trial.seed(1), "summands");
                Batch<double> x(n, 1), shuffled(n, 1);
                std::vector<Index> order(static_cast<std::size_t>(n));
                for (Index i = 0; i < n; ++i) {
                  const auto row = static_cast<std::uint64_t>(i);
                  x(i, 0) = stream.normal(row, 0) * std::exp(4 * stream.normal(row, 1));  // summands of many sizes
                  order[static_cast<std::size_t>(i)] = i;
                }
                for (Index i = n; i-- > 1;)
                  std::swap(order[static_cast<std::size_t>(i)],
                            order[stream.below(static_cast<std::uint64_t>(i + 1), static_cast<std::uint64_t>(i), 2)]);
                for (Index i = 0; i < n; ++i) shuffled(i, 0) = x(order[static_cast<std::size_t>(i)], 0);
                const double before = trial.estimator().cross_entropy(flow, x).value, after = trial.estimator().cross_entropy(flow, shuffled).value;
                std::vector<double> log_q(static_cast<std::size_t>(n));
                Workspace workspace;
                flow.log_prob(x, log_q, workspace);
                double size = 0;
                for (const double l : log_q) size += std::abs(l) / static_cast<double>(n);
                result.compare(0, "−mean log q of the same rows in another order", before, after, std::abs(after - before), 4 * unit_roundoff * size);
                return result;
              },
          .violated_by = "the mean of the means of unequal chunks",
          .fooled_by = "a sum that is wrong in every order: K4 and K6"};
}

}  // namespace flowgauge::verify
