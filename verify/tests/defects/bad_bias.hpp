// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/bias.hpp>

namespace flowgauge::verify::defects {

/// bias with one mistake; `none` is the healthy twin. Backward is by duals, so it is right for whatever forward says.
struct BadBias {
  static constexpr std::string_view summary = "bias with a planted defect";
  enum Defect {
    none,
    inverse_adds,   ///< W139: the shift has the wrong sign on the way back
    hidden_scale    ///< W099: a scale read from the shift's slot, in both directions; still called volume preserving
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "inverse_adds", "hidden_scale"});
  }

  std::vector<Block> parameters() const { return Bias().parameters(); }
  Facts facts() const { return Bias().facts(); }

  template <Real T>
  using Shape = Bias::Shape<T>;
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return Bias().shape(p);
  }
  template <class T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    if (defect == hidden_scale) return {exp(s.shift) * x + s.shift, s.shift};
    return Bias().forward(s, x);
  }
  template <class T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    if (defect == hidden_scale) return {(y - s.shift) / exp(s.shift), -s.shift};
    if (defect == inverse_adds) return {y + s.shift, T(0.0)};
    return Bias().inverse(s, y);
  }
};

}  // namespace flowgauge::verify::defects
