// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law errors_of_a_flow_add_up() {
  return {.id = "C8",
          .statement =
              "the errors of layers add up over a flow and do not multiply: y and log_det of the flow in double equal the same in 50 digits, within "
              "random "
              "rounding and within 12 bits of the flow's own conditioning",
          .advice = "a sum of log_dets in float, or a layer whose outputs lose digits that the next layer needs",
          .wants = {.stress = false, .largest_dim = 5, .rows = 2},
          .deep = true,
          .examine =
              [](const Trial& trial) {
                Examined result;
                for (Index i = 0; i < trial.rows(); ++i) {
                  const Image<Wide> truth = trial.map<Wide>(Way::forward, trial.row_at<Wide>(i), trial.context_at<Wide>(i));
                  if (!representable(truth)) continue;
                  const Image<double> image = trial.call(Way::forward, trial.row(i), trial.context(i));
                  const Spread allowed = rounding_and_problem(trial, Way::forward, trial.row(i), trial.context(i), truth);
                  for (std::size_t j = 0; j < image.value.size(); ++j)
                    result.compare(i, fmt::format("y[{}] of the flow", j), to_double(truth.value[j]), image.value[j],
                                   to_double(abs(Wide(image.value[j]) - truth.value[j])), allowed.value[j], "value");
                  result.compare(i, "log_det of the flow", to_double(truth.log_det), image.log_det,
                                 to_double(abs(Wide(image.log_det) - truth.log_det)), allowed.log_det);
                }
                result.words = residual_words(result, trial.subject().dim());
                return result;
              },
          .violated_by = "a flow whose layers round their log_dets to float",
          .fooled_by = "a formula that is wrong in every number type (C1)"};
}

}  // namespace flowgauge::verify
