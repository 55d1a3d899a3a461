// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/sigmoid.hpp>

namespace flowgauge::verify::defects {

/// sigmoid with one mistake; `none` is the healthy twin.
struct BadSigmoid {
  static constexpr std::string_view summary = "sigmoid with a planted defect";
  enum Defect {
    none,
    log_of_quotient,        ///< W048, the seed: log(e^{−x}/(1 + e^{−x})²)
    log_of_subtraction,     ///< log(y·(1 − y)): no digits, then −∞, for large x
    inverse_clamped,        ///< W049: y kept 1e-6 away from 0 and 1
    tiny_in_log,            ///< W053: log(y·(1 − y) + 1e-30)
    not_onto,               ///< W136: it calls the whole line its codomain
    past_its_end,           ///< W164: 0.3 + (0.9 − 0.3)·σ, which in double ends at 0.9 + 2^-53: the next layer may not take it
    gradient_lacks_log_det  ///< the term of log_det is missing in backward
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect,
      {"none", "log_of_quotient", "log_of_subtraction", "inverse_clamped", "tiny_in_log", "not_onto", "past_its_end", "gradient_lacks_log_det"});
  }

  std::vector<Block> parameters() const { return {}; }
  Facts facts() const {
    Facts f = Sigmoid().facts();
    if (defect == not_onto) f.codomain = {};
    if (defect == past_its_end) f.codomain = {low, high};
    return f;
  }

  template <Real T>
  using Shape = Sigmoid::Shape<T>;
  template <Real T>
  Shape<T> shape(Params<T>) const {
    return {};
  }
  template <class T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    Mapped<T> m = Sigmoid().forward(s, x);
    if (defect == log_of_quotient) {
      const T e = exp(-x), one_plus = T(1.0) + e;
      m.log_slope = log(e / (one_plus * one_plus));
    }
    if (defect == tiny_in_log) m.log_slope = log(exp(m.log_slope) + T(1e-30));
    if (defect == log_of_subtraction) m.log_slope = log(m.value * (T(1.0) - m.value));
    if (defect == past_its_end) m = {T(low) + (T(high) - T(low)) * m.value, m.log_slope + log(T(high) - T(low))};
    return m;
  }
  template <class T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    if (defect == inverse_clamped) y = min(max(y, T(1e-6)), T(1.0) - T(1e-6));
    if (defect != past_its_end) return Sigmoid().inverse(s, y);
    const T width = T(high) - T(low);
    const Mapped<T> m = Sigmoid().inverse(s, (y - T(low)) / width);
    return {m.value, m.log_slope - log(width)};
  }
  template <class T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    if (defect == gradient_lacks_log_det) g.log_slope = T(0.0);
    if (defect == past_its_end) g.value = g.value * (T(high) - T(low));
    Sigmoid().backward(s, x, g, grad_x, grad_p);
  }

 private:
  static constexpr double low = 0.3, high = 0.9;
};

}  // namespace flowgauge::verify::defects
