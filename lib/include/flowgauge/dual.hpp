// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/real.hpp>

#include <array>

namespace flowgauge {

/// A value and its derivatives along N directions, over any real T (a pack, double, 50 digits): the default backward of every formula, and exact
/// Jacobians for
/// the laws. Derivatives of select, abs, min, max and copysign are those of the branch taken; at a kink, of the side that the sign of zero names.
template <class T, int N>
struct Dual {
  T value;
  std::array<T, N> tangent;

  Dual() : Dual(0.0) {}
  explicit Dual(double x) : value(T(x)) { tangent.fill(T(0.0)); }
  Dual(const T& x, const std::array<T, N>& t) : value(x), tangent(t) {}
  static Dual constant(const T& x) {
    Dual r;
    r.value = x;
    return r;
  }
  /// x itself, moving along direction i at unit speed.
  static Dual variable(const T& x, int i) {
    Dual r = constant(x);
    r.tangent[i] = T(1.0);
    return r;
  }

  Dual operator-() const { return scaled(-value, T(-1.0)); }
  Dual& operator+=(const Dual& b) { return *this = *this + b; }
  Dual& operator-=(const Dual& b) { return *this = *this - b; }
  Dual& operator*=(const Dual& b) { return *this = *this * b; }
  Dual& operator/=(const Dual& b) { return *this = *this / b; }

  /// (f, f′·tangent): the chain rule for a function of one number.
  Dual scaled(const T& f, const T& slope) const {
    Dual r = constant(f);
    for (int i = 0; i < N; ++i) r.tangent[i] = slope * tangent[i];
    return r;
  }
  friend Dual operator+(const Dual& a, const Dual& b) {
    Dual r = constant(a.value + b.value);
    for (int i = 0; i < N; ++i) r.tangent[i] = a.tangent[i] + b.tangent[i];
    return r;
  }
  friend Dual operator-(const Dual& a, const Dual& b) {
    Dual r = constant(a.value - b.value);
    for (int i = 0; i < N; ++i) r.tangent[i] = a.tangent[i] - b.tangent[i];
    return r;
  }
  friend Dual operator*(const Dual& a, const Dual& b) {
    Dual r = constant(a.value * b.value);
    for (int i = 0; i < N; ++i) r.tangent[i] = mul_add(a.tangent[i], b.value, a.value * b.tangent[i]);
    return r;
  }
  friend Dual operator/(const Dual& a, const Dual& b) {
    const T reciprocal = T(1.0) / b.value;
    const T quotient = a.value / b.value;
    Dual r = constant(quotient);
    for (int i = 0; i < N; ++i) r.tangent[i] = (a.tangent[i] - quotient * b.tangent[i]) * reciprocal;
    return r;
  }
  friend auto operator<(const Dual& a, const Dual& b) { return a.value < b.value; }
  friend auto operator<=(const Dual& a, const Dual& b) { return a.value <= b.value; }
  friend auto operator>(const Dual& a, const Dual& b) { return a.value > b.value; }
  friend auto operator>=(const Dual& a, const Dual& b) { return a.value >= b.value; }
  friend auto operator==(const Dual& a, const Dual& b) { return a.value == b.value; }
  friend auto operator!=(const Dual& a, const Dual& b) { return a.value != b.value; }
};

template <class T, int N>
struct RealTraits<Dual<T, N>> {
  using Scalar = typename RealTraits<T>::Scalar;
  using Mask = typename RealTraits<T>::Mask;
  static constexpr int width = RealTraits<T>::width;
  static auto epsilon() { return RealTraits<T>::epsilon(); }
};

template <class T, int N>
struct Constants<Dual<T, N>> {
  using D = Dual<T, N>;
  static D pi() { return D::constant(Constants<T>::pi()); }
  static D log_two() { return D::constant(Constants<T>::log_two()); }
  static D half_log_two_pi() { return D::constant(Constants<T>::half_log_two_pi()); }
  static D sqrt_two() { return D::constant(Constants<T>::sqrt_two()); }
  static D not_a_number() { return D::constant(Constants<T>::not_a_number()); }
  static D infinity() { return D::constant(Constants<T>::infinity()); }
};

template <class M, class T, int N>
Dual<T, N> select(const M& m, const Dual<T, N>& a, const Dual<T, N>& b) {
  Dual<T, N> r = Dual<T, N>::constant(select(m, a.value, b.value));
  for (int i = 0; i < N; ++i) r.tangent[i] = select(m, a.tangent[i], b.tangent[i]);
  return r;
}
template <class T, int N>
Dual<T, N> exp(const Dual<T, N>& x) {
  const T e = exp(x.value);
  return x.scaled(e, e);
}
template <class T, int N>
Dual<T, N> expm1(const Dual<T, N>& x) {
  return x.scaled(expm1(x.value), exp(x.value));
}
template <class T, int N>
Dual<T, N> log(const Dual<T, N>& x) {
  return x.scaled(log(x.value), T(1.0) / x.value);
}
template <class T, int N>
Dual<T, N> log1p(const Dual<T, N>& x) {
  return x.scaled(log1p(x.value), T(1.0) / (T(1.0) + x.value));
}
template <class T, int N>
Dual<T, N> sqrt(const Dual<T, N>& x) {
  const T root = sqrt(x.value);
  return x.scaled(root, T(0.5) / root);
}
template <class T, int N>
Dual<T, N> tanh(const Dual<T, N>& x) {
  return x.scaled(tanh(x.value), sech_squared(x.value));
}
/// erf′ = 2/√π·e^{−x²}; 2/√π through log π keeps one constant of T.
template <class T, int N>
Dual<T, N> erf(const Dual<T, N>& x) {
  return x.scaled(erf(x.value), T(2.0) / sqrt(Constants<T>::pi()) * exp(-x.value * x.value));
}
template <class T, int N>
Dual<T, N> erfc(const Dual<T, N>& x) {
  return x.scaled(erfc(x.value), T(-2.0) / sqrt(Constants<T>::pi()) * exp(-x.value * x.value));
}
template <class T, int N>
Dual<T, N> abs(const Dual<T, N>& x) {
  return x.scaled(abs(x.value), copysign(T(1.0), x.value));
}
/// Constant in `sign`; where the signs of the two differ the result is −magnitude.
template <class T, int N>
Dual<T, N> copysign(const Dual<T, N>& magnitude, const Dual<T, N>& sign) {
  return magnitude.scaled(copysign(magnitude.value, sign.value), copysign(T(1.0), magnitude.value) * copysign(T(1.0), sign.value));
}
/// NaN if either is NaN; the first of two equals.
template <class T, int N>
Dual<T, N> min(const Dual<T, N>& a, const Dual<T, N>& b) {
  return select(a.value != a.value, a, select(a.value <= b.value, a, b));
}
template <class T, int N>
Dual<T, N> max(const Dual<T, N>& a, const Dual<T, N>& b) {
  return select(a.value != a.value, a, select(a.value >= b.value, a, b));
}
template <class T, int N>
Dual<T, N> mul_add(const Dual<T, N>& a, const Dual<T, N>& b, const Dual<T, N>& c) {
  return a * b + c;
}
template <class T, int N>
Dual<T, N> detach(const Dual<T, N>& x) {
  return Dual<T, N>::constant(x.value);
}
template <class T, int N>
double to_double(const Dual<T, N>& x) {
  return to_double(x.value);
}
template <class T, int N>
  requires(RealTraits<T>::width > 1)
auto sum(const Dual<T, N>& x) = delete;

}  // namespace flowgauge
