// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformers/sum_of_squares.hpp>

#include "around.hpp"

namespace flowgauge::verify::defects {

/// sum_of_squares with one mistake; `none` is the healthy twin.
struct BadSumOfSquares : Around<SumOfSquares> {
  static constexpr std::string_view summary = "sum_of_squares with a planted defect";
  enum Defect {
    none,
    inverse_forgets_shift,  ///< W139, and the first port of this layer
    epsilon_in_log_det,     ///< a floor in log_det that the map lacks
    fixed_bracket,          ///< W127: the root is sought in [−8, 8]
    cardano_alone,          ///< the closed root, without the Newton step that gives its digits back
    cube_root_of_positive,  ///< W072: |v|^⅓ by exp and log, no number for v < 0
    worst_of_the_pack,      ///< W129: one more step for all while one value of the pack needs it
    three_steps,            ///< W132: three steps of Newton from 0, converged or not
    frozen_bisection,       ///< W131: neither end of the bracket moves where its middle is the root, and the lower end is what is given back
    stops_early             ///< W128: the search ends 256 ulp before its root
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect,
      {"none", "inverse_forgets_shift", "epsilon_in_log_det", "fixed_bracket", "cardano_alone", "cube_root_of_positive", "worst_of_the_pack",
       "three_steps", "frozen_bisection", "stops_early"});
  }

  Facts facts() const { return healthy.facts(); }
  template <class T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    Mapped<T> m = healthy.forward(s, x);
    if (defect == epsilon_in_log_det) m.log_slope = log(exp(m.log_slope) + T(0x1p-20));
    return m;
  }
  template <class T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    if (defect == inverse_forgets_shift) return healthy.inverse(s, y + s.shift);
    if (defect == fixed_bracket) {
      const auto g = [&](T x) {
        const Mapped<T> m = healthy.forward(s, x);
        return Mapped<T>{m.value - y, exp(m.log_slope)};
      };
      const T x = increasing_root<T>(g, T(-8.0), T(8.0)).value;
      return {x, -healthy.forward(s, x).log_slope};
    }
    if (defect == three_steps) {
      T x(0.0);
      for (int step = 0; step < 3; ++step) {
        const Mapped<T> m = healthy.forward(s, x);
        x = x - (m.value - y) / exp(m.log_slope);
      }
      return {x, -healthy.forward(s, x).log_slope};
    }
    if (defect == cardano_alone || defect == cube_root_of_positive) {
      const T x = cardano(s, y);
      return {x, -healthy.forward(s, x).log_slope};
    }
    Mapped<T> m = healthy.inverse(s, y);
    if (defect == worst_of_the_pack)
      m.value = select(T(all(abs(y) <= T(1.0)) ? 0.0 : 1.0) > T(0.0), m.value + T(to_double(RealTraits<T>::epsilon())) * m.value, m.value);
    if (defect == frozen_bisection) m.value = bisected(s, y, m.value);
    if (defect == stops_early) m.value = m.value + T(256 * to_double(RealTraits<T>::epsilon())) * m.value;
    return {m.value, -forward(s, m.value).log_slope};
  }

 private:
  /// Between ±1024, down to 2^-13: a dyadic root is met by then. One that does not freeze arrives at its root.
  template <class T>
  T bisected(const Shape<T>& s, const T& y, const T& root) const {
    T lower(-1024.0), upper(1024.0), off(1.0);
    for (int halving = 0; halving < 24; ++halving) {
      const T middle = T(0.5) * (lower + upper);
      off = detach(healthy.forward(s, middle).value - y);
      lower = select(off < T(0.0), middle, lower);
      upper = select(off > T(0.0), middle, upper);
    }
    return select(off == T(0.0), lower, root);
  }
  /// c·x³/3 + b·x² + a·x = z, through t = x + b/c.
  template <class T>
  T cardano(const Shape<T>& s, T y) const {
    T a = s.slope, b(0.0), c(0.0);
    for (std::size_t k = 0; k < s.a.size(); ++k) {
      a = a + s.a[k] * s.a[k];
      b = b + s.a[k] * s.b[k];
      c = c + s.b[k] * s.b[k];
    }
    const T z = y - s.shift, shift = b / c, third = a / c - shift * shift;
    const T half = T(1.5) * z / c + T(1.5) * a / c * shift - shift * shift * shift;
    const T root = sqrt(half * half + third * third * third);
    const bool signed_root = defect != cube_root_of_positive;
    const auto cube_root = [&](T v) { return signed_root ? copysign(exp(log(abs(v)) / T(3.0)), v) : exp(log(v) / T(3.0)); };
    return cube_root(half + root) + cube_root(half - root) - shift;
  }
};

}  // namespace flowgauge::verify::defects
