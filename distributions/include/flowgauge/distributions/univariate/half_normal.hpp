// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>
#include <flowgauge/normal_quantile.hpp>

#include <boost/math/special_functions/erf.hpp>

namespace flowgauge::distributions {

/// log p(x) = log 2 + log N(x; 0, scale²) for x ≥ 0, −∞ below
///
/// H = ½·log(πe·scale²/2)
struct HalfNormal {
  static constexpr std::string_view summary = "the absolute value of a normal number: a hard edge where the density is largest";
  static constexpr std::string_view reference =
      "log p = log 2 - z^2/2 - log scale - log(2 pi)/2, z = x/scale, x >= 0; Johnson, Kotz & Balakrishnan 1994, ch. 13.10";

  double scale = 1;
  template <class V>
  void options(V& v) {
    v("scale", scale, 1e-6, 1e6);
  }
  HalfNormal scaled(double b) const { return {b * scale}; }

  template <Real T>
  T log_prob(T x) const {
    const T log_p = normal_log_density(x / T(scale)) - log(T(scale)) + Constants<T>::log_two();
    return select(x < T(0.0), -Constants<T>::infinity(), log_p);
  }
  double cdf(double x) const { return x < 0 ? 0 : erf(x / (scale * Constants<double>::sqrt_two())); }
  double upper_cdf(double x) const { return x < 0 ? 1 : erfc(x / (scale * Constants<double>::sqrt_two())); }
  double quantile(double p) const { return scale * (p < 0.5 ? from_below(p) : from_above(1 - p)); }
  double upper_quantile(double p) const { return scale * (p < 0.5 ? from_above(p) : from_below(1 - p)); }

  Estimate entropy() const { return {0.5 + Constants<double>::half_log_two_pi() + log(scale / 2), 0}; }
  Moments moments() const {
    const double pi = Constants<double>::pi();
    return {scale * sqrt(2 / pi), scale * scale * (1 - 2 / pi)};
  }
  Marginal marginal() const { return {0, infinity, edge(power_tail(1)), stretched_tail(2, 0.5 / (scale * scale))}; }
  std::vector<double> kinks() const { return {0}; }

 private:
  static double from_below(double p) { return Constants<double>::sqrt_two() * boost::math::erf_inv(p); }
  static double from_above(double p) { return -normal_quantile(p / 2); }
};

}  // namespace flowgauge::distributions
