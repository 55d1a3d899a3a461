// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

namespace {

/// 4u·Σ_j |∂log_det/∂x_j|·|x_j| for the map back from an image x: a searched x is right to its last bits and no further, and its
/// log_det is taken there.
double of_the_point(const Trial& trial, Way back, Index row, std::span<const Wide> x) {
  std::vector<WideDual> given;
  for (const Wide& c : trial.context_at<Wide>(row)) given.push_back(WideDual::constant(c));
  double sum = 0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    std::vector<WideDual> at;
    for (std::size_t k = 0; k < x.size(); ++k) at.push_back(k == j ? WideDual::variable(x[k], 0) : WideDual::constant(x[k]));
    sum += std::abs(to_double(trial.map<WideDual>(back, at, given).log_det.tangent[0] * x[j]));
  }
  return 4 * unit_roundoff * sum;
}

}  // namespace

Law log_det_keeps_its_digits() {
  return {
      .id = "L7",
      .statement =
          "log_det in double equals the same formula in 50 digits, in nats (an absolute error: below 1 it has no relative digits to keep), within "
          "random rounding and within 12 bits of the problem's own conditioning, in both directions",
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
                double allowed = rounding_and_problem(trial, way, trial.row(i), trial.context(i), truth).log_det;
                // Either direction may be the searched one: inverse(…) exchanges them.
                if (trial.subject().facts().inverse == InverseKind::iterative)
                  allowed += of_the_point(trial, way == Way::forward ? Way::inverse : Way::forward, i, truth.value);
                result.compare(i, way == Way::forward ? "log_det" : "log_det of the inverse", to_double(truth.log_det), image.log_det,
                               to_double(abs(Wide(image.log_det) - truth.log_det)), allowed);
              }
            }
            result.words = residual_words(result, trial.subject().dim());
            return result;
          },
      .violated_by = "tanh with log(1 - tanh^2)",
      .fooled_by = "a formula that is wrong in every number type (L6 sees it); a log_det far below 1 nat that has lost its relative digits"};
}

}  // namespace flowgauge::verify
