// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge::verify::defects {

/// y = x for x ≥ 0, e^s·x below: a kink at 0. One mistake; `none` is the healthy twin.
struct BadLeaky {
  static constexpr std::string_view summary = "a leaky rectifier with a planted defect";
  enum Defect {
    none,
    slope_squared,  ///< W042: the inverse's log_det has the slope twice below 0
    slope_negated,  ///< W043: log(−slope) below 0
    dead_at_kink,   ///< W047: slope 0 exactly at 0
    wrong_root      ///< W062: the inverse takes the steep branch wherever the slope is above 1
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "slope_squared", "slope_negated", "dead_at_kink", "wrong_root"});
  }

  std::vector<Block> parameters() const { return {{"log_slope", 1, Role::log_scale}}; }
  Facts facts() const {
    return {.structure = Structure::diagonal,
            .increasing = true,
            .initial_is_identity = true,
            .continuous_derivatives = 0,
            .growth = {Growth::Kind::linear}};
  }
  template <Real T>
  struct Shape {
    T log_slope, slope;
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return {p[0], exp(p[0])};
  }
  template <class T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    const auto below = x < T(0.0);
    T log_slope = select(below, s.log_slope, T(0.0));
    if (defect == slope_negated) log_slope = select(below, log(-s.slope), T(0.0));
    if (defect == dead_at_kink) log_slope = select(x == T(0.0), log(T(0.0)), log_slope);
    return {select(below, s.slope * x, x), log_slope};
  }
  template <class T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    const auto below = y < T(0.0);
    T log_slope = select(below, -s.log_slope, T(0.0));
    if (defect == slope_squared) log_slope = log_slope + log_slope;
    if (defect == wrong_root) return {select(below, select(s.slope > T(1.0), y, y / s.slope), y), log_slope};
    return {select(below, y / s.slope, y), log_slope};
  }
  void knots(const Shape<double>&, std::vector<double>& found) const { found.push_back(0); }
};

}  // namespace flowgauge::verify::defects
