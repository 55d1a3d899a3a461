// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

namespace {

constexpr auto not_the_identity = "does not declare that it starts as the identity";

/// The parameters are those that its own library starts with.
Examined identity_by_values(const Trial& trial) {
  if (!trial.subject().facts().initial_is_identity) return Examined::not_applicable(not_the_identity);
  Examined result;
  for (Index i = 0; i < trial.rows(); ++i) {
    const Image<double> image = trial.call(Way::forward, trial.row(i), trial.context(i));
    const Noise noise = noise_at(trial, Way::forward, trial.row(i), trial.context(i));
    if (!std::isfinite(noise.log_det.allowed)) continue;  // an end of the domain, or of all doubles, lies within the table
    for (std::size_t j = 0; j < image.value.size(); ++j) {
      const double x = trial.row(i)[j];
      const double allowed = of_one_at_least(noise.value[j].allowed, trial.subject().arithmetic().unit);
      result.compare(i, fmt::format("y[{}]", j), x, image.value[j], std::abs(image.value[j] - x), allowed, "value");
    }
    result.compare(i, "log_det", 0, image.log_det, std::abs(image.log_det), noise.log_det.allowed);
  }
  return result;
}

}  // namespace

Law initial_parameters_are_the_identity() {
  return {.id = "L28",
          .statement = "where the layer declares it, its initial parameters make it the identity with log_det 0, within random rounding",
          .advice = "a default or an offset is not what it should be: a width not divided by K, a slope of softplus(0)",
          .wants = {.initial = true, .largest_dim = 8},
          .examine = [](const Trial& trial) {
            if (!trial.subject().facts().initial_is_identity) return Examined::not_applicable(not_the_identity);
            Examined result;
            for (Index i = 0; i < trial.rows(); ++i) {
              const Image<double> image = trial.call(Way::forward, trial.row(i), trial.context(i));
              Image<Wide> identity;
              identity.value = trial.row_at<Wide>(i);
              const Spread rounding = random_rounding(trial, Way::forward, trial.row(i), trial.context(i),
                                                      trial.map<Wide>(Way::forward, identity.value, trial.context_at<Wide>(i)));
              for (std::size_t j = 0; j < image.value.size(); ++j) {
                const double x = trial.row(i)[j];
                result.compare(i, fmt::format("y[{}]", j), x, image.value[j], std::abs(image.value[j] - x),
                               rounding.value[j] + 4 * unit_roundoff * std::abs(x), "value");
              }
              result.compare(i, "log_det", 0, image.log_det, std::abs(image.log_det), rounding.log_det + 4 * unit_roundoff);
            }
            return result;
          },
          .examine_values = identity_by_values,
          .violated_by = "a spline that starts with slope softplus(0) at its knots",
          .fooled_by = "nothing: the parameters and the answer are known"};
}

}  // namespace flowgauge::verify
