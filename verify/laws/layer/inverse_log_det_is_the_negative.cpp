// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

namespace {

/// Σ_j |∂log_det/∂x_j|·error_j of forward, by central differences: what is not known of x is not known of log_det.
double carried(const Trial& trial, std::span<const double> x, std::span<const double> context, const std::vector<double>& error) {
  const double step = trial.subject().arithmetic().unit > unit_roundoff ? 0x1p-8 : 0x1p-20;
  std::vector<Numbers> points;
  for (std::size_t j = 0; j < x.size(); ++j)
    for (const double side : {-1.0, 1.0}) {
      points.emplace_back(x.begin(), x.end());
      points.back()[j] += side * step * std::max(0x1p-10, std::abs(x[j]));
    }
  const std::vector<Value> values = values_at(trial, Way::forward, points, context);
  double sum = 0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double change = std::abs(values[2 * j + 1].log_det - values[2 * j].log_det), width = points[2 * j + 1][j] - points[2 * j][j];
    if (std::isfinite(change)) sum += change / width * error[j];
  }
  return sum;
}

Examined inverse_log_by_values(const Trial& trial) {
  if (trial.subject().facts().inverse == InverseKind::none) return Examined::not_applicable("declares no inverse");
  Examined result;
  const double unit = trial.subject().arithmetic().unit;
  for (Index i = 0; i < trial.rows(); ++i) {
    const Numbers y = start_of(trial, Way::inverse, i);
    const std::span<const double> context = trial.context(i);
    const Value back = trial.call(Way::inverse, y, context);
    const auto finite = [](double v) { return std::isfinite(v); };
    if (!std::all_of(back.value.begin(), back.value.end(), finite)) continue;  // L4 says so
    if (!within_reach(trial, Way::inverse, y) || !within_reach(trial, Way::forward, back.value)) continue;
    if (std::isnan(back.log_det)) result.compare(i, "log_det of the inverse", 0, back.log_det, back.log_det, 0);
    const Value there = trial.call(Way::forward, back.value, context);
    const Noise noise_back = noise_at(trial, Way::inverse, y, context), noise_there = noise_at(trial, Way::forward, back.value, context);
    const double noise = noise_back.log_det.allowed + noise_there.log_det.allowed;
    if (!finite(noise) || !finite(there.log_det) || !finite(back.log_det)) continue;
    std::vector<double> error;
    for (std::size_t j = 0; j < y.size(); ++j) error.push_back(noise_back.value[j].allowed + 8 * unit * std::abs(back.value[j]));
    result.compare(i, "log_det of the inverse", -there.log_det, back.log_det, std::abs(back.log_det + there.log_det),
                   noise + carried(trial, back.value, context, error));
    compare_log_det_by_values(result, trial, Way::inverse, i, y, "log_det of the inverse, against its own Jacobian");
  }
  result.words = residual_words(result, trial.subject().dim());
  return result;
}

}  // namespace

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
          .examine_values = inverse_log_by_values,
          .violated_by = "an inverse that returns +log_det",
          .fooled_by = "nothing known: both directions have a Jacobian of their own"};
}

}  // namespace flowgauge::verify
