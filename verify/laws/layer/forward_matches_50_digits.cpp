// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

namespace flowgauge::verify {

Law forward_matches_50_digits() {
  return {
      .id = "L2",
      .statement = "y in double equals the same formula in 50 digits, within random rounding and within 12 bits of the problem's own conditioning",
      .advice = "cancellation, a float constant, or a double-only branch in the forward map",
      .examine =
          [](const Trial& trial) {
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) compare_with_50_digits(result, trial, i);
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
      .violated_by = "y = x + 1e-9 in double only",
      .fooled_by = "a formula that is wrong in every number type"};
}

}  // namespace flowgauge::verify
