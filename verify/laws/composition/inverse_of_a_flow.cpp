// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law inverse_of_a_flow() {
  return {.id = "C2",
          .statement = "the inverse of a composite is the reversed inverses: there and back, both ways, within the rounding of both directions",
          .advice = "the layers are undone in the order in which they were done",
          .wants = {.largest_dim = 5},
          .examine = [](const Trial& trial) {
            if (trial.subject().facts().inverse == InverseKind::none) return Examined::not_applicable("a layer of it has no inverse");
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) {
              round_trip(result, trial, Way::forward, i);
              round_trip(result, trial, Way::inverse, i);
            }
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
          .violated_by = "a flow that inverts its layers in forward order",
          .fooled_by = "layers that commute"};
}

}  // namespace flowgauge::verify
