// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>

namespace flowgauge::distributions {

/// log p(x) = −|z| − 2·log(1 + e^−|z|) − log scale, z = (x − location)/scale
///
/// H = 2 + log scale
struct Logistic {
  static constexpr std::string_view summary = "logistic: smooth, with tails that fall like e^-|x|; a sigmoid makes it uniform";
  static constexpr std::string_view reference =
      "log p = -|z| - 2 log(1 + e^-|z|) - log scale, z = (x - location)/scale; Johnson, Kotz & Balakrishnan 1995, ch. 23";

  double location = 0, scale = 1;
  template <class V>
  void options(V& v) {
    v("location", location, -1e6, 1e6);
    v("scale", scale, 1e-6, 1e6);
  }
  Logistic scaled(double b) const { return {b * location, b * scale}; }
  Logistic shifted(double a) const { return {location + a, scale}; }

  template <Real T>
  T log_prob(T x) const {
    const T a = abs(x - T(location)) / T(scale);
    return -a - T(2.0) * log1p(exp(-a)) - log(T(scale));
  }
  double cdf(double x) const { return sigmoid((x - location) / scale); }
  double upper_cdf(double x) const { return sigmoid((location - x) / scale); }
  double quantile(double p) const { return location + scale * standard_quantile(p); }
  double upper_quantile(double p) const { return location - scale * standard_quantile(p); }

  Estimate entropy() const { return {2 + log(scale), 0}; }
  Moments moments() const {
    const double pi = Constants<double>::pi();
    return {location, pi * pi * scale * scale / 3};
  }
  Marginal marginal() const {
    const TailClass tail = stretched_tail(1, 1 / scale);
    return {-infinity, infinity, tail, tail};
  }
  std::vector<double> kinks() const { return {}; }

 private:
  /// log(p/(1 − p)); near ½ by 2p − 1, which is exact.
  static double standard_quantile(double p) { return p > 0.25 && p < 0.75 ? log1p((2 * p - 1) / (1 - p)) : log(p / (1 - p)); }
};

}  // namespace flowgauge::distributions
