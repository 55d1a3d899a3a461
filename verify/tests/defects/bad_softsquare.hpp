// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/softsquare.hpp>

namespace flowgauge::verify::defects {

/// softsquare with one mistake; `none` is the healthy twin. Backward is by duals, so it is right for whatever forward says.
struct BadSoftsquare : OddExtension<BadSoftsquare> {
  static constexpr std::string_view summary = "softsquare with a planted defect";
  enum Defect {
    none,
    cancelling_inverse,  ///< W059: (√(a² + 4by) − a)/(2b): no digits for small y or b
    half_the_curve,      ///< log(a + b|x|)
    linear_when_flat,    ///< W088: the inverse drops a curve below 1e-3
    inverse_sign         ///< W001: the inverse's log_det is that of forward
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "cancelling_inverse", "half_the_curve", "linear_when_flat", "inverse_sign"});
  }

  std::vector<Block> parameters() const { return Softsquare().parameters(); }
  Facts facts() const { return Softsquare().facts(); }

  template <Real T>
  using Shape = Softsquare::Shape<T>;
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return Softsquare().shape(p);
  }
  template <class T>
  Mapped<T> positive(const Shape<T>& s, T a) const {
    Mapped<T> m = Softsquare().positive(s, a);
    if (defect == half_the_curve) m.log_slope = log(s.slope + s.curve * a);
    return m;
  }
  template <class T>
  Mapped<T> positive_inverse(const Shape<T>& s, T b) const {
    Mapped<T> m = Softsquare().positive_inverse(s, b);
    if (defect == cancelling_inverse) m.value = (sqrt(s.slope * s.slope + T(4.0) * s.curve * b) - s.slope) / (T(2.0) * s.curve);
    if (defect == linear_when_flat) m.value = select(s.curve < T(1e-3), b / s.slope, m.value);
    if (defect == inverse_sign) m.log_slope = -m.log_slope;
    return m;
  }
};

}  // namespace flowgauge::verify::defects
