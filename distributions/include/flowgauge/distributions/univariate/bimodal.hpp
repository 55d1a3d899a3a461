// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>
#include <flowgauge/normal_quantile.hpp>
#include <flowgauge/root.hpp>

#include <algorithm>

#include <boost/math/quadrature/gauss.hpp>

namespace flowgauge::distributions {

/// log p(x) = log(½·N(x; −mode, sd²) + ½·N(x; mode, sd²))
///
/// Written from the nearer mode: log N((|x| − mode)/sd) − log sd + log ½(1 + e^(−2·|x|·mode/sd²)).
/// H = ½·log(2πe·sd²) + log 2 − E[posterior entropy of the mode], the mean by Gauss–Legendre quadrature: it is 0 for modes far apart.
struct Bimodal {
  static constexpr std::string_view summary = "two normals side by side: a flow has to tear the line apart between them";
  static constexpr std::string_view reference = "log p = log(N(x; -mode, sd^2)/2 + N(x; mode, sd^2)/2); a mixture, Pearson 1894";

  double mode = 2, sd = 0.5;
  template <class V>
  void options(V& v) {
    v("mode", mode, 0, 1e3);
    v("sd", sd, 1e-3, 1e3);
  }
  Bimodal scaled(double b) const { return {b * mode, b * sd}; }

  template <Real T>
  T log_prob(T x) const {
    const T a = abs(x), z = min(a / T(sd), T(1e300)), other = exp(T(-2.0) * z * (T(mode) / T(sd)));  // never 0·∞
    return normal_log_density((a - T(mode)) / T(sd)) - log(T(sd)) + log1p(other) - Constants<T>::log_two();
  }
  double cdf(double x) const { return 0.5 * (normal_cdf((x + mode) / sd) + normal_cdf((x - mode) / sd)); }
  double upper_cdf(double x) const { return cdf(-x); }
  double quantile(double p) const { return p < 0.5 ? lower_quantile(p) : -lower_quantile(1 - p); }
  double upper_quantile(double p) const { return -quantile(p); }

  double sample(const RandomStream& stream, std::uint64_t row) const {
    return (stream.uniform(row, 0) < 0.5 ? -mode : mode) + sd * stream.normal(row, 1);
  }

  Estimate entropy() const { return {0.5 + Constants<double>::half_log_two_pi() + log(sd) + Constants<double>::log_two() - overlap(), 0}; }
  Moments moments() const { return {0, mode * mode + sd * sd}; }
  Marginal marginal() const {
    const TailClass tail = stretched_tail(2, 0.5 / (sd * sd));
    return {-infinity, infinity, tail, tail};
  }
  /// Smooth, but between distant modes the quantile leaps: quadrature in the mass has to split there.
  std::vector<double> kinks() const { return {0}; }

 private:
  /// p ≤ ½: the root of log cdf, between the quantiles of the left normal for p and for 2p.
  double lower_quantile(double p) const {
    const double low = -mode + sd * normal_quantile(p), high = p < 0.5 ? std::min(-mode + sd * normal_quantile(2 * p), 0.0) : 0.0;
    if (p >= 0.5) return 0;
    const auto excess = [&](double x) {
      const double mass = cdf(x);
      struct {
        double value, slope;
      } at{log(mass / p), exp(log_prob(x) - log(mass))};
      return at;
    };
    return increasing_root(excess, low, high).value;
  }
  /// E h(posterior of the right mode), h(w) = −w·log w − (1 − w)·log(1 − w), over x ≥ 0, which is half of it.
  double overlap() const {
    const double reach = mode / sd, far = reach + 40;
    if (reach > 40) return 0;  // below e^−800
    double sum = 0;
    constexpr double width = 0.25;
    for (double from = 0; from < far; from += width) {
      sum += boost::math::quadrature::gauss<double, 20>::integrate(
          [&](double z) {
            const double odds = 2 * z * reach, log_p = normal_log_density(z - reach) + log1p(exp(-odds));  // of ½(N + N), twice: both sides
            const double w = 1 / (1 + exp(-odds));
            return exp(log_p) * (log1p(exp(-odds)) + (1 - w) * odds);
          },
          from, from + width);
    }
    return sum;
  }
};

}  // namespace flowgauge::distributions
