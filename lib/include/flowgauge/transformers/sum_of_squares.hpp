// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/root.hpp>
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// A cubic whose slope is a sum of squares: y = shift + ∫₀ˣ (k + Σ (a + b·t)²) dt = shift + x·(k + Σ [(a + b·x/2)² + (b·x)²/12]), k = exp(log_slope) > 0.
/// log f′ = log(k + Σ (a + b·x)²). Nothing is subtracted. The inverse is a root between 0 and min(|z|/k, (12|z|/b²)^⅓), z = y − shift.
struct SumOfSquares {
  static constexpr std::string_view summary = "y = shift + int_0^x (k + sum (a + b t)^2) dt, log f' = log(k + sum (a + b x)^2), k = exp(log_slope)";
  static constexpr std::string_view hazard = "y overflows for |x| > 1e102 in double, 6e12 in float";
  static constexpr std::string_view source = "Jaini, Selby, Yu, Sum-of-squares polynomial flow, arXiv 1905.02325, eq. 11; degree 1 squares, floor k";
  int squares = 2;
  template <class V>
  void options(V& v) {
    v("squares", squares, 1, 64);
  }

  /// a and b are drawn: at 0 their gradients are 0 too.
  std::vector<Block> parameters() const {
    return {{"shift", 1, Role::shift}, {"log_slope", 1, Role::log_scale}, {"a", squares, Role::weight, 0, 0.5}, {"b", squares, Role::weight, 0, 0.5}};
  }
  Facts facts() const {
    return {.inverse = InverseKind::iterative, .structure = Structure::diagonal, .increasing = true, .growth = {Growth::Kind::power, 3}};
  }

  template <Real T>
  struct Shape {
    T shift, log_slope, slope;
    Params<T> a, b;
    T log_a, log_b;  // of the largest |a|, |b|; without derivatives
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    const std::size_t n = squares;
    Shape<T> s{p[0], p[1], exp(p[1]), p.subspan(2, n), p.subspan(2 + n, n), T(0.0), T(0.0)};
    for (std::size_t k = 0; k < n; ++k) {
      s.log_a = max(s.log_a, detach(abs(s.a[k])));
      s.log_b = max(s.log_b, detach(abs(s.b[k])));
    }
    s.log_a = log(s.log_a), s.log_b = log(s.log_b);
    return s;
  }
  template <Real T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    const Scaled<T> q = scaled(s, x);
    return {mul_add(x, chord(s, x), s.shift), T(2.0) * q.log_unit + log(q.sum)};
  }
  template <Real T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    const T z = y - s.shift, size = detach(abs(z)), log_size = log(size);
    const T by_cube = exp((log_size + log(T(12.0)) - T(2.0) * s.log_b) / T(3.0)), by_slope = size * exp(-detach(s.log_slope));
    const T reach = select(size <= T(0.0), T(0.0), T(1.001) * select(by_cube < by_slope, by_cube, by_slope));
    const auto g = [&](T x) { return Point<T>{x * chord(s, x) - z, slope(s, x)}; };
    const auto below = z < T(0.0);
    const Root<T> root = increasing_root<T>(g, select(below, -reach, T(0.0)), select(below, T(0.0), reach));
    const T x = select(root.converged, root.value, Constants<T>::not_a_number());
    return {x, -forward(s, x).log_slope};
  }
  template <Real T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    const Scaled<T> q = scaled(s, x);
    const T per_sum = T(2.0) * g.log_slope / q.sum;
    grad_x = g.value * slope(s, x);
    grad_p[0] += g.value;
    grad_p[1] += g.value * s.slope * x + g.log_slope * q.slope / q.sum;
    for (std::size_t k = 0; k < s.a.size(); ++k) {
      const T square = per_sum * q.square(s, k) * q.root;  // ∂ log f′/∂(a + b·x), but for one factor root
      grad_x += square * (s.b[k] * q.root);
      grad_p[2 + k] += g.value * x * (T(2.0) * s.a[k] + s.b[k] * x) + square * q.root;
      grad_p[2 + s.a.size() + k] += g.value * x * x * (s.a[k] + T(2.0) * s.b[k] * x / T(3.0)) + square * q.x;
    }
  }

 private:
  template <class T>
  struct Point {
    T value, slope;
  };
  /// The slope over unit², log_unit = the log of its largest root, at least 0: (b·x)² overflows long before its log does. root² = 1/unit.
  template <class T>
  struct Scaled {
    T log_unit, root, x, slope, sum;  // x: x·root; slope: k/unit²
    T square(const Shape<T>& s, std::size_t k) const { return s.a[k] * root * root + s.b[k] * root * x; }
  };
  template <class T>
  static Scaled<T> scaled(const Shape<T>& s, const T& x) {
    const T log_root = max(s.log_a, s.log_b + detach(log(abs(x))));
    Scaled<T> q;
    q.log_unit = max(T(0.0), max(log_root, T(0.5) * detach(s.log_slope)));
    q.root = exp(T(-0.5) * q.log_unit);
    q.x = x * q.root;
    q.sum = q.slope = exp(s.log_slope - T(2.0) * q.log_unit);
    for (std::size_t k = 0; k < s.a.size(); ++k) {
      const T v = q.square(s, k);
      q.sum = mul_add(v, v, q.sum);
    }
    return q;
  }
  /// f′.
  template <class T>
  static T slope(const Shape<T>& s, const T& x) {
    T sum = s.slope;
    for (std::size_t k = 0; k < s.a.size(); ++k) {
      const T v = mul_add(s.b[k], x, s.a[k]);
      sum = mul_add(v, v, sum);
    }
    return sum;
  }
  /// (f(x) − f(0))/x.
  template <class T>
  static T chord(const Shape<T>& s, const T& x) {
    T sum = s.slope;
    for (std::size_t k = 0; k < s.a.size(); ++k) {
      const T half = T(0.5) * s.b[k] * x, v = s.a[k] + half;
      sum = sum + mul_add(v, v, half * half / T(3.0));
    }
    return sum;
  }
};

}  // namespace flowgauge
