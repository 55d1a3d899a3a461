// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// y = x + t, log f′ = 0. In a coupling this is the additive coupling.
struct Bias {
  static constexpr std::string_view summary = "y = x + shift, log f' = 0; coupling(bias) is the additive coupling";
  static constexpr std::string_view hazard = "none; a shift far larger than x takes the digits of x with it";
  static constexpr std::string_view source =
      "austinjones/normalizing-flows, notebooks/flows.py; Dinh, Krueger, Bengio, NICE, arXiv 1410.8516, section 3.2";

  std::vector<Block> parameters() const { return {{"shift", 1, Role::shift}}; }
  Facts facts() const {
    return {.structure = Structure::diagonal,
            .increasing = true,
            .volume_preserving = true,
            .initial_is_identity = true,
            .growth = {Growth::Kind::linear}};
  }

  template <Real T>
  struct Shape {
    T shift;
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return {p[0]};
  }
  template <Real T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    return {x + s.shift, T(0.0)};
  }
  template <Real T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    return {y - s.shift, T(0.0)};
  }
  template <Real T>
  void backward(const Shape<T>&, T, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    grad_x = g.value;
    grad_p[0] += g.value;
  }
};

}  // namespace flowgauge
