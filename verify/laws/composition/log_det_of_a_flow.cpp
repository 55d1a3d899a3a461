// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law log_det_of_a_flow() {
  return {.id = "C1",
          .statement =
              "log_det of a composite as a black box = log|det| of the composite's own Jacobian by duals in 50 digits, never the sum of its parts",
          .advice = "a later layer was given the wrong point, a contribution was lost or counted twice",
          .wants = {.largest_dim = 5},
          .examine =
              [](const Trial& trial) {
                Examined result;
                for (Index i = 0; i < trial.rows(); ++i)
                  compare_log_det(result, trial, Way::forward, i, trial.row_at<Wide>(i), trial.context_at<Wide>(i), "log_det of the flow");
                result.words = residual_words(result, trial.subject().dim());
                return result;
              },
          .violated_by = "a flow that keeps only the log_det of its last layer",
          .fooled_by = "a formula that is wrong in the same way in f itself"};
}

}  // namespace flowgauge::verify
