// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/odd_extension.hpp>

namespace flowgauge {

/// y = a·x + b·x|x|, log f′ = log(a + 2b|x|), with a = 2⁻¹⁰ + softplus(slope) > 0, b = softplus(curve) ≥ 0. At first a = 1 and b = 0.018:
/// with b = 1 three of these in a stack send x = 3 to 24 492, and no training comes back from there.
struct Softsquare : OddExtension<Softsquare> {
  static constexpr std::string_view summary = "y = a x + b x|x|, log f' = log(a + 2 b|x|), a = 2^-10 + softplus(slope), b = softplus(curve)";
  static constexpr std::string_view hazard = "squares a tail: a power tail of index alpha becomes one of alpha/2; y overflows for |x| > 1e154";
  static constexpr std::string_view source = "austinjones/normalizing-flows, notebooks/flows.py (its inverse refers to an undefined name)";

  /// softplus(initial) = 1 − 2⁻¹⁰ and 0.018.
  std::vector<Block> parameters() const {
    return {{"slope", 1, Role::logits, 0.5397795161642632}, {"curve", 1, Role::logits, -4}};
  }
  Facts facts() const {
    return {.structure = Structure::diagonal, .increasing = true, .continuous_derivatives = 1, .growth = {Growth::Kind::power, 2}};
  }

  template <Real T>
  struct Shape {
    T slope, curve, of_slope, of_curve;  // of_…: slopes in the raw parameters
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return {T(0x1p-10) + softplus(p[0]), softplus(p[1]), sigmoid(p[0]), sigmoid(p[1])};
  }
  /// Far out the factor |x| is taken out of the logarithm: no curve makes it overflow.
  template <Real T>
  Mapped<T> positive(const Shape<T>& s, T a) const {
    const auto far = a > T(0x1p20);
    const T big = select(far, a, T(1.0)), rest = select(far, T(1.0), a);
    return {a * (s.slope + s.curve * a), log(big) + log(s.slope / big + T(2.0) * s.curve * rest)};
  }
  /// 2b/(slope + h), h = √(slope² + 4·curve·b) = f′ there: no difference. h = root·c·√((p/c)² + 4·(curve/c)·(near/c)) with b = root²·near,
  /// p = slope/root, c = max(p, 1): no square overflows.
  template <Real T>
  Mapped<T> positive_inverse(const Shape<T>& s, T b) const {
    const auto far = b > T(1.0);
    const T root = sqrt(select(far, b, T(1.0))), near = select(far, T(1.0), b);
    const T p = s.slope / root, c = max(p, T(1.0)), q = p / c;
    const T h = root * c * sqrt(q * q + T(4.0) * (s.curve / c) * (near / c));
    return {b / (T(0.5) * (s.slope + h)), -log(h)};
  }
  template <Real T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    const T a = abs(x), twice = s.curve + s.curve, steep = s.slope + twice * a, of_log = g.log_slope / steep;
    grad_x = g.value * steep + copysign(T(1.0), x) * twice * of_log;
    grad_p[0] += (g.value * x + of_log) * s.of_slope;
    grad_p[1] += a * s.of_curve * (g.value * x + of_log + of_log);  // a·x alone may be beyond every number
  }
};

}  // namespace flowgauge
