// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/verify/estimator.hpp>
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law trace_telescopes() {
  return {.id = "K3",
          .statement =
              "after k layers the trace is log p − log N(z_k) − Σ log_det of the first k, z_k and log_det in 50 digits; delta is the difference "
              "of successive entries on the same rows; the last entry is the KL",
          .advice = "the trace is one layer off, or log_det is summed over other layers than z went through",
          .wants = {.sample = true},
          .examine_estimator =
              [](const EstimatorTrial& trial) {
                Examined result;
                struct Cell {
                  const char *source, *flow;
                };
                for (const Cell& cell : {Cell{"laplace", "triangular softlog triangular softlog"}, Cell{"moons", "triangular planar permutation"}}) {
                  const auto source = distributions::make_source(cell.source);
                  const Index d = source->dim();
                  const Flow<double> flow = flow_drawn(cell.flow, source->dim(), trial.seed(2));
                  Batch<double> x(4, d);
                  source->sample(RandomStream(trial.seed(3), "trace", cell.source), 0, x);
                  for (Index i = 0; i < x.rows(); ++i) {
                    Batch<double> row(1, d);
                    for (Index j = 0; j < d; ++j) row(0, j) = x(i, j);
                    double log_p = 0;
                    source->log_prob(row, {&log_p, 1});
                    const EstimatedKl e = trial.estimator().kl(flow, GivenRows(*source, row), 1, trial.seed(1));
                    const std::size_t entries = flow.layers().size() + 1;
                    result.compare(i, "entries of the trace, layers + 1", static_cast<double>(entries), static_cast<double>(e.trace.size()),
                                   e.trace.size() == entries ? 0 : 1, 0, "entries");
                    for (std::size_t k = 1; k < std::min(entries, e.trace.size()); ++k) {
                      const Flow<double> prefix = prefix_of(flow, k);
                      Case c;
                      c.spec = prefix.spec(), c.dim = source->dim();
                      c.theta.assign(prefix.theta().begin(), prefix.theta().end());
                      c.rows = {Numbers(static_cast<std::size_t>(d))};
                      for (Index j = 0; j < d; ++j) c.rows[0][static_cast<std::size_t>(j)] = x(i, j);
                      const Subject subject(catalogue_workshop(), c.spec, c.dim, 0);
                      const Trial at(subject, c);
                      const Image<Wide> image = at.map<Wide>(Way::forward, at.row_at<Wide>(0), {});
                      const Spread lost = random_rounding(at, Way::forward, c.rows[0], {}, image);
                      Wide log_q = image.log_det - Wide(static_cast<double>(d)) * Constants<Wide>::half_log_two_pi();
                      double allowed = lost.log_det, size = std::abs(log_p) + std::abs(to_double(image.log_det)) + static_cast<double>(d);
                      for (std::size_t j = 0; j < image.value.size(); ++j) {
                        log_q = log_q - Wide(0.5) * image.value[j] * image.value[j];
                        allowed += std::abs(to_double(image.value[j])) * lost.value[j];
                        size += to_double(image.value[j] * image.value[j]);
                      }
                      const double expected = to_double(Wide(log_p) - log_q);
                      result.compare(i, fmt::format("log p − log q after {} layers of {}", k, cell.flow), expected, e.trace[k].kl.value,
                                     std::abs(e.trace[k].kl.value - expected), allowed + 8 * unit_roundoff * size);
                      const double step = e.trace[k].kl.value - e.trace[k - 1].kl.value;
                      result.compare(i, fmt::format("delta of layer {}", k), step, e.trace[k].delta.value, std::abs(e.trace[k].delta.value - step),
                                     8 * unit_roundoff * (size + std::abs(e.trace[k - 1].kl.value)));
                    }
                    if (e.trace.empty()) continue;
                    result.compare(i, "the last entry of the trace", e.kl.value, e.trace.back().kl.value,
                                   std::abs(e.trace.back().kl.value - e.kl.value), 0);
                  }
                }
                return result;
              },
          .violated_by = "a trace that is one layer off",
          .fooled_by = "rows that are not those of the source: K11"};
}

}  // namespace flowgauge::verify
