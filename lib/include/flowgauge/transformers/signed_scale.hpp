// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// y = s·x + t with s ≠ 0 of either sign, log |f′| = log|s|.
struct SignedScale {
  static constexpr std::string_view summary = "y = s x + t, log |f'| = log |s|; s of either sign";
  static constexpr std::string_view hazard = "s = 0 has no inverse and log |f'| = -inf; training can step across it";
  static constexpr std::string_view source = "austinjones/normalizing-flows, notebooks/flows.py (ScaleBias, its scale free, with the abs it lacks)";

  std::vector<Block> parameters() const { return {{"scale", 1, Role::multiplier, 1}, {"shift", 1, Role::shift}}; }
  Facts facts() const { return {.structure = Structure::diagonal, .initial_is_identity = true, .growth = {Growth::Kind::linear}}; }

  template <Real T>
  struct Shape {
    T scale, log_size, shift;
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return {p[0], log(abs(p[0])), p[1]};
  }
  template <Real T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    return {mul_add(s.scale, x, s.shift), s.log_size};
  }
  template <Real T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    return {(y - s.shift) / s.scale, -s.log_size};
  }
  template <Real T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    grad_x = g.value * s.scale;
    grad_p[0] += g.value * x + g.log_slope / s.scale;
    grad_p[1] += g.value;
  }
};

}  // namespace flowgauge
