// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>
#include <flowgauge/error.hpp>

#include <algorithm>

namespace flowgauge::distributions {

/// log p(x) = −log(high − low) for low ≤ x ≤ high, −∞ outside
///
/// H = log(high − low)
/// ConfigError unless low < high.
struct Uniform {
  static constexpr std::string_view summary = "uniform: two hard edges and nothing between them";
  static constexpr std::string_view reference = "log p = -log(high - low), low <= x <= high; Johnson, Kotz & Balakrishnan 1995, ch. 26";

  double low = 0, high = 1;
  template <class V>
  void options(V& v) {
    v("low", low, -1e6, 1e6);
    v("high", high, -1e6, 1e6);
  }
  Uniform scaled(double b) const { return {b * low, b * high}; }
  Uniform shifted(double a) const { return {low + a, high + a}; }
  void prepare() const {
    if (!(low < high)) throw ConfigError("uniform: expected low < high; got low=" + number_text(low) + ", high=" + number_text(high));
  }

  template <Real T>
  T log_prob(T x) const {
    const Mask<T> outside = (x < T(low)) | (x > T(high));
    return select(outside, -Constants<T>::infinity(), T(0.0) * select(outside, T(0.0), x) - log(T(high) - T(low)));  // 0·x: a NaN stays one
  }
  double cdf(double x) const { return std::clamp((x - low) / (high - low), 0.0, 1.0); }
  double upper_cdf(double x) const { return std::clamp((high - x) / (high - low), 0.0, 1.0); }
  double quantile(double p) const { return std::min(low + (high - low) * p, high); }
  double upper_quantile(double p) const { return std::max(high - (high - low) * p, low); }

  Estimate entropy() const { return {log(high - low), 0}; }
  Moments moments() const { return {low + (high - low) / 2, (high - low) * (high - low) / 12}; }
  Marginal marginal() const { return {low, high, edge(power_tail(1)), edge(power_tail(1))}; }
  std::vector<double> kinks() const { return {low, high}; }
};

}  // namespace flowgauge::distributions
