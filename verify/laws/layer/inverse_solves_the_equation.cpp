// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <Eigen/LU>
#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

namespace {

/// (8 + d)·(largest change of f50(x) when x and θ move in their last bit + its floor): conditioning() without the 12 bits that it grants. An inner
/// product of d terms rounds as if its factors had moved by up to d last bits, and six drawn directions may miss the worst of many.
double last_bits(const Spread& moved, std::size_t j) { return 0x1p-14 * (8 + static_cast<double>(moved.value.size())) * moved.value[j]; }

/// Skeel's condition number ‖|J⁻¹||J|‖, which no scaling of rows enlarges, beyond 2^-10/u: the last bit of x then moves y by a thousandth, and no
/// arithmetic in double solves the equation.
bool numerically_singular(const std::vector<Wide>& entries, std::size_t dim) {
  const auto d = static_cast<Index>(dim);
  Eigen::MatrixXd j(d, d);
  for (Index i = 0; i < d; ++i)
    for (Index k = 0; k < d; ++k) j(i, k) = to_double(entries[i * d + k]);
  const double skeel = (j.partialPivLu().inverse().cwiseAbs() * j.cwiseAbs()).rowwise().sum().maxCoeff<Eigen::PropagateNaN>();
  return !(skeel < 0x1p-10 / unit_roundoff);
}

}  // namespace

Law inverse_solves_the_equation() {
  return {.id = "L5",
          .statement =
              "f(x) = y in 50 digits at the x that the double inverse of y gives, within 8u*(|y| + |J||x|), what the last bits of x and the "
              "parameters do to f, and f's own rounding: nothing is granted to the arithmetic of the inverse",
          .advice = "the inverse is unstable or not finished: the cancelling root of a quadratic, an iteration that stops early",
          .wants = {.outputs = true, .largest_dim = 8, .rows = 2},
          .examine =
              [](const Trial& trial) {
                if (trial.subject().facts().inverse == InverseKind::none) return Examined::not_applicable("declares no inverse");
                Examined result;
                for (Index i = 0; i < trial.rows(); ++i) {
                  const std::span<const double> y = trial.row(i), context = trial.context(i);
                  const std::vector<Wide> given = trial.context_at<Wide>(i);
                  if (!representable(trial.map<Wide>(Way::inverse, trial.row_at<Wide>(i), given))) continue;
                  const Image<double> back = trial.call(Way::inverse, y, context);
                  const std::vector<Wide> x = Trial::converted<Wide>(back.value);
                  const Image<Wide> home = trial.map<Wide>(Way::forward, x, given);
                  // x rounded onto an end of the domain; L3 and L4 ask what is left of it.
                  if (std::all_of(back.value.begin(), back.value.end(), [](double v) { return std::isfinite(v); }) && !representable(home)) continue;
                  const std::vector<Wide> j50 = jacobian(trial, Way::forward, x, given);
                  if (numerically_singular(j50, y.size())) continue;
                  const Spread moved = conditioning(trial, Way::forward, back.value, context, home),
                               rounded = rounding_and_problem(trial, Way::forward, back.value, context, home);
                  const std::size_t d = y.size();
                  for (std::size_t j = 0; j < d; ++j) {
                    double size = std::abs(y[j]);
                    for (std::size_t k = 0; k < d; ++k) size += std::abs(to_double(j50[j * d + k] * x[k]));
                    const double allowed = 8 * unit_roundoff * size + last_bits(moved, j) + rounded.value[j];
                    if (allowed > 0.5 * std::max(1.0, std::abs(y[j]))) continue;  // a bound as large as the point says nothing
                    result.compare(i, fmt::format("y[{}] from the inverse's x", j), y[j], to_double(home.value[j]),
                                   to_double(abs(home.value[j] - Wide(y[j]))), allowed, "value");
                  }
                }
                result.words = residual_words(result, trial.subject().dim());
                return result;
              },
          .violated_by = "an inverse by the cancelling root of a quadratic",
          .fooled_by = "an x that is far off where f is flat: it solves the equation (L3 asks for x itself)"};
}

}  // namespace flowgauge::verify
