// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/logit.hpp>

namespace flowgauge::verify::defects {

/// logit with one mistake; `none` is the healthy twin. Backward is by duals, so it is right for whatever forward says.
struct BadLogit {
  static constexpr std::string_view summary = "logit with a planted defect";
  enum Defect {
    none,
    inverse_plus,  ///< W066: −|y| + 2·log(1 + e^{−|y|}) in the inverse
    nudged,        ///< W067: x kept 1e-15 away from 0 and 1
    squeezed       ///< W051: forward squeezes x by α, the inverse undoes another α
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "inverse_plus", "nudged", "squeezed"});
  }

  std::vector<Block> parameters() const { return {}; }
  Facts facts() const { return Logit().facts(); }

  template <Real T>
  using Shape = Logit::Shape<T>;
  template <Real T>
  Shape<T> shape(Params<T>) const {
    return {};
  }
  template <class T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    if (defect == nudged) x = min(max(x, T(1e-15)), T(1.0) - T(1e-15));
    if (defect != squeezed) return Logit().forward(s, x);
    const T kept = T(0.9375);
    Mapped<T> m = Logit().forward(s, T(0.03125) + kept * x);
    m.log_slope = m.log_slope + log(kept);
    return m;
  }
  template <class T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    Mapped<T> m = Logit().inverse(s, y);
    if (defect == inverse_plus) m.log_slope = -abs(y) + T(2.0) * log1p(exp(-abs(y)));
    if (defect == squeezed) m = {(m.value - T(0.03125)) / T(0.96875), m.log_slope - log(T(0.96875))};
    return m;
  }
};

}  // namespace flowgauge::verify::defects
