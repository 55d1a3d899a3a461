// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// y = sign(x)·f(|x|) with f increasing on [0, ∞), f(0) = 0 and onto: the seed's core idea. F gives two functions and inherits the rest:
///   Mapped<T> positive(const Shape<T>&, T a) const           f(a), log f′(a)          for a ≥ 0
///   Mapped<T> positive_inverse(const Shape<T>&, T b) const   f⁻¹(b), log (f⁻¹)′(b)    for b ≥ 0
/// f′ has a kink at 0: log_slope is continuous there, its derivative jumps.
/// source: austinjones/normalizing-flows, notebooks/flows.py.
template <class F>
struct OddExtension {
  template <class Shape, class T>
  Mapped<T> forward(const Shape& shape, T x) const {
    const Mapped<T> m = self().positive(shape, abs(x));
    return {copysign(m.value, x), m.log_slope};
  }
  template <class Shape, class T>
  Mapped<T> inverse(const Shape& shape, T y) const {
    const Mapped<T> m = self().positive_inverse(shape, abs(y));
    return {copysign(m.value, y), m.log_slope};
  }
  template <class Shape>
  void knots(const Shape&, std::vector<double>& found) const {
    found.push_back(0);
  }

 private:
  const F& self() const { return static_cast<const F&>(*this); }
};

}  // namespace flowgauge
