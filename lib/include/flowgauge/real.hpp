// SPDX-License-Identifier: MIT
#pragma once
#include <cmath>
#include <concepts>
#include <limits>

/// The vocabulary of formulas. A formula is written once, for one number of a generic real type T, and is called with float, double, packs of them,
/// duals over any
/// T, 50-digit numbers and randomly rounded doubles. The vocabulary is closed: arithmetic, comparisons that give a mask, select, and the functions
/// below.
/// There is no `if` on a value: `select` evaluates both sides, so both must be finite wherever a derivative is taken.
namespace flowgauge {

/// What every real says of itself. `Scalar` is the plain number behind it, `Mask` what a comparison gives.
template <class T>
struct RealTraits;

template <std::floating_point T>
struct RealTraits<T> {
  using Scalar = T;
  using Mask = bool;
  static constexpr int width = 1;
  static constexpr T epsilon() { return std::numeric_limits<T>::epsilon(); }  ///< spacing at 1
};

template <class T>
using Mask = typename RealTraits<T>::Mask;

template <class S>
concept Native = std::same_as<S, float> || std::same_as<S, double>;

// Functions of the vocabulary for single numbers: the C library's.
#define FLOWGAUGE_SCALAR_FUNCTION(name) \
  inline float name(float x) { return std::name(x); } \
  inline double name(double x) { return std::name(x); }
FLOWGAUGE_SCALAR_FUNCTION(exp)
FLOWGAUGE_SCALAR_FUNCTION(log)
FLOWGAUGE_SCALAR_FUNCTION(log1p)
FLOWGAUGE_SCALAR_FUNCTION(expm1)
FLOWGAUGE_SCALAR_FUNCTION(sqrt)
FLOWGAUGE_SCALAR_FUNCTION(tanh)
FLOWGAUGE_SCALAR_FUNCTION(erf)
FLOWGAUGE_SCALAR_FUNCTION(erfc)
FLOWGAUGE_SCALAR_FUNCTION(abs)
#undef FLOWGAUGE_SCALAR_FUNCTION

template <std::floating_point T>
T copysign(T magnitude, T sign) {
  return std::copysign(magnitude, sign);
}
/// NaN if either is NaN: a minimum that loses a NaN would hide it.
template <std::floating_point T>
T min(T a, T b) {
  return a < b || a != a ? a : b;
}
template <std::floating_point T>
T max(T a, T b) {
  return a > b || a != a ? a : b;
}
template <std::floating_point T>
T select(bool m, T a, T b) {
  return m ? a : b;
}
/// a·b + c, rounded once or twice: speed only. Formulas use it in long sums, never to win accuracy.
template <std::floating_point T>
T mul_add(T a, T b, T c) {
  return a * b + c;
}
inline bool any(bool m) { return m; }
inline bool all(bool m) { return m; }
/// The same number without its derivatives: a dual becomes a constant, all others stay.
template <std::floating_point T>
T detach(T x) {
  return x;
}
template <std::floating_point T>
double to_double(T x) {
  return x;
}

/// Constants in the full precision of T. Specialised by each real that is wider than double.
template <class T>
struct Constants {
  static T pi() { return T(3.14159265358979323846); }
  static T log_two() { return T(0.693147180559945309417); }
  static T half_log_two_pi() { return T(0.918938533204672741780); }  ///< ½·log 2π
  static T sqrt_two() { return T(1.41421356237309504880); }
  static T not_a_number() { return T(std::numeric_limits<double>::quiet_NaN()); }
  static T infinity() { return T(std::numeric_limits<double>::infinity()); }
};

template <class T>
concept Real = requires(T a, Mask<T> m) {
  T(0.5);
  a + a, a - a, a* a, a / a, -a;
  a < a, a <= a, a > a, a >= a;
  select(m, a, a);
};

/// log(1 + eˣ) without overflow: max(x, 0) + log1p(e^{−|x|}).
template <Real T>
T softplus(T x) {
  return max(x, T(0.0)) + log1p(exp(-abs(x)));
}
/// 1/(1 + e^{−x}), each side by the exponential that cannot overflow. The side goes by the sign, that of zero too: so does the derivative of |x|.
template <Real T>
T sigmoid(T x) {
  const T e = exp(-abs(x));
  return select(copysign(T(1.0), x) > T(0.0), T(1.0), e) / (T(1.0) + e);
}
/// 1 − tanh²x = 4e/(1 + e)², e = e^{−2|x|}: no subtraction, right where tanh rounds to 1.
template <Real T>
T sech_squared(T x) {
  const T e = exp(T(-2.0) * abs(x));
  const T one_plus = T(1.0) + e;
  return T(4.0) * e / (one_plus * one_plus);
}
/// Φ(x) = ½·erfc(−x/√2).
template <Real T>
T normal_cdf(T x) {
  return T(0.5) * erfc(-x / Constants<T>::sqrt_two());
}
/// log N(x; 0, 1) in nats.
template <Real T>
T normal_log_density(T x) {
  return T(-0.5) * x * x - Constants<T>::half_log_two_pi();
}

}  // namespace flowgauge
