// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/detail/triangles.hpp>
#include <flowgauge/layers/permutation.hpp>

namespace flowgauge {

/// y = P L U x + b: L lower triangular with ones on its diagonal, U upper triangular with diagonal exp(log_diagonal), P fixed; log_det = Σ
/// log_diagonal. (P z)_j = z_{π(j)} with π as in `permutation`, or the identity. The inverse is U⁻¹ L⁻¹ Pᵀ (y − b), in this order.
struct Lu {
  static constexpr std::string_view summary = "y = P L U x + b, L unit lower, U upper with positive diagonal, P fixed; log_det = sum log U_ii";
  static constexpr std::string_view hazard = "L U without row exchanges is badly conditioned where a trained matrix wants a pivot that it has not";
  static constexpr std::string_view source = "Kingma, Dhariwal, Glow, arXiv 1807.03039, eq. 10; Oliva et al., arXiv 1801.09819, section 3.1";
  int permutation = 0;
  int seed = 1;
  template <class V>
  void options(V& v) {
    v("permutation", permutation, {"none", "reverse", "cycle", "shuffle"});
    v("seed", seed, 0, 2147483647);
  }
  static std::vector<std::string> specimens() { return {"lu", "lu(cycle)"}; }

  std::vector<Block> parameters(int dim, int) const {
    const Index n = dim;
    std::vector<Block> blocks{{"log_diagonal", n, Role::log_scale}};
    if (n > 1) {
      blocks.push_back({"upper", n * (n - 1) / 2, Role::weight});
      blocks.push_back({"lower", n * (n - 1) / 2, Role::weight});
    }
    blocks.push_back({"bias", n, Role::shift});
    return blocks;
  }
  Facts facts(int) const { return {.initial_is_identity = permutation == 0, .growth = {Growth::Kind::linear}}; }

  /// U, L as in tile.hpp, Uᵀ, Lᵀ, 1/U_jj, ones, Pᵀb, log_det, π.
  Index prepared_size(int dim) const { return 4 * Index(dim) * dim + 4 * dim + 1; }
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    const Index d = dim, entries = d * (d - 1) / 2;
    const Parts<S> p = parts(prepared, d);
    if (permutation > 0) Permutation{permutation - 1, seed}.source_of(p.order, d);
    else
      for (Index j = 0; j < d; ++j) p.order[j] = S(static_cast<double>(j));
    *p.log_det = detail::fill_positive_triangle(d, theta.data(), theta.data() + d, p.upper, p.reciprocal);
    detail::fill_triangle<S>(
        false, d, [](Index) { return S(1.0); }, theta.data() + d + entries, p.lower);
    detail::transpose(d, p.upper, p.upper_transpose);
    detail::transpose(d, p.lower, p.lower_transpose);
    std::fill_n(p.one, d, S(1.0));
    for (Index j = 0; j < d; ++j) p.bias[source_of(p, j)] = theta[d + 2 * entries + j];
  }
  /// Factor by factor, which multiplies as often as P L U made beforehand would: that product loses |L||U||x| where U x is small, and the inverse
  /// divides by it again.
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch) const {
    const Parts<const S> p = parts(given.prepared, x.dim);
    Scratch::Scope scope(scratch);
    const BatchOut<S> half = scratch.take<S>(x.rows, x.dim), turned = permutation > 0 ? scratch.take<S>(x.rows, x.dim) : y;
    triangular_product<S>(true, x, p.upper, static_cast<const S*>(nullptr), half);
    triangular_product<S>(false, half, p.lower, p.bias, turned);
    if (permutation > 0)
      for (Index j = 0; j < x.dim; ++j) std::copy_n(turned.column(source_of(p, j)), x.rows, y.column(j));
    std::fill_n(log_det, x.rows, *p.log_det);
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    const Index d = y.dim;
    const Parts<const S> p = parts(given.prepared, d);
    Scratch::Scope scope(scratch);
    const BatchOut<S> turned = scratch.take<S>(y.rows, d), half = scratch.take<S>(y.rows, d);
    turn_back(p, y, turned);
    triangular_solve<S>(false, turned, p.lower, p.one, p.bias, half);
    triangular_solve<S>(true, half, p.upper, p.reciprocal, static_cast<const S*>(nullptr), x);
    std::fill_n(log_det, y.rows, -*p.log_det);
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    const Index d = x.dim, entries = d * (d - 1) / 2;
    const Parts<const S> p = parts(given.prepared, d);
    const S* const no_bias = nullptr;
    Scratch::Scope scope(scratch);
    const BatchOut<S> turned = scratch.take<S>(x.rows, d), grad_half = scratch.take<S>(x.rows, d), half = scratch.take<S>(x.rows, d);
    turn_back(p, grad_y, turned);
    triangular_product<S>(true, turned, p.lower_transpose, no_bias, grad_half);
    triangular_product<S>(false, grad_half, p.upper_transpose, no_bias, out.x);
    triangular_product<S>(true, x, p.upper, no_bias, half);
    S* grad = scratch.take<S>(2 * d * d);
    std::fill_n(grad, 2 * d * d, S(0.0));
    add_outer<S>(x, grad_half, grad, d);
    add_outer<S>(half, turned, grad + d * d, d);
    detail::add_log_diagonal(d, p.upper, grad, grad_log_det, x.rows, out.theta.data());
    detail::add_triangle(true, d, grad, out.theta.data() + d);
    detail::add_triangle(false, d, grad + d * d, out.theta.data() + d + entries);
    add_column_sums<S>(grad_y, out.theta.data() + d * d);
  }

 private:
  template <class S>
  struct Parts {
    S *upper, *lower, *upper_transpose, *lower_transpose, *reciprocal, *one, *bias, *log_det, *order;  // order: π as numbers
  };
  template <class S>
  static Parts<S> parts(S* prepared, Index d) {
    const Index n = d * d;
    S* const rest = prepared + 4 * n;
    return {prepared, prepared + n, prepared + 2 * n, prepared + 3 * n, rest, rest + d, rest + 2 * d, rest + 3 * d, rest + 3 * d + 1};
  }
  /// π(j).
  template <class P>
  static Index source_of(const P& p, Index j) {
    return static_cast<Index>(to_double(p.order[j]));
  }
  /// Pᵀ y.
  template <class S>
  static void turn_back(const Parts<const S>& p, BatchIn<S> y, BatchOut<S> turned) {
    for (Index j = 0; j < y.dim; ++j) std::copy_n(y.column(j), y.rows, turned.column(source_of(p, j)));
  }
};

}  // namespace flowgauge
