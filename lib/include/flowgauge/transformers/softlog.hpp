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
  /// Where k·a could overflow, log(1 + k·a) = t + log1p(e^{−t}) with t = log k + log a.
  template <Real T>
  Mapped<T> positive(const Shape<T>& s, T a) const {
    if (steepness == 0) {
      const T l = log1p(a);
      return {l, -l};
    }
    const auto finite = s.k < Constants<T>::infinity();
    const T product = select(finite, s.k, T(1.0)) * a, log_a = log(a), t = s.log_k + log_a;
    const auto small = (product <= T(1e30)) & (finite | (a <= T(0.0)));
    const T near = log1p(product), rest = log1p(exp(-t));
    return {select(small, near, t + rest), select(small, s.log_k - near, -log_a - rest)};
  }
  template <Real T>
  Mapped<T> positive_inverse(const Shape<T>& s, T b) const {
    if (steepness == 0) return {expm1(b), b};
    return {exp(b - s.log_k) * -expm1(-b), b - s.log_k};  // (e^b − 1)/k
  }
  template <Real T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    const T sign = copysign(T(1.0), x);
    if (steepness == 0) {
      grad_x = (g.value - sign * g.log_slope) / (T(1.0) + abs(x));
      return;
    }
    const Mapped<T> m = positive(s, abs(x));
    grad_x = exp(m.log_slope) * (g.value - sign * g.log_slope);
    grad_p[0] += g.value * sign * -expm1(-m.value) + g.log_slope * exp(-m.value);  // k|x|/(1 + k|x|) and 1/(1 + k|x|)
  }
};

}  // namespace flowgauge
