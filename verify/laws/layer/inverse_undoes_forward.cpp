// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law inverse_undoes_forward() {
  return {.id = "L3",
          .statement = "f^-1(f(x)) = x, within the rounding of both directions carried through the exact Jacobian",
          .advice = "the inverse is not that of this forward map: a sign, an order, a missing shift, the wrong branch",
          .wants = {.largest_dim = 8},
          .examine = [](const Trial& trial) {
            if (trial.subject().facts().inverse == InverseKind::none) return Examined::not_applicable("declares no inverse");
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) round_trip(result, trial, Way::forward, i);
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
          .examine_values = [](const Trial& trial) {
            if (trial.subject().facts().inverse == InverseKind::none) return Examined::not_applicable("declares no inverse");
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) round_trip_by_values(result, trial, Way::forward, i);
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
          .violated_by = "an affine layer whose inverse adds the shift",
          .fooled_by = "points of the codomain that forward does not reach from the drawn x (L4 draws its own)"};
}

}  // namespace flowgauge::verify
