// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge::verify::defects {

/// A rational-quadratic spline of three bins on [−2, 2], written as plainly as the paper has it (arXiv 1906.04032), with one mistake; `none` is the
/// healthy twin.
struct BadSpline {
  static constexpr std::string_view summary = "a spline with a planted defect";
  enum Defect {
    none,
    neighbour_bin,       ///< log_det takes the end slopes of the next bin
    boundary_slope,      ///< W077, d7: the end slopes are 2, the tails have 1
    bound_ignored,       ///< the tails are scaled, their log_det is 0
    tail_adds_slope,     ///< W091: the tail's slope itself is its log_det
    wrong_axis,          ///< W079, R07: the inverse looks for its bin among the x-knots
    height_for_width,    ///< the inverse divides by the width where the height belongs
    wide_floor,          ///< W087: the least width of a bin is not divided by their number
    tail_through_bin,    ///< W084: outside, the bin's formula is evaluated too, and thrown away
    tail_slope_rounded,  ///< the tails' slope is computed: one ulp above 1
    cancelling_root      ///< W083: (−b + √Δ)/2a as in textbooks
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect,
      {"none", "neighbour_bin", "boundary_slope", "bound_ignored", "tail_adds_slope", "wrong_axis", "height_for_width", "wide_floor",
       "tail_through_bin", "tail_slope_rounded", "cancelling_root"});
  }
  static constexpr int bins = 3;
  static constexpr double box = 2;

  std::vector<Block> parameters() const {
    return {{"widths", bins, Role::logits}, {"heights", bins, Role::logits}, {"slopes", bins - 1, Role::free}};
  }
  Facts facts() const {
    return {
        .structure = Structure::diagonal, .increasing = true, .continuous_derivatives = 1, .growth = {Growth::Kind::linear}, .identity_outside = box};
  }

  template <Real T>
  struct Shape {
    T x[bins + 1], y[bins + 1], slope[bins + 1];
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    Shape<T> s;
    knots_from(p.subspan(0, bins), s.x);
    knots_from(p.subspan(bins, bins), s.y);
    s.slope[0] = s.slope[bins] = T(defect == boundary_slope ? 2.0 : 1.0);
    for (int k = 1; k < bins; ++k) s.slope[k] = T(0.01) + softplus(p[2 * bins + k - 1]);
    return s;
  }
  template <class T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    const auto inside = abs(x) < T(box);
    const T u = defect == tail_through_bin ? x : select(inside, x, T(0.0));
    const Bin<T> b = find(s, s.x, u);
    const T xi = (u - b.x0) / b.width;
    return {select(inside, b.y0 + b.height * rise(b, xi), tail_slope<T>() * x), select(inside, claimed(b, xi), tail_log_det<T>())};
  }
  template <class T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    const T stretched = y / tail_slope<T>();
    const auto inside = abs(y) < T(box);
    const T v = select(inside, y, T(0.0));
    const Bin<T> b = find(s, defect == wrong_axis ? s.x : s.y, v);
    const T slope = b.height / b.width, eta = (v - b.y0) / (defect == height_for_width ? b.width : b.height), rest = T(1.0) - eta;
    const T p = b.slope0 * rest - b.slope1 * eta, root = sqrt(p * p + T(4.0) * slope * slope * eta * rest);
    const T up = T(2.0) * slope * eta, down = T(2.0) * slope * rest, size = root + abs(p);
    T xi = select(p >= T(0.0), up / (up + size), size / (size + down));
    if (defect == cancelling_root) {
      const T bend = b.slope0 + b.slope1 - T(2.0) * slope, a = eta * bend + slope - b.slope0, linear = b.slope0 - eta * bend;
      xi = (sqrt(linear * linear + T(4.0) * a * slope * eta) - linear) / (T(2.0) * a);
    }
    return {select(inside, b.x0 + b.width * xi, stretched), select(inside, -claimed(b, xi), -tail_log_det<T>())};
  }
  void knots(const Shape<double>& s, std::vector<double>& found) const { found.insert(found.end(), s.x, s.x + bins + 1); }

 private:
  template <class T>
  struct Bin {
    T x0, y0, width, height, slope0, slope1, next_slope;
  };
  template <class T>
  void knots_from(Params<T> logits, T* knot) const {
    T top = logits[0], sum(0.0);
    for (const T& v : logits) top = max(top, v);
    for (T& v : logits) sum += v = exp(v - top);
    knot[0] = T(-box);
    for (int k = 0; k + 1 < bins; ++k)
      knot[k + 1] = knot[k] + T(2 * box) * (T(defect == wide_floor ? 0.5 : 0.0625) + T(1 - 0.0625 * bins) * logits[k] / sum);
    knot[bins] = T(box);
  }
  template <class T>
  static Bin<T> find(const Shape<T>& s, const T* along, T v) {
    Bin<T> b{};
    for (int k = 0; k < bins; ++k) {
      const auto here = v >= along[k];
      const auto pick = [&](const T& now, const T& before) { return k == 0 ? now : select(here, now, before); };
      b.x0 = pick(s.x[k], b.x0), b.y0 = pick(s.y[k], b.y0);
      b.width = pick(s.x[k + 1] - s.x[k], b.width), b.height = pick(s.y[k + 1] - s.y[k], b.height);
      b.slope0 = pick(s.slope[k], b.slope0), b.slope1 = pick(s.slope[k + 1], b.slope1);
      b.next_slope = pick(s.slope[(k + 2) % (bins + 1)], b.next_slope);
    }
    return b;
  }
  template <class T>
  static T denominator(const Bin<T>& b, const T& xi) {
    const T slope = b.height / b.width, rest = T(1.0) - xi;
    return slope * (xi * xi + rest * rest) + (b.slope0 + b.slope1) * xi * rest;
  }
  template <class T>
  static T rise(const Bin<T>& b, const T& xi) {
    return (b.height / b.width * xi * xi + b.slope0 * xi * (T(1.0) - xi)) / denominator(b, xi);
  }
  template <class T>
  T claimed(Bin<T> b, const T& xi) const {
    if (defect == neighbour_bin) b.slope0 = b.slope1, b.slope1 = b.next_slope;
    const T slope = b.height / b.width, rest = T(1.0) - xi, q = slope / denominator(b, xi);
    return log(q * q * (b.slope1 * xi * xi + T(2.0) * slope * xi * rest + b.slope0 * rest * rest));
  }
  template <class T>
  T tail_slope() const {
    if (defect == bound_ignored) return T(1.25);
    return defect == tail_slope_rounded ? T(1.0) + T(to_double(RealTraits<T>::epsilon())) : T(1.0);
  }
  template <class T>
  T tail_log_det() const {
    return T(defect == tail_adds_slope ? 1.0 : 0.0);
  }
};

}  // namespace flowgauge::verify::defects
