// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/dual.hpp>
#include <flowgauge/real.hpp>

#include <cstddef>

namespace flowgauge {

/// Σ c_k·xᵏ, Horner's order.
template <Real T, std::size_t K>
T polynomial(const double (&coefficients)[K], T x) {
  T sum = T(coefficients[K - 1]);
  for (std::size_t k = K - 1; k-- > 0;) sum = mul_add(sum, x, T(coefficients[k]));
  return sum;
}

/// Φ⁻¹(p): the x with normal_cdf(x) = p; −∞ at 0, ∞ at 1, NaN outside [0, 1].
///
/// Three rational approximations of degree 7/7, relative error about 1e-16: in q = p − ½ for |q| ≤ 0.425, else in r = √(−log min(p, 1 −
/// p)), up to r = 5 and
/// beyond. Near p = 1 the spacing of p itself is the limit: take −normal_quantile(1 − p) where 1 − p is what is known.
/// source: Wichura 1988, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37(3), PPND16.
template <Real T>
T normal_quantile(T p) {
  constexpr double central_over[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
                                     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
  constexpr double central_under[] = {1.0,                     4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
                                      2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3};
  constexpr double tail_over[] = {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,  3.64784832476320460504e0,
                                  1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr double tail_under[] = {1.0,                       2.05319162663775882187e0,  1.67638483018380384940e0,  6.89767334985100004550e-1,
                                   1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9};
  constexpr double far_over[] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,  2.96560571828504891230e-1,
                                 2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr double far_under[] = {1.0,                       5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
                                  7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15};
  const T q = p - T(0.5);
  const T from_centre = T(0.180625) - q * q;
  const T central = q * polynomial(central_over, from_centre) / polynomial(central_under, from_centre);

  const T r = sqrt(-log(select(q <= T(0.0), p, T(1.0) - p)));
  const T near = r - T(1.6);
  const T far = r - T(5.0);
  const T tail =
      select(r <= T(5.0), polynomial(tail_over, near) / polynomial(tail_under, near), polynomial(far_over, far) / polynomial(far_under, far));

  const T x = select(abs(q) <= T(0.425), central, copysign(tail, q));  // outside [0, 1] the logarithm has already made a NaN
  const T infinite = Constants<T>::infinity();
  return select(p == T(0.0), -infinite, select(p == T(1.0), infinite, x));
}

/// dΦ⁻¹/dp = 1/φ(Φ⁻¹(p)).
template <class T, int N>
Dual<T, N> normal_quantile(const Dual<T, N>& p) {
  const T x = normal_quantile(p.value);
  return p.scaled(x, exp(-normal_log_density(x)));
}

}  // namespace flowgauge
