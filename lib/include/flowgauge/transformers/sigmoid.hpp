// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/logit.hpp>

namespace flowgauge {

/// y = 1/(1 + e^{−x}) ∈ (0, 1), log f′ = −|x| − 2·log(1 + e^{−|x|}).
struct Sigmoid {
  static constexpr std::string_view summary = "y = 1/(1 + e^-x) in (0, 1), log f' = -|x| - 2 log(1 + e^-|x|)";
  static constexpr std::string_view hazard = "y rounds to 1 for x > 37 in double, 17 in float: there is no way back";
  static constexpr std::string_view source = "austinjones/normalizing-flows, notebooks/flows.py";

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
    return Logit().inverse(Logit::Shape<T>{}, x);
  }
  template <Real T>
  Mapped<T> inverse(const Shape<T>&, T y) const {
    return Logit().forward(Logit::Shape<T>{}, y);
  }
  template <Real T>
  void backward(const Shape<T>&, T x, Mapped<T> g, T& grad_x, Params<T>) const {
    const T e = exp(-abs(x)), r = T(1.0) / (T(1.0) + e);
    grad_x = g.value * e * r * r - g.log_slope * copysign((T(1.0) - e) * r, x);  // f′ = e/(1 + e)², (log f′)′ = −tanh(x/2)
  }
};

}  // namespace flowgauge
