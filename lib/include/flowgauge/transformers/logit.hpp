// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// y = log(x/(1 − x)) on (0, 1), log f′ = −log x − log(1 − x).
struct Logit {
  static constexpr std::string_view summary = "y = log(x/(1 - x)) on (0, 1), log f' = -log x - log(1 - x)";
  static constexpr std::string_view hazard = "x = 0 and 1 are infinite; the spacing of x near 1 ends y at 37 in double, 17 in float";
  static constexpr std::string_view source = "Dinh, Sohl-Dickstein, Bengio, Density estimation using Real NVP, arXiv 1605.08803, section 4.1";

  std::vector<Block> parameters() const { return {}; }
  Facts facts() const {
    return {.domain = {0, 1}, .structure = Structure::diagonal, .increasing = true, .growth = {Growth::Kind::unknown}};
  }

  template <Real T>
  struct Shape {};
  template <Real T>
  Shape<T> shape(Params<T>) const {
    return {};
  }
  /// By m, the distance to the nearer end: |y| = log1p((1 − 2m)/m), which keeps its digits around ½, and log f′ = |y| − 2·log1p(−m). As
  /// log1p((1 − m − mk)/(mk)) + log k with k = 2⁶⁰ where 1/m could overflow.
  template <Real T>
  Mapped<T> forward(const Shape<T>&, T x) const {
    const auto low = x < T(0.5);
    const T m = select(low, x, T(1.0) - x);
    const auto tiny = (m < T(0x1p-100)) & (m >= T(0.0));
    const T scaled = m * select(tiny, T(0x1p60), T(1.0));
    const T size = log1p((T(1.0) - (m + scaled)) / scaled) + select(tiny, T(60.0) * Constants<T>::log_two(), T(0.0));
    return {select(low, -size, size), size - T(2.0) * log1p(-m)};
  }
  template <Real T>
  Mapped<T> inverse(const Shape<T>&, T y) const {
    const T size = abs(y);
    return {sigmoid(y), -size - T(2.0) * log1p(exp(-size))};
  }
  template <Real T>
  void backward(const Shape<T>&, T x, Mapped<T> g, T& grad_x, Params<T>) const {
    grad_x = (g.value + g.log_slope * (T(2.0) * x - T(1.0))) / (x * (T(1.0) - x));
  }
};

}  // namespace flowgauge
