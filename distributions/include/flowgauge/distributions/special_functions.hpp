// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/normal_quantile.hpp>
#include <flowgauge/real.hpp>

#include <cmath>

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>

/// What normalisers and entropies are made of. Arguments that are options are doubles; results are in the precision of T.
namespace flowgauge::distributions {

/// δ(x) = log Γ(x) − [(x − ½)·log x − x + ½·log 2π], x > 0: what Stirling's formula lacks, about 1/(12x). Normalisers are written
/// with it, because the large terms of log Γ cancel in them.
///
/// In double: the series from 16, below it by log Γ. In more digits: the series at x + 1000, where ten terms are right to 1e-60, and back by
/// Γ(x + 1) = x·Γ(x). source: Abramowitz & Stegun 1964, 6.1.40.
template <Real T>
T stirling_error(double x) {
  // B_2k/(2k·(2k − 1)) as fractions, exact in every T.
  constexpr double over[] = {1, -1, 1, -1, 1, -691, 1, -3617, 43867, -174611};
  constexpr double under[] = {12, 360, 1260, 1680, 1188, 360360, 156, 122400, 244188, 125400};
  const auto series = [&](T at, int terms) {
    const T inverse_square = T(1.0) / (at * at);
    T sum = T(0.0);
    for (int k = terms; k-- > 0;) sum = sum * inverse_square + T(over[k]) / T(under[k]);
    return sum / at;
  };
  if (to_double(RealTraits<T>::epsilon()) > 1e-20) {
    if (x >= 16) return series(T(x), 8);
    return T(boost::math::lgamma(x) - ((x - 0.5) * std::log(x) - x + Constants<double>::half_log_two_pi()));
  }
  constexpr int shift = 1000;
  T product_of_logs = T(0.0), product = T(1.0);
  for (int i = 0; i < shift; ++i) {
    product = product * (T(x) + T(double(i)));
    if (i % 50 == 49) product_of_logs = product_of_logs + log(product), product = T(1.0);
  }
  const T far = T(x) + T(double(shift));
  const T log_gamma_far = (far - T(0.5)) * log(far) - far + series(far, 10);
  return log_gamma_far - product_of_logs - ((T(x) - T(0.5)) * log(T(x)) - T(x));
}

/// log Γ(x + ½) − log Γ(x), x > 0.
template <Real T>
T log_gamma_half_step(double x) {
  const T a = T(x);
  return a * log1p(T(0.5) / a) + T(0.5) * log(a) - T(0.5) + stirling_error<T>(x + 0.5) - stirling_error<T>(x);
}

/// log r − r + 1 for r = x/of: 0 and flat at 1. With log_x = log x, so that an x near 0 keeps its digits.
template <Real T>
T log_less_linear(T x, T log_x, T of) {
  const T excess = (x - of) / of;
  const Mask<T> near = x > T(0.5) * of;
  const T bounded = min(excess, T(1e300));  // an excess that overflows still wins against its logarithm
  return select(near, log1p(select(near, bounded, T(0.0))), log_x - log(of)) - excess;
}

/// log x − ψ(x), ψ the digamma function, x > 0: the series from 16, since the two cancel.
inline double log_less_digamma(double x) {
  if (x < 16) return std::log(x) - boost::math::digamma(x);
  constexpr double coefficients[] = {1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 5.0 / 660, -691.0 / 32760, 1.0 / 12};
  return 1 / (2 * x) + polynomial(coefficients, 1 / (x * x)) / (x * x);
}

/// log(e⁻ˣ·I₀(x)), x ≥ 0: the modified Bessel function, scaled so that it does not overflow.
///
/// A power series of positive terms up to −½·log ε + 2, the asymptotic one beyond: its smallest term is e^−2x < ε. source: Abramowitz & Stegun 1964,
/// 9.6.12, 9.7.1.
template <Real T>
T log_scaled_bessel_i0(T x) {
  const double digits = -std::log(to_double(RealTraits<T>::epsilon()));
  const double limit = 0.5 * digits + 2;
  const Mask<T> is_near = x < T(limit);
  const T near = select(is_near, x, T(1.0)), far = select(is_near, T(limit), x);

  const T quarter_square = T(0.25) * near * near;
  T term = T(1.0), sum = T(1.0);
  for (int k = 1; k < static_cast<int>(1.5 * digits) + 20; ++k) {
    term = term * quarter_square / T(double(k) * k);
    sum = sum + term;
  }
  T part = T(1.0), asymptotic = T(1.0);
  for (int k = 1; k < static_cast<int>(2 * limit); ++k) {
    part = part * (T((2.0 * k - 1) * (2.0 * k - 1)) / (T(8.0 * k) * far));
    asymptotic = asymptotic + part;
  }
  return select(is_near, log(sum) - near, log(asymptotic) - T(0.5) * log(far) - Constants<T>::half_log_two_pi());
}

}  // namespace flowgauge::distributions
