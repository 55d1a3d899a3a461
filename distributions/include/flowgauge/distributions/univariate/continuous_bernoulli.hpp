// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>

#include <algorithm>

namespace flowgauge::distributions {

/// log p(x) = t·x − log((eᵗ − 1)/t) for 0 ≤ x ≤ 1, −∞ outside, t = log(probability/(1 − probability))
///
/// The same as log C + x·log λ + (1 − x)·log(1 − λ), λ = probability, C its normaliser; uniform at λ = ½. Near ½ both parts of the
/// mean, 1/(1 − e⁻ᵗ) − 1/t, are large: there the series of Bernoulli numbers.
/// H = log((eᵗ − 1)/t) − t·mean
struct ContinuousBernoulli {
  static constexpr std::string_view summary = "an exponential tilt of the uniform distribution on [0, 1]: two edges of different height";
  static constexpr std::string_view reference =
      "log p = t x - log((e^t - 1)/t), 0 <= x <= 1, t = logit(probability); Loaiza-Ganem & Cunningham 2019, arXiv 1907.06845, eq. 7";
  static constexpr std::array<std::string_view, 1> specimens = {"continuous_bernoulli(probability=0.500000000001)"};

  double probability = 0.3;
  template <class V>
  void options(V& v) {
    v("probability", probability, 1e-6, 1 - 1e-6);
  }

  template <Real T>
  T log_prob(T x) const {
    const Mask<T> outside = (x < T(0.0)) | (x > T(1.0));
    const T t = tilt<T>();
    return select(outside, -Constants<T>::infinity(), t * select(outside, T(0.0), x) - log_normaliser(t));
  }
  double cdf(double x) const { return below(std::clamp(x, 0.0, 1.0), tilt<double>()); }
  double upper_cdf(double x) const { return below(std::clamp(1 - x, 0.0, 1.0), -tilt<double>()); }
  double quantile(double p) const { return place(p, tilt<double>()); }
  double upper_quantile(double p) const { return 1 - place(p, -tilt<double>()); }

  Estimate entropy() const { return {log_normaliser(tilt<double>()) - tilt<double>() * mean(), 0}; }
  Moments moments() const { return {mean(), variance()}; }
  Marginal marginal() const { return {0, 1, edge(power_tail(1)), edge(power_tail(1))}; }
  std::vector<double> kinks() const { return {0, 1}; }

 private:
  template <Real T>
  T tilt() const {
    return log(T(probability) / (T(1.0) - T(probability)));
  }
  /// log((eᵗ − 1)/t), 0 at t = 0.
  template <Real T>
  static T log_normaliser(T t) {
    const Mask<T> flat = abs(t) <= T(0.0);
    const T safe = select(flat, T(1.0), t);
    return select(flat, T(0.0), log(expm1(safe) / safe));
  }
  /// Mass below x under tilt t; that above it is this of the mirror image.
  static double below(double x, double t) { return t == 0 ? x : expm1(t * x) / expm1(t); }
  static double place(double p, double t) { return t == 0 ? p : std::clamp(log1p(p * expm1(t)) / t, 0.0, 1.0); }
  double mean() const {
    const double t = tilt<double>();
    return abs(t) < series_end ? 0.5 + t * series(t * t, 1, 0) : -1 / expm1(-t) - 1 / t;
  }
  /// The mean's derivative by t.
  double variance() const {
    const double t = tilt<double>();
    return abs(t) < series_end ? series(t * t, 1, 2) : 1 / (t * t) + 1 / (expm1(t) * expm1(-t));
  }
  static constexpr double series_end = 0.5;  ///< two digits of the variance cancel there, and the ninth term would be 1e-17
  /// Σ_k (first + step·k)·B_{2k+2}/(2k + 2)!·sᵏ.
  static double series(double s, double first, double step) {
    constexpr double terms[] = {1.0 / 12,         -1.0 / 720,         1.0 / 30240,       -1.0 / 1209600,
                                1.0 / 47900160,   -691.0 / 1307674368000, 1.0 / 74724249600, -3617.0 / 10670622842880000};
    double sum = 0;
    for (int k = 8; k-- > 0;) sum = sum * s + (first + step * k) * terms[k];
    return sum;
  }
};

}  // namespace flowgauge::distributions
