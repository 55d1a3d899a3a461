// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law forward_undoes_inverse() {
  return {.id = "L4",
          .statement = "f(f^-1(y)) = y for y drawn in the codomain on its own",
          .advice = "the inverse is wrong where forward rarely goes, or the codomain is smaller than declared",
          .wants = {.outputs = true, .largest_dim = 8},
          .examine = [](const Trial& trial) {
            if (trial.subject().facts().inverse == InverseKind::none) return Examined::not_applicable("declares no inverse");
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) round_trip(result, trial, Way::inverse, i);
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
          .examine_values = [](const Trial& trial) {
            if (trial.subject().facts().inverse == InverseKind::none) return Examined::not_applicable("declares no inverse");
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) round_trip_by_values(result, trial, Way::inverse, i);
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
          .violated_by = "an inverse that clamps y to the range of the training data",
          .fooled_by = "nothing that L3 does not see, near the drawn points"};
}

}  // namespace flowgauge::verify
