// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/normal_cdf.hpp>

namespace flowgauge::verify::defects {

/// normal_cdf with one mistake; `none` is the healthy twin. Backward is by duals, so it is right for whatever forward says.
struct BadNormalCdf {
  static constexpr std::string_view summary = "normal_cdf with a planted defect";
  enum Defect {
    none,
    log_of_density,  ///< W071: log(e^{−x²/2}/√2π), −∞ for |x| > 39
    shrunk,          ///< zuko's Gaussianization: the range loses 1e-6 at both ends, log_det does not know
    half_of_erf,     ///< ½·(1 + erf): no digits in the lower tail
    no_constant      ///< ½·log 2π is missing in both directions
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "log_of_density", "shrunk", "half_of_erf", "no_constant"});
  }

  std::vector<Block> parameters() const { return {}; }
  Facts facts() const { return NormalCdf().facts(); }

  template <Real T>
  using Shape = NormalCdf::Shape<T>;
  template <Real T>
  Shape<T> shape(Params<T>) const {
    return {};
  }
  template <class T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    Mapped<T> m = NormalCdf().forward(s, x);
    if (defect == log_of_density) m.log_slope = log(exp(T(-0.5) * x * x) / exp(Constants<T>::half_log_two_pi()));
    if (defect == shrunk) m.value = T(1e-6) + (T(1.0) - T(2e-6)) * m.value;
    if (defect == half_of_erf) m.value = T(0.5) * (T(1.0) + erf(x / Constants<T>::sqrt_two()));
    if (defect == no_constant) m.log_slope = m.log_slope + Constants<T>::half_log_two_pi();
    return m;
  }
  template <class T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    if (defect == shrunk) y = (y - T(1e-6)) / (T(1.0) - T(2e-6));
    Mapped<T> m = NormalCdf().inverse(s, y);
    if (defect == no_constant) m.log_slope = m.log_slope - Constants<T>::half_log_two_pi();
    return m;
  }
};

}  // namespace flowgauge::verify::defects
