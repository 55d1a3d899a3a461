// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/power.hpp>

namespace flowgauge::verify::defects {

/// power with one mistake; `none` is the healthy twin.
struct BadPower : OddExtension<BadPower> {
  static constexpr std::string_view summary = "power with a planted defect";
  enum Defect {
    none,
    inverse_sign,       ///< W001, the seed: the inverse returns the log_det of forward at its own point
    clamp_in_map_only,  ///< W014, the seed: the map has a ≥ 1, its log_det the a that was given
    log_after_power     ///< W061: log(a·|x|^a/|x|)
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "inverse_sign", "clamp_in_map_only", "log_after_power"});
  }

  std::vector<Block> parameters() const { return Power().parameters(); }
  Facts facts() const { return Power().facts(); }

  template <Real T>
  using Shape = Power::Shape<T>;
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return Power().shape(p);
  }
  template <class T>
  Mapped<T> positive(const Shape<T>& s, T a) const {
    Mapped<T> m = Power().positive(s, a);
    if (defect == clamp_in_map_only) m.value = exp(max(s.there.value, T(1.0)) * log(a));
    if (defect == log_after_power) m.log_slope = log(s.there.value * m.value / a);
    return m;
  }
  template <class T>
  Mapped<T> positive_inverse(const Shape<T>& s, T b) const {
    Mapped<T> m = Power().positive_inverse(s, b);
    if (defect == clamp_in_map_only) m.value = exp(min(s.back.value, T(1.0)) * log(b));
    if (defect == inverse_sign) m.log_slope = -m.log_slope;
    return m;
  }
  template <class T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    Power().backward(s, x, g, grad_x, grad_p);
  }
};

}  // namespace flowgauge::verify::defects
