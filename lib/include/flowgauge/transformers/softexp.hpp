// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/odd_extension.hpp>

namespace flowgauge {

/// y = sign(x)·(a^{|x|} − 1), log f′ = r|x| + log r, with r = log a = 2⁻¹⁰ + softplus(rate) > 0; a = e at first.
struct Softexp : OddExtension<Softexp> {
  static constexpr std::string_view summary = "y = sign(x) (a^|x| - 1), log f' = |x| log a + log log a, log a = 2^-10 + softplus(rate)";
  static constexpr std::string_view hazard = "y overflows for |x| log a > 709 in double, 88 in float; an exponential tail becomes a power tail";
  static constexpr std::string_view source = "austinjones/normalizing-flows, notebooks/flows.py (there with a clamped at 1.1)";

  /// softplus(initial) = 1 − 2⁻¹⁰.
  std::vector<Block> parameters() const { return {{"rate", 1, Role::logits, 0.5397795161642632}}; }
  Facts facts() const {
    return {.structure = Structure::diagonal,
            .increasing = true,
            .continuous_derivatives = 1,
            .growth = {Growth::Kind::exponential, Growth::of_parameters}};
  }

  template <Real T>
  struct Shape {
    T rate, log_rate, slope;  // slope: of r in the raw parameter
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    const T rate = T(0x1p-10) + softplus(p[0]);
    return {rate, log(rate), sigmoid(p[0])};
  }
  template <Real T>
  Mapped<T> positive(const Shape<T>& s, T a) const {
    const T t = s.rate * a;
    return {expm1(t), t + s.log_rate};
  }
  template <Real T>
  Mapped<T> positive_inverse(const Shape<T>& s, T b) const {
    const T t = log1p(b);
    return {t / s.rate, -t - s.log_rate};
  }
  template <Real T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    const T a = abs(x), e = exp(s.rate * a);
    grad_x = s.rate * (g.value * e + copysign(T(1.0), x) * g.log_slope);
    grad_p[0] += (g.value * e * x + g.log_slope * (a + T(1.0) / s.rate)) * s.slope;
  }
};

}  // namespace flowgauge
