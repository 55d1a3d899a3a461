// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// y = e^s·x + t, log f′ = s: affine without a clamp.
struct ScaleBias {
  static constexpr std::string_view summary = "y = e^s x + t, log f' = s; any positive scale";
  static constexpr std::string_view hazard = "e^s overflows for |s| > 709 in double, 88 in float; affine has a soft clamp against that";
  static constexpr std::string_view source = "austinjones/normalizing-flows, notebooks/flows.py (ScaleBias, there with a free scale)";

  std::vector<Block> parameters() const { return {{"log_scale", 1, Role::log_scale}, {"shift", 1, Role::shift}}; }
  Facts facts() const {
    return {.structure = Structure::diagonal, .increasing = true, .initial_is_identity = true, .growth = {Growth::Kind::linear}};
  }

  template <Real T>
  struct Shape {
    T log_scale, scale, reciprocal, shift;
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return {p[0], exp(p[0]), exp(-p[0]), p[1]};
  }
  template <Real T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    return {product(s.scale, x) + s.shift, s.log_scale};
  }
  template <Real T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    return {product(s.reciprocal, y - s.shift), -s.log_scale};
  }
  template <Real T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    grad_x = g.value * s.scale;
    grad_p[0] += g.value * product(s.scale, x) + g.log_slope;
    grad_p[1] += g.value;
  }

 private:
  /// scale·x; a scale beyond every number still sends 0 to 0.
  template <Real T>
  static T product(T scale, T x) {
    const auto lost = (scale == Constants<T>::infinity()) & (x == T(0.0));
    return select(lost, x, scale * x);
  }
};

}  // namespace flowgauge
