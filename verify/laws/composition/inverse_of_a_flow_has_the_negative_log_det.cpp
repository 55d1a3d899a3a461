// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law inverse_of_a_flow_has_the_negative_log_det() {
  return {
      .id = "C4",
      .statement =
          "a flow after its inverse has log_det 0: the two log_dets cancel in 50 digits, and that of the inverse is log|det| of the inverse's "
          "own Jacobian",
      .advice = "a layer's log_det has the wrong sign in one direction, or is not counted when the flow is inverted",
      .wants = {.outputs = true, .stress = false, .largest_dim = 4, .rows = 2},
      .examine =
          [](const Trial& trial) {
            if (trial.subject().facts().inverse == InverseKind::none) return Examined::not_applicable("a layer of it has no inverse");
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) compare_inverse_log_det(result, trial, i);
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
      .violated_by = "a flow with a layer whose inverse returns +log_det",
      .fooled_by = "nothing known: both directions have a Jacobian of their own"};
}

}  // namespace flowgauge::verify
