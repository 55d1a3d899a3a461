// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/normal_quantile.hpp>
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// y = Φ(x) ∈ (0, 1), the distribution function of the standard normal, log f′ = log φ(x) = −½·x² − ½·log 2π.
struct NormalCdf {
  static constexpr std::string_view summary = "y = Phi(x) in (0, 1), log f' = -x^2/2 - log(2 pi)/2";
  static constexpr std::string_view hazard = "y rounds to 1 for x > 8.3 in double, 5.4 in float: there is no way back; the KL needs E x^2 < inf";
  static constexpr std::string_view source = "austinjones/normalizing-flows, notebooks/flows.py; inverse: Wichura 1988, algorithm AS 241";

  std::vector<Block> parameters() const { return {}; }
  Facts facts() const {
    return {.codomain = {0, 1}, .structure = Structure::diagonal, .increasing = true, .growth = {Growth::Kind::unknown}};
  }

  template <Real T>
  struct Shape {};
  template <Real T>
  Shape<T> shape(Params<T>) const {
    return {};
  }
  template <Real T>
  Mapped<T> forward(const Shape<T>&, T x) const {
    return {normal_cdf(x), normal_log_density(x)};
  }
  template <Real T>
  Mapped<T> inverse(const Shape<T>&, T y) const {
    const T x = normal_quantile(y);
    return {x, -normal_log_density(x)};
  }
  template <Real T>
  void backward(const Shape<T>&, T x, Mapped<T> g, T& grad_x, Params<T>) const {
    grad_x = g.value * exp(normal_log_density(x)) - g.log_slope * x;
  }
};

}  // namespace flowgauge
