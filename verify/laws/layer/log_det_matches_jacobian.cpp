// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law log_det_matches_jacobian() {
  return {
      .id = "L6",
      .statement = "log_det = log|det J|, J by duals in 50 digits, determinant by LU in 50 digits",
      .advice =
          "the formula of log_det is not that of the map: a term dropped or doubled, a sign, a sum over the wrong axis, a constant that is not exact",
      .wants = {.largest_dim = 8},
      .examine =
          [](const Trial& trial) {
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i)
              compare_log_det(result, trial, Way::forward, i, trial.row_at<Wide>(i), trial.context_at<Wide>(i), "log_det");
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
      .violated_by = "log_det without the slope of one coordinate",
      .fooled_by = "a formula that is wrong in the same way in f itself"};
}

}  // namespace flowgauge::verify
