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

/// log p(x) = (a − 1)·log x + (b − 1)·log(1 − x) − log B(a, b) for 0 < x < 1, −∞ elsewhere
///
/// Written without the large terms that cancel: with n = a + b, a·(log(nx/a) − nx/a + 1) + b·(the same of 1 − x and b) − log x(1 − x) +
/// ½·log(ab/(2πn)) − δ(a) − δ(b) + δ(n), δ the error of Stirling's formula. H = log B(a, b) − (a − 1)·ψ(a) − (b − 1)·ψ(b) + (n − 2)·ψ(n). a or b
/// below 1 is a pole. b is at least ½: below, more than 1e-8 of the mass lies nearer to 1 than any double does. A pole at 0 has room.
struct Beta {
  static constexpr std::string_view summary = "beta: two edges, each a pole (below 1), a step (1) or a zero (above 1)";
  static constexpr std::string_view reference =
      "log p = (a - 1) log x + (b - 1) log(1 - x) - log B(a, b), 0 < x < 1; Johnson, Kotz & Balakrishnan 1995, ch. 25";
  static constexpr std::array<std::string_view, 2> specimens = {"beta(a=0.5, b=0.5)", "beta(a=100, b=30)"};

  double a = 2, b = 5;
  template <class V>
  void options(V& v) {
    v("a", a, 0.1, 1e4);
    v("b", b, 0.5, 1e4);
  }

  template <Real T>
  T log_prob(T x) const {
    const Mask<T> outside = (x <= T(0.0)) | (x >= T(1.0));
    const T inside = select(outside, T(0.5), x), rest = T(1.0) - inside;
    const T n = T(a) + T(b), log_x = log(inside), log_rest = log1p(-inside);
    const T normaliser =
        T(0.5) * log(T(a) * T(b) / n) - Constants<T>::half_log_two_pi() - stirling_error<T>(a) - stirling_error<T>(b) + stirling_error<T>(a + b);
    const T below = T(a) * log_less_linear(inside, log_x, T(a) / n), above = T(b) * log_less_linear(rest, log_rest, T(b) / n);
    return select(outside, -Constants<T>::infinity(), below + above - log_x - log_rest + normaliser);
  }
  double cdf(double x) const { return mass_below(std::clamp(x, 0.0, 1.0)); }
  double upper_cdf(double x) const {
    const double inside = std::clamp(x, 0.0, 1.0), below = mass_below(inside);
    if (below < 0.5) return 1 - below;  // boost goes by 1 − x, which has not all digits of x
    const double mass = boost::math::ibetac(a, b, inside);
    return mass > underflow ? mass : Beta{b, a}.mass_below(1 - inside);
  }
  double quantile(double p) const {
    const double x = p < 0.5 ? from_below(p) : from_above(1 - p);
    return x < 0.5 ? inside(x - (cdf(x) - p) / exp(log_prob(x))) : x;  // found as 1 − x, whose digits are not all of x's
  }
  double upper_quantile(double p) const {
    const double x = p < 0.5 ? from_above(p) : from_below(1 - p);
    return x < 0.5 ? inside(x + (upper_cdf(x) - p) / exp(log_prob(x))) : x;  // found by 1 − p, whose digits are not all of p's
  }

  /// u/(u + v) of two gamma numbers from draws that never meet.
  double sample(const RandomStream& stream, std::uint64_t row) const {
    const double u = gamma_variate(a, stream, row, 0), v = gamma_variate(b, stream, row, second_half);
    return inside(u / (u + v));
  }

  Estimate entropy() const {
    const double n = a + b;
    const double logs =
        0.5 * log(a) + 0.5 * log(b) - 1.5 * log(n) + stirling_error<double>(a) + stirling_error<double>(b) - stirling_error<double>(n);
    const double digammas = (a - 1) * log_less_digamma(a) + (b - 1) * log_less_digamma(b) - (n - 2) * log_less_digamma(n);
    return {Constants<double>::half_log_two_pi() + logs + digammas, 0};
  }
  Moments moments() const {
    const double n = a + b;
    return {a / n, a / n * (b / n) / (n + 1)};
  }
  Marginal marginal() const { return {0, 1, edge(power_tail(a)), edge(power_tail(b))}; }
  std::vector<double> kinks() const { return {0, 1}; }

 private:
  static constexpr double underflow = 1e-250;  ///< below, the parts of boost's incomplete beta function may underflow
  struct MassAt {
    double value, slope;
  };
  static constexpr std::uint32_t second_half = 1u << 31;
  /// Far in the lower tail x·(1 − x)·p(x)/a·Σ_n (a + b)_n/(a + 1)_n·xⁿ. source: Abramowitz & Stegun 1964, 26.5.4.
  double mass_below(double x) const {
    const double mass = boost::math::ibeta(a, b, x);
    if (mass > underflow || x <= 0 || x >= 1) return mass;
    double term = 1, sum = 1;
    for (int n = 0; n < 1000 && term > 1e-17 * sum; ++n) sum += term *= (a + b + n) / (a + 1 + n) * x;
    return exp(log_prob(x)) * x * (1 - x) / a * sum;
  }
  /// Inside (0, 1): the nearest double stands for what lies nearer to an end.
  static double inside(double x) { return std::clamp(x, std::numeric_limits<double>::denorm_min(), 1 - std::numeric_limits<double>::epsilon() / 2); }
  /// p ≤ ½. Near 0 the cdf is xᵃ/(a·B(a, b)); elsewhere the root in log x, by the logarithm of the mass, and one step in x.
  double from_below(double p) const {
    const double log_beta = Constants<double>::half_log_two_pi() + (a - 0.5) * log(a) + (b - 0.5) * log(b) - (a + b - 0.5) * log(a + b) +
                            stirling_error<double>(a) + stirling_error<double>(b) - stirling_error<double>(a + b);
    const double near = std::pow(p, 1 / a) * std::pow(a * exp(log_beta), 1 / a);  // apart: their product may underflow
    if (log_beta > -600 && near < 1e-22) return inside(near);                     // where B underflows, a and b are large and x is not small
    const auto excess = [&](double log_x) {
      const double x = inside(exp(log_x)), mass = cdf(x);
      return MassAt{log(mass / p), exp(log_prob(x) + log_x) / mass};
    };
    const double x = inside(exp(increasing_root(excess, -60.0, 0.0).value));
    return inside(x - (cdf(x) - p) / exp(log_prob(x)));
  }
  double from_above(double p) const {
    if (p > 0.25 && upper_cdf(0.5) < p) return from_below(1 - p);  // x below 0.5: 1 - x would lose its digits
    const Beta mirrored{b, a};
    return inside(1 - mirrored.from_below(p));
  }
};

}  // namespace flowgauge::distributions
