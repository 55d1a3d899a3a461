// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law every_dim_works() {
  return {.id = "L21",
          .statement =
              "at dims 1, 2, 3, 9 (more than a pack of double), 17 (more than a pack of float) and 33: log_det = log|det J| in 50 digits, and below "
              "33 there and back in double",
          .advice = "something is sized for few coordinates: a split or a mask of none at dim 1, a sum that ends with the pack",
          .wants = {.stress = false,
                    .dims = {1, 2, 9, 1, 3, 17, 1, 2, 9, 1, 3, 33, 1, 2, 9, 1, 3, 17, 1, 2, 9, 1, 3, 2, 1, 9, 3, 1, 2, 3},
                    .rows = 1,
                    .ordinary_only = true},
          .examine =
              [](const Trial& trial) {
                Examined result;
                compare_log_det(result, trial, Way::forward, 0, trial.row_at<Wide>(0), trial.context_at<Wide>(0), "log_det");
                // Its bound takes another Jacobian and 64 randomly rounded runs: seconds at 33.
                if (trial.subject().facts().inverse != InverseKind::none && trial.subject().dim() < 33) round_trip(result, trial, Way::forward, 0);
                result.words = residual_words(result, trial.subject().dim());
                return result;
              },
          .violated_by = "a triangular layer that adds up the first sixteen entries of its diagonal",
          .fooled_by = "dims that are not in the list"};
}

}  // namespace flowgauge::verify
