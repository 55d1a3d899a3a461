// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/verify/estimator.hpp>
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law log_ratio_is_the_same_under_a_common_map() {
  return {.id = "K2",
          .statement = "log p − log q of a row does not change when source and flow are both seen through one more map",
          .advice = "log_det counted twice, not at all, or with the sign of the other direction",
          .wants = {.sample = true},
          .examine_estimator =
              [](const EstimatorTrial& trial) {
                Examined result;
                struct Cell {
                  const char *source, *map, *flow;
                };
                for (const Cell& cell : {Cell{"normal(mean=1)", "triangular softlog triangular", "triangular"},
                                         Cell{"laplace", "triangular", "softlog"}, Cell{"eight_gaussians", "planar permutation", "triangular"}}) {
                  const auto source = distributions::make_source(cell.source);
                  const int d = source->dim();
                  const Flow<double> map = flow_drawn(cell.map, d, trial.seed(2)), flow = flow_drawn(cell.flow, d, trial.seed(3));
                  std::vector<double> theta(map.theta().begin(), map.theta().end());
                  theta.insert(theta.end(), flow.theta().begin(), flow.theta().end());
                  const Flow<double> both = flow_at(std::string(cell.map) + " " + cell.flow, d, theta);
                  const Pulled pulled(*source, map);
                  Batch<double> y(32, d);
                  source->sample(RandomStream(trial.seed(4), "common-map", cell.source), 0, y);  // any rows will do
                  Batch<double> x(y.rows(), d), z(1, d);
                  std::vector<double> log_det(static_cast<std::size_t>(y.rows()));
                  Workspace workspace;
                  map.forward(y, x, log_det, workspace);
                  for (Index i = 0; i < y.rows(); ++i) {
                    Batch<double> here(1, d), there(1, d);
                    for (Index j = 0; j < d; ++j) here(0, j) = y(i, j), there(0, j) = x(i, j);
                    const double before = trial.estimator().kl(both, GivenRows(pulled, here), 1, trial.seed(1)).kl.value;
                    const double after = trial.estimator().kl(flow, GivenRows(*source, there), 1, trial.seed(1)).kl.value;
                    // The map gives both the same bits of x: what differs is the order in which these are added up.
                    double log_p = 0, log_q = 0, inner = 0;
                    source->log_prob(there, {&log_p, 1});
                    flow.log_prob(there, {&log_q, 1}, workspace);
                    flow.forward(there, z, {&inner, 1}, workspace);
                    const double size = std::abs(log_p) + std::abs(log_q) + std::abs(inner) + 2 * std::abs(log_det[static_cast<std::size_t>(i)]);
                    result.compare(i, fmt::format("log p − log q of {} and {}, seen through {}", cell.source, cell.flow, cell.map), after, before,
                                   std::abs(after - before), 16 * unit_roundoff * (1 + size));
                  }
                }
                return result;
              },
          .violated_by = "a log q that counts log_det twice",
          .fooled_by = "an error that does not depend on the map, such as a constant"};
}

}  // namespace flowgauge::verify
