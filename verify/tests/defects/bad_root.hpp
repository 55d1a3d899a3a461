// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/sum_of_squares.hpp>

#include "around.hpp"

#include <array>

namespace flowgauge::verify::defects {

/// The inverse of sum_of_squares: forward is a searched root, the gradient that of implicit functions. One mistake; `none` is the healthy twin.
struct BadRoot : Around<SumOfSquares> {
  static constexpr std::string_view summary = "a searched root with a planted defect";
  enum Defect {
    none,
    shift_forgotten  ///< W134: the root does not move with the shift
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "shift_forgotten"});
  }

  Facts facts() const {
    Facts f = healthy.facts();
    f.growth = {Growth::Kind::power, 1.0 / 3};
    return f;
  }
  template <class T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    return healthy.inverse(s, x);
  }
  template <class T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    return healthy.forward(s, y);
  }
  /// With f(y) = x, L = −log f′(y): ∂/∂x is v = (g_y − g_L·(log f′)′)/f′, and ∂/∂θ is f's own at y for (−v, −g_L).
  template <class T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    const T y = healthy.inverse(s, x).value, shift = grad_p[0];
    std::array<T, 6> aside{};
    T bend(0.0), unused(0.0);
    healthy.backward(s, y, {T(0.0), T(1.0)}, bend, Params<T>(aside));
    grad_x = (g.value - g.log_slope * bend) / exp(healthy.forward(s, y).log_slope);
    healthy.backward(s, y, {-grad_x, -g.log_slope}, unused, grad_p);
    if (defect == shift_forgotten) grad_p[0] = shift;
  }
};

}  // namespace flowgauge::verify::defects
