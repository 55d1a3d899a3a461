// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/gamma_variate.hpp>
#include <flowgauge/distributions/source.hpp>
#include <flowgauge/distributions/special_functions.hpp>
#include <flowgauge/root.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/special_functions/beta.hpp>

namespace flowgauge::distributions {

/// log p(x) = log Γ((ν + 1)/2) − log Γ(ν/2) − ½·log(νπ) − log scale − (ν + 1)/2·log(1 + z²/ν), z = (x − location)/scale, ν = nu
///
/// Written with g = scale·√ν and larger = max(|x − location|, g), so that nothing overflows: the last term is −(ν + 1)·log(larger/g) − (ν +
/// 1)/2·log(1 + (smaller/larger)²). H = (ν + 1)/2·[ψ((ν + 1)/2) − ψ(ν/2)] + log(√ν·B(ν/2, ½)) + log scale. Mean for ν > 1, variance for ν > 2: the KL
/// under linear tails is finite for ν > 2.
struct StudentT {
  static constexpr std::string_view summary = "Student's t: power tails of index nu, between Cauchy (1) and normal (infinity)";
  static constexpr std::string_view reference =
      "log p = log Gamma((nu + 1)/2) - log Gamma(nu/2) - log(nu pi)/2 - log scale - (nu + 1)/2 log(1 + z^2/nu), z = (x - location)/scale; Student "
      "1908";
  static constexpr std::array<std::string_view, 2> specimens = {"student_t(nu=0.5)", "student_t(nu=30)"};

  double nu = 3, location = 0, scale = 1;
  template <class V>
  void options(V& v) {
    v("nu", nu, 0.1, 1e4);
    v("location", location, -1e6, 1e6);
    v("scale", scale, 1e-6, 1e6);
  }
  StudentT scaled(double b) const { return {nu, b * location, b * scale}; }
  StudentT shifted(double a) const { return {nu, location + a, scale}; }

  template <Real T>
  T log_prob(T x) const {
    const T a = abs(x - T(location)), g = T(scale) * sqrt(T(nu)), half = T(0.5) * (T(nu) + T(1.0));
    const T larger = max(a, g), ratio = min(a, g) / larger;
    const T log_p = log_gamma_half_step<T>(nu / 2) - T(0.5) * log(T(nu) * Constants<T>::pi()) - log(T(scale));
    const T times = larger / g;
    const T log_times = select(times < Constants<T>::infinity(), log(times), log(larger) - log(g));
    return log_p - T(2.0) * half * log_times - half * log1p(ratio * ratio);
  }
  double cdf(double x) const { return x < location ? tail(location - x) : 1 - tail(x - location); }
  double upper_cdf(double x) const { return x > location ? tail(x - location) : 1 - tail(location - x); }
  double quantile(double p) const { return p < 0.5 ? moved(-tail_quantile(p)) : moved(tail_quantile(1 - p)); }
  double upper_quantile(double p) const { return p < 0.5 ? moved(tail_quantile(p)) : moved(-tail_quantile(1 - p)); }

  /// z·√(ν/χ²), χ² = 2·gamma(ν/2).
  double sample(const RandomStream& stream, std::uint64_t row) const {
    return moved(stream.normal(row, 0) * sqrt(nu / 2 / gamma_variate(nu / 2, stream, row, 1)));
  }

  Estimate entropy() const {
    const double a = nu / 2, digamma_step = log1p(0.5 / a) - log_less_digamma(a + 0.5) + log_less_digamma(a);
    const double log_beta = 0.5 * log(Constants<double>::pi()) - log_gamma_half_step<double>(a);
    return {(a + 0.5) * digamma_step + 0.5 * log(nu) + log_beta + log(scale), 0};
  }
  Moments moments() const {
    Moments m;
    if (nu > 1) m.mean = location;
    if (nu > 2) m.variance = scale * scale * nu / (nu - 2);
    return m;
  }
  Marginal marginal() const { return {-infinity, infinity, power_tail(nu), power_tail(nu)}; }
  std::vector<double> kinks() const { return {}; }

 private:
  struct MassAt {
    double value, slope;
  };
  static constexpr double far = 1e9;  ///< from z = far·√ν on, the tail is its leading power to the last bit

  /// location + scale·z; the largest double stands for what lies beyond it.
  double moved(double z) const {
    const double largest = std::numeric_limits<double>::max();
    return std::clamp(location + scale * z, -largest, largest);
  }
  double standard_log_density(double z) const { return StudentT{nu, 0, 1}.log_prob(z); }
  /// P(Z > z) ≈ coefficient·(z/√ν)^−ν.
  double coefficient() const { return exp(log_gamma_half_step<double>(nu / 2)) / (nu * sqrt(Constants<double>::pi())); }
  /// P(|x − location| > distance)/2: half the mass of beta(ν/2, ½) below ν/(ν + z²), from the side that does not cancel.
  double tail(double distance) const {
    const double g = scale * sqrt(nu), r = distance / g;
    if (std::isinf(distance)) return 0;
    if (std::isinf(r)) return coefficient() * std::pow(distance, -nu) * std::pow(g, nu);
    if (r > far) return coefficient() * std::pow(r, -nu);
    const double square = r * r;
    return square > 1 ? 0.5 * boost::math::ibeta(nu / 2, 0.5, 1 / (1 + square)) : 0.5 * boost::math::ibetac(0.5, nu / 2, square / (1 + square));
  }
  /// z ≥ 0 with P(Z > z) = p, p ≤ ½.
  double tail_quantile(double p) const {
    if (p >= 0.5) return 0;
    const double c = coefficient(), r = std::pow(p / c, -1 / nu);
    if (r > far) return sqrt(nu) * (std::isinf(r) ? r : r + r * (c * std::pow(r, -nu) / p - 1) / nu);  // one step: 1/ν is rounded
    // In asinh z, by the logarithm of the mass; then one step in z, which asinh has made coarse.
    const auto excess = [&](double u) {
      const double z = std::sinh(u), mass = tail(scale * z);
      return MassAt{log(p / mass), exp(standard_log_density(z)) * std::cosh(u) / mass};
    };
    const double z = std::sinh(increasing_root(excess, 0.0, std::asinh(2 * far * sqrt(nu))).value);
    return std::max(z + (tail(scale * z) - p) / exp(standard_log_density(z)), 0.0);
  }
};

}  // namespace flowgauge::distributions
