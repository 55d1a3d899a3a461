// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

namespace flowgauge::verify {

Law errors_of_a_flow_add_up() {
  return {.id = "C8",
          .statement =
              "the errors of layers add up over a flow and do not multiply: y and log_det of the flow in double equal the same in 50 digits, "
              "within random rounding and within 12 bits of the flow's own conditioning",
          .advice = "a sum of log_dets in float, or a layer whose outputs lose digits that the next layer needs",
          .wants = {.stress = false, .largest_dim = 5, .rows = 2},
          .deep = true,
          .examine =
              [](const Trial& trial) {
                Examined result;
                for (Index i = 0; i < trial.rows(); ++i) compare_with_50_digits(result, trial, i, " of the flow", true);
                result.words = residual_words(result, trial.subject().dim());
                return result;
              },
          .violated_by = "a flow whose layers round their log_dets to float",
          .fooled_by = "a formula that is wrong in every number type (C1)"};
}

}  // namespace flowgauge::verify
