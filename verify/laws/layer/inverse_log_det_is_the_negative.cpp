// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law inverse_log_det_is_the_negative() {
  return {.id = "L9",
          .statement = "log_det of the inverse at y is minus log_det of forward at f^-1(y), and log|det| of the inverse's own Jacobian, in 50 digits",
          .advice = "the inverse returns the log_det of the other direction, or of another point",
          .wants = {.outputs = true, .largest_dim = 8},
          .examine = [](const Trial& trial) {
            if (trial.subject().facts().inverse == InverseKind::none) return Examined::not_applicable("declares no inverse");
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) compare_inverse_log_det(result, trial, i);
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
          .violated_by = "an inverse that returns +log_det",
          .fooled_by = "nothing known: both directions have a Jacobian of their own"};
}

}  // namespace flowgauge::verify
