// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/softlog.hpp>

namespace flowgauge::verify::defects {

/// softlog with a trained steepness and one mistake; `none` is the healthy twin.
struct BadSoftlog {
  static constexpr std::string_view summary = "softlog with a planted defect";
  enum Defect {
    none,
    inverse_sign,            ///< W001: the inverse's log_det is that of forward
    slope_term_dropped,      ///< log k is missing in both directions
    no_abs,                  ///< log(1 + kx) for negative x too
    gradient_lacks_log_det,  ///< d7: the term of log_det is missing in backward
    nan_gradient_at_zero,    ///< W058: x/|x| for the sign
    digits_lost_near_zero    ///< log(1 + kx) and (e^y − 1)/k: right formulas, absolute errors
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "inverse_sign", "slope_term_dropped", "no_abs", "gradient_lacks_log_det", "nan_gradient_at_zero",
       "digits_lost_near_zero"});
  }

  std::vector<Block> parameters() const { return healthy.parameters(); }
  Facts facts() const { return healthy.facts(); }

  template <Real T>
  using Shape = Softlog::Shape<T>;
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return healthy.shape(p);
  }
  template <class T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    Mapped<T> m = healthy.forward(s, x);
    if (defect == slope_term_dropped) m.log_slope = m.log_slope - s.log_k;
    if (defect == no_abs) m = {log1p(s.k * x), s.log_k - log1p(s.k * x)};
    if (defect == digits_lost_near_zero) m.value = copysign(log(T(1.0) + s.k * abs(x)), x);
    return m;
  }
  template <class T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    Mapped<T> m = healthy.inverse(s, y);
    if (defect == inverse_sign) m.log_slope = -m.log_slope;
    if (defect == slope_term_dropped) m.log_slope = m.log_slope + s.log_k;
    if (defect == digits_lost_near_zero) m.value = copysign((exp(abs(y)) - T(1.0)) / s.k, y);
    return m;
  }
  template <class T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    if (defect == gradient_lacks_log_det) g.log_slope = T(0.0);
    healthy.backward(s, x, g, grad_x, grad_p);
    if (defect == nan_gradient_at_zero) grad_x = grad_x * (x / x);
  }
  void knots(const Shape<double>&, std::vector<double>& found) const { found.push_back(0); }

 private:
  static constexpr auto trained = [] {
    Softlog s;
    s.steepness = 1;
    return s;
  };
  Softlog healthy = trained();
};

}  // namespace flowgauge::verify::defects
