// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>
#include <flowgauge/normal_quantile.hpp>

namespace flowgauge::distributions {

/// log p(x) = −z²/2 − log sd − ½·log 2π, z = (x − mean)/sd
///
/// H = ½·log(2πe·sd²)
struct Normal {
  static constexpr std::string_view summary = "normal: every flow with an affine layer must reach KL 0";
  static constexpr std::string_view reference = "log p = -z^2/2 - log sd - log(2 pi)/2, z = (x - mean)/sd; Johnson, Kotz & Balakrishnan 1994, ch. 13";

  double mean = 0, sd = 1;
  template <class V>
  void options(V& v) {
    v("mean", mean, -1e6, 1e6);
    v("sd", sd, 1e-6, 1e6);
  }
  Normal scaled(double b) const { return {b * mean, b * sd}; }
  Normal shifted(double a) const { return {mean + a, sd}; }

  template <Real T>
  T log_prob(T x) const {
    return normal_log_density((x - T(mean)) / T(sd)) - log(T(sd));
  }
  double cdf(double x) const { return normal_cdf((x - mean) / sd); }
  double upper_cdf(double x) const { return normal_cdf((mean - x) / sd); }
  double quantile(double p) const { return mean + sd * normal_quantile(p); }
  double upper_quantile(double p) const { return mean - sd * normal_quantile(p); }

  Estimate entropy() const { return {0.5 + Constants<double>::half_log_two_pi() + log(sd), 0}; }
  Moments moments() const { return {mean, sd * sd}; }
  Marginal marginal() const {
    const TailClass tail = stretched_tail(2, 0.5 / (sd * sd));
    return {-infinity, infinity, tail, tail};
  }
  std::vector<double> kinks() const { return {}; }
};

}  // namespace flowgauge::distributions
