// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>

namespace flowgauge::distributions {

/// log p(x) = −|x − location|/scale − log(2·scale)
///
/// H = 1 + log(2·scale)
struct Laplace {
  static constexpr std::string_view summary = "two-sided exponential: a kink in the middle, tails that fall like e^-|x|";
  static constexpr std::string_view reference = "log p = -|x - location|/scale - log(2 scale); Johnson, Kotz & Balakrishnan 1995, ch. 24";

  double location = 0, scale = 1;
  template <class V>
  void options(V& v) {
    v("location", location, -1e6, 1e6);
    v("scale", scale, 1e-6, 1e6);
  }
  Laplace scaled(double b) const { return {b * location, b * scale}; }
  Laplace shifted(double a) const { return {location + a, scale}; }

  template <Real T>
  T log_prob(T x) const {
    return -abs(x - T(location)) / T(scale) - log(T(2.0) * T(scale));
  }
  double cdf(double x) const { return standard_cdf((x - location) / scale); }
  double upper_cdf(double x) const { return standard_cdf((location - x) / scale); }
  double quantile(double p) const { return location + scale * standard_quantile(p); }
  double upper_quantile(double p) const { return location - scale * standard_quantile(p); }

  Estimate entropy() const { return {1 + log(2 * scale), 0}; }
  Moments moments() const { return {location, 2 * scale * scale}; }
  Marginal marginal() const {
    const TailClass tail = stretched_tail(1, 1 / scale);
    return {-infinity, infinity, tail, tail};
  }
  std::vector<double> kinks() const { return {location}; }

 private:
  /// P(Z ≤ z) at scale 1; its far tail is the exponential itself.
  static double standard_cdf(double z) { return z < 0 ? 0.5 * exp(z) : 1 - 0.5 * exp(-z); }
  /// 2p and, for p ≥ ½, 1 − p are exact.
  static double standard_quantile(double p) { return p < 0.5 ? log(2 * p) : -log(2 * (1 - p)); }
};

}  // namespace flowgauge::distributions
