// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>
#include <flowgauge/distributions/special_functions.hpp>
#include <flowgauge/random.hpp>

#include <algorithm>
#include <cmath>

#include <boost/math/quadrature/gauss.hpp>

namespace flowgauge::distributions {

/// A point on one of two circles about 0, chosen with probability ½, plus N(0, sigma²·I):
/// p(x) = ½·Σ_R exp(−(r − R)²/2sigma²)·e^−κ·I₀(κ)/(2π·sigma²), r = |x|, κ = r·R/sigma²
///
/// H by Gauss–Legendre quadrature in r.
struct Circles {
  static constexpr std::string_view summary = "two blurred circles about one centre: a hole that no smooth map makes";
  static constexpr std::string_view reference =
      "p = (1/2) sum_R exp(-(r - R)^2/(2 s^2)) i0e(r R/s^2)/(2 pi s^2); the circles of Grathwohl et al. 2018, FFJORD, arXiv 1810.01367";
  static constexpr std::array<std::string_view, 1> specimens = {"circles(outer=1, inner=0, sigma=0.2)"};

  double outer = 3, inner = 1.5, sigma = 0.24;
  template <class V>
  void options(V& v) {
    v("outer", outer, 0, 1e3);
    v("inner", inner, 0, 1e3);
    v("sigma", sigma, 1e-3, 1e3);
  }
  Circles scaled(double b) const { return {b * outer, b * inner, b * sigma}; }

  int dim() const { return 2; }
  bool independent() const { return false; }

  template <Real T>
  T log_prob(std::span<const T> x) const {
    const T larger = max(abs(x[0]), abs(x[1])), smaller = min(abs(x[0]), abs(x[1]));
    const T ratio = smaller / select(larger > T(0.0), larger, T(1.0));
    return log_density_at(larger * sqrt(T(1.0) + ratio * ratio));
  }
  void sample(const RandomStream& stream, std::uint64_t row, std::span<double> x) const {
    const double radius = stream.uniform(row, 0) < 0.5 ? outer : inner, angle = 2 * Constants<double>::pi() * stream.uniform(row, 1);
    x[0] = radius * std::cos(angle) + sigma * stream.normal(row, 2);
    x[1] = radius * std::sin(angle) + sigma * stream.normal(row, 3);
  }

  std::optional<Estimate> entropy() const {
    double sum = 0;
    const double width = sigma / 2, reach = 12 * sigma;
    const auto near = [&](double r, double radius) { return r > radius - reach && r < radius + reach; };
    for (double from = 0; from < std::max(outer, inner) + reach; from += width) {
      if (!near(from, outer) && !near(from, inner)) continue;
      sum += boost::math::quadrature::gauss<double, 20>::integrate(
          [&](double r) {
            const double log_p = log_density_at(r);
            return -2 * Constants<double>::pi() * r * log_p * exp(log_p);
          },
          from, from + width);
    }
    return Estimate{sum, 0};
  }
  Marginal marginal(int) const {
    const TailClass tail = stretched_tail(2, 0.5 / (sigma * sigma));
    return {-infinity, infinity, tail, tail};
  }
  std::optional<std::vector<double>> mean() const { return std::vector<double>{0, 0}; }
  std::optional<std::vector<double>> covariance() const {
    const double variance = (outer * outer + inner * inner) / 4 + sigma * sigma;
    return std::vector<double>{variance, 0, 0, variance};
  }

 private:
  template <Real T>
  T log_density_at(T r) const {
    const T a = log_ring(r, T(outer)), b = log_ring(r, T(inner)), larger = max(a, b);
    const T shift = select(larger > -Constants<T>::infinity(), larger, T(0.0));
    return shift + log(exp(a - shift) + exp(b - shift)) - Constants<T>::log_two();
  }
  template <Real T>
  T log_ring(T r, T radius) const {
    const T s = T(sigma), z = (r - radius) / s;
    return T(-0.5) * z * z + log_scaled_bessel_i0(min(r / s, T(1e300)) * (radius / s)) - T(2.0) * (Constants<T>::half_log_two_pi() + log(s));
  }
};

}  // namespace flowgauge::distributions
