// SPDX-License-Identifier: MIT
#include <flowgauge/distributions/sources.hpp>
#include <flowgauge/verify/estimator.hpp>
#include <flowgauge/verify/law.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law infinite_kl_is_infinite() {
  return {.id = "K8",
          .statement =
              "where q is 0 on mass of P the KL is +∞ (support_violation), where a tail makes it infinite too (infinite_proved, "
              "infinite_suspected); one row that is not finite makes the mean so; never a NaN or a number in its place",
          .advice = "rows that are not finite are left out of the mean, or the tails are not looked at",
          .wants = {.sample = true},
          .examine_estimator =
              [](const EstimatorTrial& trial) {
                Examined result;
                const auto judge = [&](const std::string& what, double value) {
                  result.compare(0, what, std::numeric_limits<double>::infinity(), value, value == std::numeric_limits<double>::infinity() ? 0 : 1, 0,
                                 "infinity");
                };
                struct Cell {
                  const char* source;
                  Flow<double> flow;
                  std::vector<std::string> statuses;
                };
                const Cell cells[] = {{"cauchy", flow_drawn("triangular", 1, trial.seed(2)), {"infinite_proved", "infinite_suspected"}},
                                      {"student_t(nu=1.5)", flow_drawn("2*triangular", 1, trial.seed(3)), {"infinite_proved", "infinite_suspected"}},
                                      {"normal", half_line_flow(), {"support_violation"}},
                                      {"uniform(low=-1)", half_line_flow(), {"support_violation"}}};
                for (const Cell& cell : cells) {
                  const auto source = source_of_one_number(cell.source);
                  const EstimatedKl e = trial.estimator().kl(cell.flow, *source, 1000, trial.seed(1));
                  const std::string what = fmt::format("the KL of {} and {}", cell.source, cell.flow.text());
                  judge(what, e.kl.value);
                  judge("the headline: " + what, trial.estimator().quick_kl(cell.flow, *source, 1000, trial.seed(1)).value);
                  const bool said = std::find(cell.statuses.begin(), cell.statuses.end(), e.status) != cell.statuses.end();
                  result.compare(0, fmt::format("the status of {}, {} for {}", what, e.status, fmt::join(cell.statuses, " or ")), 1, said,
                                 said ? 0 : 1, 0, "kind");
                }
                // One row in a thousand that is no number, or infinite.
                const auto source = source_of_one_number("normal");
                for (const double odd : {std::nan(""), std::numeric_limits<double>::infinity()}) {
                  Batch<double> x(1000, 1);
                  source->sample(RandomStream(trial.seed(4), "odd-row"), 0, x);
                  x(777, 0) = odd;
                  const Flow<double> flow = flow_drawn("triangular", 1, trial.seed(2));
                  const double mean = trial.estimator().cross_entropy(flow, x).value,
                               kl = trial.estimator().kl(flow, GivenRows(*source, x), 1000, 1).kl.value;
                  result.compare(0, fmt::format("the cross-entropy with a row of {}, finite", odd), 0, mean, std::isfinite(mean) ? 1 : 0, 0, "kind");
                  result.compare(0, fmt::format("the KL with a row of {}, finite", odd), 0, kl, std::isfinite(kl) ? 1 : 0, 0, "kind");
                }
                return result;
              },
          .violated_by = "a mean that leaves out what is not a number",
          .fooled_by = "tails that no rule knows"};
}

}  // namespace flowgauge::verify
