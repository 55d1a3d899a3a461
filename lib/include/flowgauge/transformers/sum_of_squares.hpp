// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/root.hpp>
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// A cubic whose slope is a sum of squares: y = shift + ∫₀ˣ (k + Σ (a + b·t)²) dt = shift + x·(k + Σ [(a + b·x/2)² + (b·x)²/12]), k = exp(log_slope)
/// > 0. log f′ = log(k + Σ (a + b·x)²). Nothing is subtracted. The inverse is a root between 0 and min(|z|/k, (12|z|/b²)^⅓), z = y − shift.
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
    // Without derivatives: log of the largest |b|; log of a unit as large as any of |a|, |b|, √k; 1/unit; the largest |b| and k in this unit.
    T log_b, log_unit, per_unit, b_in_units;
    T slope_in_units;
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    const std::size_t n = squares;
    Shape<T> s{};
    s.shift = p[0];
    s.log_slope = p[1];
    s.slope = exp(p[1]);
    s.a = p.subspan(2, n);
    s.b = p.subspan(2 + n, n);
    T largest_a(0.0), largest_b(0.0);
    for (std::size_t k = 0; k < n; ++k) {
      largest_a = max(largest_a, detach(abs(s.a[k])));
      largest_b = max(largest_b, detach(abs(s.b[k])));
    }
    s.log_b = log(largest_b);
    s.log_unit = max(max(T(-40.0), T(0.5) * detach(p[1])), max(log(largest_a), s.log_b));
    s.per_unit = exp(-s.log_unit);
    s.b_in_units = largest_b * s.per_unit;
    s.slope_in_units = exp(p[1] - T(2.0) * s.log_unit);
    return s;
  }
  template <Real T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    const Scaled<T> q = scaled(s, x);
    return {mul_add(x, chord(s, x), s.shift), T(2.0) * (s.log_unit + q.log_reach) + log(q.sum)};
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
      const T square = per_sum * q.square(s, k) * s.per_unit;  // ∂ log f′/∂(a + b·x), but for 1/reach
      grad_x += square * s.b[k] * q.per_reach;
      grad_p[2 + k] += g.value * x * (T(2.0) * s.a[k] + s.b[k] * x) + square * q.per_reach;
      grad_p[2 + s.a.size() + k] += g.value * x * x * (s.a[k] + T(2.0) * s.b[k] * x / T(3.0)) + square * q.x;
    }
  }

 private:
  template <class T>
  struct Point {
    T value, slope;
  };
  /// The slope over (unit·reach)², reach = max(1, largest |b·x|/unit) without derivatives: (b·x)² overflows long before its log does.
  template <class T>
  struct Scaled {
    T log_reach, per_reach, x, slope, sum;  // x: x/reach; slope: k/(unit·reach)²
    T square(const Shape<T>& s, std::size_t k) const { return s.per_unit * s.a[k] * per_reach + s.per_unit * s.b[k] * x; }
  };
  template <class T>
  static Scaled<T> scaled(const Shape<T>& s, const T& x) {
    const T reach = max(T(1.0), s.b_in_units * detach(abs(x)));
    Scaled<T> q;
    q.log_reach = log(reach);
    q.per_reach = T(1.0) / reach;
    q.x = x * q.per_reach;
    q.sum = q.slope = s.slope_in_units * q.per_reach * q.per_reach;
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
