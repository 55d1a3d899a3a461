// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/gamma_variate.hpp>
#include <flowgauge/distributions/source.hpp>
#include <flowgauge/distributions/special_functions.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace flowgauge::distributions {

/// log p(x) = (k − 1)·log u − u − log Γ(k) − log scale for x > 0, −∞ elsewhere, u = x/scale, k = shape
///
/// Written without the large terms that cancel: k·(log(u/k) − u/k + 1) − log x + ½·log(k/2π) − δ(k), δ the error of Stirling's formula.
/// H = k + log scale + log Γ(k) + (1 − k)·ψ(k). For k < 1 the density has a pole at 0.
struct Gamma {
  static constexpr std::string_view summary = "gamma: an edge that is a pole (shape < 1), a step (1) or a zero (> 1), and a tail like e^-x";
  static constexpr std::string_view reference =
      "log p = (shape - 1) log u - u - log Gamma(shape) - log scale, u = x/scale > 0; Johnson, Kotz & Balakrishnan 1994, ch. 17";
  static constexpr std::array<std::string_view, 2> specimens = {"gamma(shape=0.5)", "gamma(shape=100)"};

  double shape = 2, scale = 1;
  template <class V>
  void options(V& v) {
    v("shape", shape, 0.1, 1e4);
    v("scale", scale, 1e-6, 1e6);
  }
  Gamma scaled(double b) const { return {shape, b * scale}; }

  template <Real T>
  T log_prob(T x) const {
    const Mask<T> outside = x <= T(0.0);
    const T inside = select(outside, T(1.0), x), k = T(shape);
    const T normaliser = T(0.5) * log(k) - Constants<T>::half_log_two_pi() - stirling_error<T>(shape);
    const T log_x = log(inside);
    return select(outside, -Constants<T>::infinity(), k * log_less_linear(inside, log_x, k * T(scale)) - log_x + normaliser);
  }
  double cdf(double x) const {
    if (x <= 0 || vanishes(x)) return 0;
    return std::isinf(x) ? 1 : boost::math::gamma_p(shape, x / scale);
  }
  double upper_cdf(double x) const {
    if (x <= 0 || vanishes(x)) return 1;
    return std::isinf(x) ? 0 : boost::math::gamma_q(shape, x / scale);
  }
  double quantile(double p) const { return p < 0.5 ? from_below(p) : from_above(1 - p); }
  double upper_quantile(double p) const { return p < 0.5 ? from_above(p) : from_below(1 - p); }

  double sample(const RandomStream& stream, std::uint64_t row) const {
    return std::max(scale * gamma_variate(shape, stream, row, 0), std::numeric_limits<double>::denorm_min());
  }

  Estimate entropy() const {
    const double k = shape;
    return {Constants<double>::half_log_two_pi() + stirling_error<double>(k) + 0.5 * log(k) + (k - 1) * log_less_digamma(k) + log(scale), 0};
  }
  Moments moments() const { return {shape * scale, shape * scale * scale}; }
  Marginal marginal() const { return {0, infinity, edge(power_tail(shape)), stretched_tail(1, 1 / scale)}; }
  std::vector<double> kinks() const { return {0}; }

 private:
  /// Whether the mass below x > 0, at most (x/scale)^shape/shape!, is below every double; boost divides by Γ(shape + 1), which may be above.
  bool vanishes(double x) const { return shape > 100 && x < 1e-3 * scale; }
  /// Near 0 the cdf is (x/scale)^shape/Γ(shape + 1); the smallest double stands for what lies below it.
  double from_below(double p) const {
    const double near = std::pow(p * boost::math::tgamma(std::min(shape, 100.0) + 1), 1 / shape);
    if (shape < 100 && near < 1e-20) return std::max(scale * near, std::numeric_limits<double>::denorm_min());
    return scale * boost::math::gamma_p_inv(shape, p);
  }
  double from_above(double p) const { return scale * boost::math::gamma_q_inv(shape, p); }
};

}  // namespace flowgauge::distributions
