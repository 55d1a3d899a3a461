// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/odd_extension.hpp>

namespace flowgauge {

/// y = sign(x)·log(1 + k|x|), log f′ = log k − log(1 + k|x|); k = 1, or k = exp(log_steepness) with steepness=trained.
struct Softlog : OddExtension<Softlog> {
  static constexpr std::string_view summary = "y = sign(x) log(1 + k|x|), log f' = log k - log(1 + k|x|); turns a power tail into an exponential one";
  static constexpr std::string_view hazard = "the inverse overflows for |y| > 709 in double, 88 in float";
  static constexpr std::string_view source = "austinjones/normalizing-flows, notebooks/flows.py (k = 1)";
  int steepness = 0;
  template <class V>
  void options(V& v) {
    v("steepness", steepness, {"one", "trained"});
  }

  std::vector<Block> parameters() const {
    if (steepness == 0) return {};
    return {{"log_steepness", 1, Role::log_scale}};
  }
  Facts facts() const {
    return {.structure = Structure::diagonal, .increasing = true, .continuous_derivatives = 1, .growth = {Growth::Kind::logarithm}};
  }

  template <Real T>
  struct Shape {
    T log_k, k;
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    if (p.empty()) return {T(0.0), T(1.0)};
    return {p[0], exp(p[0])};
  }
  template <Real T>
  Mapped<T> positive(const Shape<T>& s, T a) const {
    const T l = log1p(s.k * a);
    return {l, s.log_k - l};
  }
  template <Real T>
  Mapped<T> positive_inverse(const Shape<T>& s, T b) const {
    return {expm1(b) / s.k, b - s.log_k};
  }
  template <Real T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    const T a = s.k * abs(x), r = T(1.0) / (T(1.0) + a);
    grad_x = s.k * r * (g.value - copysign(T(1.0), x) * g.log_slope);
    if (!grad_p.empty()) grad_p[0] += r * (g.value * copysign(a, x) + g.log_slope);
  }
};

}  // namespace flowgauge
