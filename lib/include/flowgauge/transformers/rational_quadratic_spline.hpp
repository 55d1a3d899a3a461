// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge {

/// K bins on [−B, B], identity outside. In a bin of width w, height h, S = h/w, end slopes d₀, d₁ and ξ = (x − x₀)/w:
///   y = y₀ + h·[Sξ² + d₀ξ(1−ξ)]/D,  D = S(ξ² + (1−ξ)²) + (d₀ + d₁)ξ(1−ξ),  f′ = S²[d₁ξ² + 2Sξ(1−ξ) +
///   d₀(1−ξ)²]/D²
/// D is the paper's S + (d₀ + d₁ − 2S)ξ(1−ξ) without its subtraction. w_k = 2B(m + (1 − mK)·softmax_k), heights alike, inner d = m +
/// softplus, end slopes 1.
struct RationalQuadraticSpline {
  static constexpr std::string_view summary = "monotone rational-quadratic spline with K bins on [-box, box], y = x outside";
  static constexpr std::string_view hazard = "nothing learns outside the box; f'' jumps at knots, f' does not";
  static constexpr std::string_view source = "Durkan, Bekasov, Murray, Papamakarios, Neural Spline Flows, arXiv 1906.04032, eq. 4-8";
  static constexpr double least = 1e-3;  // m: least share of a bin and least slope
  int bins = 8;
  double box = 3;
  template <class V>
  void options(V& v) {
    v("bins", bins, 2, 64);  // one bin alone has no width to choose
    v("box", box, 1e-3, 1e6);
  }

  std::vector<Block> parameters() const {
    std::vector<Block> blocks{{"widths", bins, Role::logits}, {"heights", bins, Role::logits}};
    blocks.push_back({"slopes", bins - 1, Role::free, std::log(std::expm1(1 - least))});  // softplus⁻¹: slope 1 at first
    return blocks;
  }
  Facts facts() const {
    return {.structure = Structure::diagonal, .increasing = true, .initial_is_identity = true, .continuous_derivatives = 1,
            .growth = {.uniform = true}, .identity_outside = box};
  }

  template <Real T>
  struct Shape {
    std::span<T> width, height, raw_slope;  // raw slope k is of the knot after bin k: d = m + softplus(raw), two a value, not K − 1
  };
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    const Shape<T> s{p.subspan(0, bins), p.subspan(bins, bins), p.subspan(2 * bins)};
    sizes(s.width);
    sizes(s.height);
    return s;
  }
  template <Real T>
  Mapped<T> forward(const Shape<T>& s, T x) const {
    const auto inside = abs(x) < T(box);
    const T u = select(inside, x, T(0.0));
    const Bin<T> b = find(s, s.width, u);
    const T xi = (u - b.x0) / b.width;
    const Mapped<T> m = in_bin(xi, rest_of(xi), b.height / b.width, b.slope0, b.slope1);
    return {select(inside, b.y0 + b.height * m.value, x), select(inside, m.log_slope, T(0.0))};
  }
  /// With η = (y − y₀)/h and p = d₀(1−η) − d₁η the discriminant is p² + 4S²η(1−η) ≥ 0, and each sign of p has a form of the
  /// root without subtraction, and of 1 − ξ too: where a slope is steep, ξ rounds to 1 and D is made of what is left.
  template <Real T>
  Mapped<T> inverse(const Shape<T>& s, T y) const {
    const auto inside = abs(y) < T(box);
    const T v = select(inside, y, T(0.0));
    const Bin<T> b = find(s, s.height, v);
    const T slope = b.height / b.width, eta = (v - b.y0) / b.height, rest = rest_of(eta);
    const T p = b.slope0 * rest - b.slope1 * eta;
    const T root = sqrt(p * p + T(4.0) * slope * slope * eta * rest), size = root + abs(p);
    const T up = T(2.0) * slope * eta, down = T(2.0) * slope * rest;
    const auto near = p >= T(0.0);
    const T whole = size + select(near, up, down);
    const T xi = select(near, up, size) / whole, xi_rest = select(near, size, down) / whole;
    const Mapped<T> m = in_bin(xi, xi_rest, slope, b.slope0, b.slope1);
    return {select(inside, b.x0 + b.width * xi, y), select(inside, -m.log_slope, T(0.0))};
  }
  /// Inside the bin by duals in (ξ, S, d₀, d₁); outwards by hand: x₀ and y₀ are sums of sizes, sizes a softmax.
  template <Real T>
  void backward(const Shape<T>& s, T x, Mapped<T> g, T& grad_x, Params<T> grad_p) const {
    using D = Dual<T, 4>;
    const auto inside = abs(x) < T(box);
    const T zero(0.0), u = select(inside, x, zero);
    const T gy = select(inside, g.value, zero), gl = select(inside, g.log_slope, zero);
    const Bin<T> b = find(s, s.width, u);
    const T xi = (u - b.x0) / b.width, slope = b.height / b.width;
    const D along_xi = D::variable(xi, 0);
    const Mapped<D> m = in_bin(along_xi, rest_of(along_xi), D::variable(slope, 1), D::variable(b.slope0, 2), D::variable(b.slope1, 3));
    const T gv = gy * b.height;
    const auto along = [&](int t) { return gv * m.value.tangent[t] + gl * m.log_slope.tangent[t]; };
    const T per_width = along(0) / b.width, gs = along(1) / b.width;
    grad_x = select(inside, per_width, g.value);
    sizes_backward(s.width, u, s.width, -per_width, -per_width * xi - gs * slope, grad_p.subspan(0, bins));
    sizes_backward(s.width, u, s.height, gy, gy * m.value.value + gs, grad_p.subspan(bins, bins));
    // softplus′ = sigmoid(raw) = 1 − e^{−(d − m)}
    const T g0 = along(2) * -expm1(T(least) - b.slope0), g1 = along(3) * -expm1(T(least) - b.slope1);
    T knot(-box);
    auto after = u >= knot;
    for (int k = 0; k + 1 < bins; ++k) {
      const auto before = after;
      knot += s.width[k];
      after = u >= knot;
      const auto next_after = k + 2 < bins ? u >= knot + s.width[k + 1] : u > T(box);
      grad_p[2 * bins + k] += select(before & !after, g1, select(after & !next_after, g0, zero));
    }
  }
  void knots(const Shape<double>& s, std::vector<double>& found) const {
    double knot = -box;
    found.push_back(knot);
    for (int k = 0; k + 1 < bins; ++k) found.push_back(knot += s.width[k]);
    found.push_back(box);
  }

 private:
  template <class T>
  struct Bin {
    T x0, y0, width, height, slope0, slope1;
  };
  /// logits → 2B(m + (1 − mK)·softmax), in place.
  template <Real T>
  void sizes(std::span<T> p) const {
    T top = p[0], sum(0.0);
    for (const T& v : p) top = max(top, v);
    for (T& v : p) sum += v = exp(v - top);
    const T scale = T(2 * box) * (T(1.0) - T(least * bins)) / sum, floor = T(2 * box) * T(least);
    for (T& v : p) v = mul_add(v, scale, floor);
  }
  /// The bin of u, where `along` are the sizes of the axis that u is on.
  template <Real T>
  Bin<T> find(const Shape<T>& s, std::span<T> along, T u) const {
    Bin<T> b{T(-box), T(-box), s.width[0], s.height[0], T(0.0), s.raw_slope[0]};
    T x(-box), y(-box);
    const T& position = along.data() == s.width.data() ? x : y;
    auto first = u == u, last = u != u;
    for (int k = 1; k < bins; ++k) {
      x += s.width[k - 1];
      y += s.height[k - 1];
      const auto here = u >= position;
      if (k == 1) first = !here;
      last = here;
      b.x0 = select(here, x, b.x0);
      b.y0 = select(here, y, b.y0);
      b.width = select(here, s.width[k], b.width);
      b.height = select(here, s.height[k], b.height);
      b.slope0 = select(here, s.raw_slope[k - 1], b.slope0);
      if (k + 1 < bins) b.slope1 = select(here, s.raw_slope[k], b.slope1);
    }
    b.slope0 = select(first, T(1.0), T(least) + softplus(b.slope0));
    b.slope1 = select(last, T(1.0), T(least) + softplus(b.slope1));
    return b;
  }
  /// 1 − ξ, at least 0: ξ, a quotient of rounded differences, may be an ulp above 1, and times a slope of 1e16 that ulp is all of D, with the wrong
  /// sign. What is cut off is rounding alone, so the derivative stays.
  template <class T>
  static T rest_of(const T& xi) {
    const T rest = T(1.0) - xi;
    return rest - min(detach(rest), T(0.0));
  }
  /// (y − y₀)/h and log f′ at ξ, rest = 1 − ξ.
  template <class T>
  static Mapped<T> in_bin(T xi, T rest, T slope, T slope0, T slope1) {
    const T cross = xi * rest, square = xi * xi, rest_square = rest * rest;
    const T denominator = slope * (square + rest_square) + (slope0 + slope1) * cross;
    const T q = slope / denominator;
    const T numerator = slope1 * square + T(2.0) * slope * cross + slope0 * rest_square;
    return {(slope * square + slope0 * cross) / denominator, T(2.0) * log(q) + log(numerator)};
  }
  /// Adds to grad_logits the gradient of sizes, where every size before u's bin has gradient g_before and the bin's own g_here.
  template <Real T>
  void sizes_backward(std::span<T> along, T u, std::span<T> size, T g_before, T g_here, Params<T> grad_logits) const {
    const T whole(2 * box), floor(least), stretch = T(1.0) - T(least * bins);
    const auto each = [&](auto use) {
      T knot(-box);
      for (int k = 0; k < bins; ++k) {
        const auto reached = u >= knot;
        knot += along[k];
        const auto passed = k + 1 < bins ? u >= knot : u > T(box);
        const T g = select(passed, g_before, select(reached, g_here, T(0.0)));
        use(k, (size[k] / whole - floor) / stretch, g);
      }
    };
    T mean(0.0);
    each([&](int, T probability, T g) { mean += probability * g; });
    const T scale = T(2 * box) * stretch;
    each([&](int k, T probability, T g) { grad_logits[k] += scale * probability * (g - mean); });
  }
};

}  // namespace flowgauge
