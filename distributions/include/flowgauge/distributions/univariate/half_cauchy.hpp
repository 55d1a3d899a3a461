// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>

#include <cmath>

namespace flowgauge::distributions {

/// log p(x) = log(2/(π·scale)) − log(1 + (x/scale)²) for x ≥ 0, −∞ below
///
/// Written with larger = max(x, scale), so that nothing overflows: log(2·scale/π) − 2·log larger − log(1 + (min(x, scale)/larger)²).
/// H = log(2π·scale); no mean: the KL is infinite under every flow with linear tails.
struct HalfCauchy {
  static constexpr std::string_view summary = "half a Cauchy: a hard edge at 0 and a tail without a mean";
  static constexpr std::string_view reference = "log p = log(2/(pi scale)) - log(1 + (x/scale)^2), x >= 0; Gelman 2006, Bayesian Analysis 1(3)";

  double scale = 1;
  template <class V>
  void options(V& v) {
    v("scale", scale, 1e-6, 1e6);
  }
  HalfCauchy scaled(double b) const { return {b * scale}; }

  template <Real T>
  T log_prob(T x) const {
    const T a = abs(x), g = T(scale);
    const T larger = max(a, g), ratio = min(a, g) / larger;
    const T log_p = log(T(2.0) * g / Constants<T>::pi()) - T(2.0) * log(larger) - log1p(ratio * ratio);
    return select(x < T(0.0), -Constants<T>::infinity(), log_p);
  }
  double cdf(double x) const { return x < 0 ? 0 : std::atan2(x, scale) / half_pi(); }
  double upper_cdf(double x) const { return x < 0 ? 1 : std::atan2(scale, x) / half_pi(); }
  /// tan(πp/2), by the angle to the nearer end.
  double quantile(double p) const { return p < 0.5 ? scale * std::tan(half_pi() * p) : scale / std::tan(half_pi() * (1 - p)); }
  double upper_quantile(double p) const { return p < 0.5 ? scale / std::tan(half_pi() * p) : scale * std::tan(half_pi() * (1 - p)); }

  Estimate entropy() const { return {log(4 * half_pi() * scale), 0}; }
  Moments moments() const { return {}; }
  Marginal marginal() const { return {0, infinity, edge(power_tail(1)), power_tail(1)}; }
  std::vector<double> kinks() const { return {0}; }

 private:
  static double half_pi() { return Constants<double>::pi() / 2; }
};

}  // namespace flowgauge::distributions
