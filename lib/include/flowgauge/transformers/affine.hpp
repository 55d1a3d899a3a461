// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// y = e^s·x + t, log f′ = s, with s = c·tanh(log_scale/c) softly clamped at ±c (clamp=0: s = log_scale).
struct Affine {
  static constexpr std::string_view summary = "y = e^s x + t, log f' = s, s = clamp tanh(log_scale/clamp)";
  static constexpr std::string_view hazard =
      "clamp=0 lets e^s overflow for |s| > 709 in double, 88 in float; with clamp=c no factor beyond e^(+-c) is reachable";
  static constexpr std::string_view source =
      "Dinh, Sohl-Dickstein, Bengio, Density estimation using Real NVP, arXiv 1605.08803, eq. 7; clamp as in FrEIA";
  double clamp = 2;
  template <class V>
  void options(V& v) {
    v("clamp", clamp, 0.0, 100.0);
  }

  std::vector<Block> parameters() const { return {{"log_scale", 1, Role::log_scale}, {"shift", 1, Role::shift}}; }
  Facts facts() const {
    return {.structure = Structure::diagonal, .increasing = true, .initial_is_identity = true, .growth = {.uniform = clamp > 0}};
  }

  template <Real T>
  struct Shape {
    T log_scale, scale, shift, slope;  // slope: of log_scale in the raw parameter
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    if (clamp == 0) return {p[0], exp(p[0]), p[1], T(1.0)};
    const T u = p[0] / T(clamp), s = T(clamp) * tanh(u);
    return {s, exp(s), p[1], sech_squared(u)};
  }
  template <Real T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    return {mul_add(s.scale, x, s.shift), s.log_scale};
  }
  template <Real T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    return {(y - s.shift) / s.scale, -s.log_scale};
  }
  template <Real T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    grad_x = g.value * s.scale;
    grad_p[0] += (g.value * s.scale * x + g.log_slope) * s.slope;
    grad_p[1] += g.value;
  }
};

}  // namespace flowgauge
