// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>

#include <cmath>

namespace flowgauge::distributions {

/// log p(x) = −log(π·scale) − log(1 + z²), z = (x − location)/scale
///
/// Written with a = |x − location|, so that nothing overflows: log scale − log π − 2·log max(a, scale) − log(1 + (min(a, scale)/max(a,
/// scale))²).
/// H = log(4π·scale); no mean: the KL is infinite under every flow with linear tails.
struct Cauchy {
  static constexpr std::string_view summary = "Cauchy: no mean; KL is infinite under affine tails";
  static constexpr std::string_view reference =
      "log p = -log(pi scale) - log(1 + z^2), z = (x - location)/scale; Johnson, Kotz & Balakrishnan 1994, ch. 16";

  double location = 0, scale = 1;
  template <class V>
  void options(V& v) {
    v("location", location, -1e6, 1e6);
    v("scale", scale, 1e-6, 1e6);
  }
  Cauchy scaled(double b) const { return {b * location, b * scale}; }
  Cauchy shifted(double a) const { return {location + a, scale}; }

  template <Real T>
  T log_prob(T x) const {
    const T a = abs(x - T(location)), g = T(scale);
    const T larger = max(a, g), ratio = min(a, g) / larger;
    return log(g) - log(Constants<T>::pi()) - T(2.0) * log(larger) - log1p(ratio * ratio);
  }
  double cdf(double x) const { return std::atan2(scale, location - x) / Constants<double>::pi(); }
  double upper_cdf(double x) const { return std::atan2(scale, x - location) / Constants<double>::pi(); }
  double quantile(double p) const { return location + scale * standard_quantile(p); }
  double upper_quantile(double p) const { return location - scale * standard_quantile(p); }

  Estimate entropy() const { return {log(4 * Constants<double>::pi() * scale), 0}; }
  Moments moments() const { return {}; }
  Marginal marginal() const { return {-infinity, infinity, power_tail(1), power_tail(1)}; }
  std::vector<double> kinks() const { return {}; }

 private:
  /// −cot πp: by the angle to the nearer of 0, ½ and 1, which is exact.
  static double standard_quantile(double p) {
    const double pi = Constants<double>::pi();
    if (p < 0.25) return -1 / std::tan(pi * p);
    if (p > 0.75) return 1 / std::tan(pi * (1 - p));
    return std::tan(pi * (p - 0.5));
  }
};

}  // namespace flowgauge::distributions
