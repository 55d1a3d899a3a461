// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/softexp.hpp>

namespace flowgauge::verify::defects {

/// softexp with one mistake; `none` is the healthy twin.
struct BadSoftexp : OddExtension<BadSoftexp> {
  static constexpr std::string_view summary = "softexp with a planted defect";
  enum Defect {
    none,
    no_expm1,          ///< W056: e^t − 1 and log(1 + b): no digits for small x
    log_of_slope,      ///< W057: the log of f′, which overflows where only e^t does
    clamped_value,     ///< W076, the seed: log a ≥ 0.7 in the map, not in its gradient
    log_det_at_image,  ///< W169: the inverse takes its log_det at y
    detached_gradient  ///< W017, the seed: the parameter gets no gradient below a bound
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "no_expm1", "log_of_slope", "clamped_value", "log_det_at_image", "detached_gradient"});
  }

  std::vector<Block> parameters() const { return Softexp().parameters(); }
  Facts facts() const { return Softexp().facts(); }

  template <Real T>
  using Shape = Softexp::Shape<T>;
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    Shape<T> s = Softexp().shape(p);
    const auto low = s.rate < T(0.7);
    if (defect == clamped_value) s = {select(low, T(0.7), s.rate), log(select(low, T(0.7), s.rate)), s.slope};
    if (defect == detached_gradient) s.slope = select(low, T(0.0), s.slope);
    return s;
  }
  template <class T>
  Mapped<T> positive(const Shape<T>& s, T a) const {
    Mapped<T> m = Softexp().positive(s, a);
    if (defect == no_expm1) m.value = exp(s.rate * a) - T(1.0);
    if (defect == log_of_slope) m.log_slope = log(s.rate * exp(s.rate * a));
    return m;
  }
  template <class T>
  Mapped<T> positive_inverse(const Shape<T>& s, T b) const {
    Mapped<T> m = Softexp().positive_inverse(s, b);
    if (defect == no_expm1) m.value = log(T(1.0) + b) / s.rate;
    if (defect == log_det_at_image) m.log_slope = -Softexp().positive(s, b).log_slope;
    return m;
  }
  template <class T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    Softexp().backward(s, x, g, grad_x, grad_p);
  }
};

}  // namespace flowgauge::verify::defects
