// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law forward_matches_50_digits() {
  return {
      .id = "L2",
      .statement = "y in double equals the same formula in 50 digits, within random rounding and within 12 bits of the problem's own conditioning",
      .advice = "cancellation, a float constant, or a double-only branch in the forward map",
      .examine =
          [](const Trial& trial) {
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) {
              const Image<Wide> truth = trial.map<Wide>(Way::forward, trial.row_at<Wide>(i), trial.context_at<Wide>(i));
              if (!representable(truth)) continue;
              const Image<double> image = trial.call(Way::forward, trial.row(i), trial.context(i));
              const std::vector<double> allowed = value_spread(trial, Way::forward, trial.row(i), trial.context(i), truth);
              for (std::size_t j = 0; j < image.value.size(); ++j)
                result.compare(i, fmt::format("y[{}]", j), to_double(truth.value[j]), image.value[j],
                               to_double(abs(Wide(image.value[j]) - truth.value[j])), allowed[j], "value");
            }
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
      .violated_by = "y = x + 1e-9 in double only",
      .fooled_by = "a formula that is wrong in every number type"};
}

}  // namespace flowgauge::verify
