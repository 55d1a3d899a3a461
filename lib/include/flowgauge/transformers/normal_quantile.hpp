// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/normal_quantile.hpp>
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// y = Φ⁻¹(x) on (0, 1), log f′ = −log φ(y) = ½·y² + ½·log 2π.
struct NormalQuantile {
  static constexpr std::string_view summary = "y = Phi^-1(x) on (0, 1), log f' = y^2/2 + log(2 pi)/2; makes a uniform number normal";
  static constexpr std::string_view hazard = "x = 0 and 1 are infinite; the spacing of x near 1 ends y at 8.2 in double, 5.4 in float";
  static constexpr std::string_view source = "austinjones/normalizing-flows, notebooks/flows.py; Wichura 1988, algorithm AS 241";

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
  template <Real T>
  Mapped<T> forward(const Shape<T>&, T x) const {
    const T y = normal_quantile(x);
    return {y, -normal_log_density(y)};
  }
  template <Real T>
  Mapped<T> inverse(const Shape<T>&, T y) const {
    return {normal_cdf(y), normal_log_density(y)};
  }
  template <Real T>
  void backward(const Shape<T>&, T x, Mapped<T> g, T& grad_x, Params<T>) const {
    const T y = normal_quantile(x);
    grad_x = (g.value + g.log_slope * y) * exp(-normal_log_density(y));
  }
};

}  // namespace flowgauge
