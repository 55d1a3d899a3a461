// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge::verify::defects {

/// y = x + tanh(w(x − b)), log f′ = log(1 + w·sech²(w(x − b))), w = steepness·e^log_w: healthy and hard. Its inverse is searched, and where it is
/// steep the last bit of x moves log_det by many bits.
struct Steep {
  static constexpr std::string_view summary = "y = x + tanh(w (x - b)), w = steepness exp(log_w); the inverse is searched";
  double steepness = 1e5;
  template <class V>
  void options(V& v) {
    v("steepness", steepness, 1, 1e12);
  }

  std::vector<Block> parameters() const { return {{"b", 1, Role::shift}, {"log_w", 1, Role::log_scale}}; }
  Facts facts() const { return {.increasing = true, .growth = {Growth::Kind::linear}}; }

  template <Real T>
  struct Shape {
    T b, w;
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return {p[0], T(steepness) * exp(p[1])};
  }
  template <Real T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    const T u = s.w * (x - s.b);
    return {x + tanh(u), log(T(1.0) + s.w * sech_squared(u))};
  }
};

}  // namespace flowgauge::verify::defects
