// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/signed_scale.hpp>

namespace flowgauge::verify::defects {

/// signed_scale with one mistake; `none` is the healthy twin. Backward is by duals, so it is right for whatever forward says.
struct BadScale {
  static constexpr std::string_view summary = "signed_scale with a planted defect";
  enum Defect {
    none,
    inverse_sign,        ///< W001, the seed's ScaleBias: the inverse's log_det is that of forward
    inverse_reciprocal,  ///< W002: the inverse returns 1/L
    no_abs,              ///< W003, the seed's ScaleBias: log s, no number for s < 0
    guarded_log          ///< W011: log(|s| + 1e-6)
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "inverse_sign", "inverse_reciprocal", "no_abs", "guarded_log"});
  }

  std::vector<Block> parameters() const { return SignedScale().parameters(); }
  Facts facts() const { return SignedScale().facts(); }

  template <Real T>
  using Shape = SignedScale::Shape<T>;
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    Shape<T> s = SignedScale().shape(p);
    if (defect == no_abs) s.log_size = log(s.scale);
    if (defect == guarded_log) s.log_size = log(abs(s.scale) + T(1e-6));
    return s;
  }
  template <class T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    return SignedScale().forward(s, x);
  }
  template <class T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    Mapped<T> m = SignedScale().inverse(s, y);
    if (defect == inverse_sign) m.log_slope = s.log_size;
    if (defect == inverse_reciprocal) m.log_slope = T(1.0) / s.log_size;
    return m;
  }
};

}  // namespace flowgauge::verify::defects
