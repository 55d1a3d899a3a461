// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>

namespace flowgauge::distributions {

/// log p(x) = log rate − rate·x for x ≥ 0, −∞ below
///
/// H = 1 − log rate
struct Exponential {
  static constexpr std::string_view summary = "exponential: a hard edge at 0, a tail that falls like e^-x";
  static constexpr std::string_view reference = "log p = log rate - rate x, x >= 0; Johnson, Kotz & Balakrishnan 1994, ch. 19";

  double rate = 1;
  template <class V>
  void options(V& v) {
    v("rate", rate, 1e-6, 1e6);
  }
  Exponential scaled(double b) const { return {rate / b}; }

  template <Real T>
  T log_prob(T x) const {
    return select(x < T(0.0), -Constants<T>::infinity(), log(T(rate)) - T(rate) * x);
  }
  double cdf(double x) const { return x < 0 ? 0 : -expm1(-rate * x); }
  double upper_cdf(double x) const { return x < 0 ? 1 : exp(-rate * x); }
  double quantile(double p) const { return -log1p(-p) / rate; }
  double upper_quantile(double p) const { return -log(p) / rate; }

  Estimate entropy() const { return {1 - log(rate), 0}; }
  Moments moments() const { return {1 / rate, 1 / (rate * rate)}; }
  Marginal marginal() const { return {0, infinity, edge(power_tail(1)), stretched_tail(1, rate)}; }
  std::vector<double> kinks() const { return {0}; }
};

}  // namespace flowgauge::distributions
