// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/odd_extension.hpp>

namespace flowgauge::verify::defects {

/// y = arsinh(e^p x) on [0, ∞) and odd: log(a + √(1 + a²)), log f′ = p − ½·log(1 + a²). Arithmetic mistakes; `none` is the healthy twin.
struct BadArsinh : OddExtension<BadArsinh> {
  static constexpr std::string_view summary = "arsinh with a planted defect";
  enum Defect {
    none,
    log_of_subtraction,  ///< W052: exact in exact arithmetic, and empty of digits for large x
    square_overflows,    ///< W061: √(1 + a²) as it stands, infinite from 1e154 on
    float_constant       ///< V06: log 2 as a float, in every number type
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "log_of_subtraction", "square_overflows", "float_constant"});
  }

  std::vector<Block> parameters() const { return {{"log_scale", 1, Role::log_scale}}; }
  Facts facts() const {
    return {.structure = Structure::diagonal, .increasing = true, .continuous_derivatives = 2, .growth = {Growth::Kind::logarithm}};
  }

  template <Real T>
  struct Shape {
    T log_scale, scale;
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return {p[0], exp(p[0])};
  }
  /// √(1 + a²) = big·√(1 + (small/big)²), big = max(1, a).
  template <class T>
  Mapped<T> positive(const Shape<T>& s, T x) const {
    const T a = s.scale * x, one(1.0);
    const auto far = a > one;
    const T ratio = select(far, one, a) / select(far, a, one), stretch = sqrt(one + ratio * ratio);
    const T root = select(far, a, one) * stretch;
    // arsinh a = log(1 + a + a²/(1 + √(1 + a²))), and log a + log(1 + √(1 + a⁻²)) far out.
    const T near_a = select(far, one, a);
    const T value = select(far, log(select(far, a, one)) + log(one + stretch), log1p(near_a + near_a * near_a / (one + sqrt(one + near_a * near_a))));
    const T log_root = select(far, log(select(far, a, one)), T(0.0)) + T(0.5) * log1p(ratio * ratio);
    Mapped<T> m{value, s.log_scale - log_root};
    if (defect == log_of_subtraction) {
      const T rest = root - a;  // 1/(root + a)
      m.log_slope = s.log_scale + log(rest / (one - a * rest));
    }
    if (defect == square_overflows) m = {log(a + sqrt(one + a * a)), s.log_scale - T(0.5) * log1p(a * a)};
    return m;
  }
  /// sinh b = (e^b − e^{−b})/2, log cosh b = b + log(1 + e^{−2b}) − log 2.
  template <class T>
  Mapped<T> positive_inverse(const Shape<T>& s, T b) const {
    const T e = expm1(b), log_two = defect == float_constant ? T(static_cast<double>(0.6931472f)) : Constants<T>::log_two();
    const T sinh = T(0.5) * (e + e / (e + T(1.0)));
    return {sinh / s.scale, b + log1p(exp(T(-2.0) * b)) - log_two - s.log_scale};
  }
};

}  // namespace flowgauge::verify::defects
