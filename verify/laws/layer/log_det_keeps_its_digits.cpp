// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law log_det_keeps_its_digits() {
  return {
      .id = "L7",
      .statement =
          "log_det in double equals the same formula in 50 digits, within random rounding and within 12 bits of the problem's own conditioning, in "
          "both directions",
      .advice = "the formula is right and its arithmetic is bad: the log of a subtraction, a sum in float, exp before log",
      .wants = {.largest_dim = 8},
      .examine =
          [](const Trial& trial) {
            Examined result;
            for (const Way way : {Way::forward, Way::inverse}) {
              if (way == Way::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
              for (Index i = 0; i < trial.rows(); ++i) {
                const Image<Wide> truth = trial.map<Wide>(way, trial.row_at<Wide>(i), trial.context_at<Wide>(i));
                if (!representable(truth)) continue;
                const Image<double> image = trial.call(way, trial.row(i), trial.context(i));
                const double allowed = std::min(random_rounding(trial, way, trial.row(i), trial.context(i), truth).log_det,
                                                conditioning(trial, way, trial.row(i), trial.context(i), truth).log_det);
                result.compare(i, way == Way::forward ? "log_det" : "log_det of the inverse", to_double(truth.log_det), image.log_det,
                               to_double(abs(Wide(image.log_det) - truth.log_det)), allowed);
              }
            }
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
      .violated_by = "tanh with log(1 - tanh^2)",
      .fooled_by = "a formula that is wrong in every number type (L6 sees it)"};
}

}  // namespace flowgauge::verify
