// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/detail/reflection.hpp>
#include <flowgauge/detail/triangles.hpp>
#include <flowgauge/sample.hpp>

namespace flowgauge {

/// y = H_1 ⋯ H_k R x: R upper triangular with diagonal exp(log_diagonal), H_l the reflection along vector_l; log_det = Σ log_diagonal. R acts first,
/// then H_k. k = d reflections reach every rotation, up to its sign. A vector at 0 reflects nothing; at d = 1 there are no vectors and y =
/// (−1)^k·R·x.
struct HouseholderQr {
  static constexpr std::string_view summary = "y = H_1 ... H_k R x, H reflections, R upper triangular with positive diagonal; log_det = sum log R_ii";
  static constexpr std::string_view hazard = "the map jumps where a vector is 0";
  static constexpr std::string_view source = "austinjones/normalizing-flows, notebooks/flows.py, HouseholderQrConvolution";
  int reflections = 3;
  template <class V>
  void options(V& v) {
    v("reflections", reflections, 1, 4096);
  }

  std::vector<Block> parameters(int dim, int) const {
    const Index n = dim;
    std::vector<Block> blocks{{"log_diagonal", n, Role::log_scale}};
    if (n == 1) return blocks;
    blocks.push_back({"triangle", n * (n - 1) / 2, Role::weight});
    for (int l = 1; l <= reflections; ++l) blocks.push_back({"vector_" + std::to_string(l), n, Role::direction});
    return blocks;
  }
  Facts facts(int) const { return {.growth = {Growth::Kind::linear}}; }

  /// W = H_1 ⋯ H_k R column by column, R as in tile.hpp, the reflections with −c·u beside each, 1/R_jj, zeros, log_det.
  Index prepared_size(int dim) const {
    const Index d = dim;
    return 2 * d * d + reflections * (detail::Reflection<double>::size(d) + d) + 2 * d + 1;
  }
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    const Index d = dim;
    const Parts<S> p = parts(prepared, d);
    const S one(1.0);
    std::fill_n(p.zero, d, S(0.0));
    *p.log_det = detail::fill_positive_triangle(d, theta.data(), theta.data() + d, p.triangle, p.reciprocal);
    std::copy_n(p.triangle, d * d, p.weight);
    for (Index l = reflections; l-- > 0;) {
      const auto h = detail::Reflection<S>::at(p.reflection, d, l);
      h.set(d == 1 ? &one : vectors(theta, d) + l * d, d);
      detail::reflect<S>(h.u, *h.c, p.weight, d);
      for (Index j = 0; j < d; ++j) p.along[l * d + j] = -*h.c * h.u[j];
    }
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch&) const {
    const Parts<const S> p = parts(given.prepared, x.dim);
    product<S>(x, p.weight, x.dim, p.zero, Activation::none, y);
    std::fill_n(log_det, x.rows, *p.log_det);
  }
  /// The reflections undo themselves, H_1 first; then R x = H_k ⋯ H_1 y is solved.
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    const Index d = y.dim;
    const Parts<const S> p = parts(given.prepared, d);
    Scratch::Scope scope(scratch);
    const BatchOut<S> turned = scratch.take<S>(y.rows, d);
    for (Index l = 0; l < reflections; ++l)
      detail::add_rank_one<S>(l == 0 ? y : BatchIn<S>(turned), detail::Reflection<const S>::at(p.reflection, d, l).u, p.along + l * d, turned);
    triangular_solve<S>(true, turned, p.triangle, p.reciprocal, static_cast<const S*>(nullptr), x);
    std::fill_n(log_det, y.rows, -*p.log_det);
  }
  /// With A = ∂/∂W, P_l = H_{l+1} ⋯ H_k R and A_l = H_l ⋯ H_1 A: ∂/∂H_l = A_{l−1}·P_lᵀ =: M, of which only M u, Mᵀu and uᵀM u are wanted; ∂/∂R = A_k.
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    const Index d = x.dim;
    const Parts<const S> p = parts(given.prepared, d);
    Scratch::Scope scope(scratch);
    for (Index j = 0; j < d; ++j) std::fill_n(out.x.column(j), x.rows, S(0.0));
    add_product_transposed<S>(grad_y, p.weight, d, out.x);
    S* a = scratch.take<S>(2 * d * d + 2 * d);
    S* rest = a + d * d;
    S* grad_u = rest + d * d;
    S* grad_b = grad_u + d;
    std::fill_n(a, d * d, S(0.0));
    add_outer<S>(x, grad_y, a, d);
    std::copy_n(p.weight, d * d, rest);
    for (Index l = 0; l < reflections; ++l) {
      const auto own = detail::Reflection<const S>::at(p.reflection, d, l);
      detail::reflect<S>(own.u, *own.c, rest, d);
      // In H = I + b·uᵀ, b = −c·u: ∂u = Mᵀb and ∂b = M u.
      std::fill_n(grad_u, 2 * d, S(0.0));
      for (Index k = 0; k < d; ++k) {
        S of_rest(0.0), of_a(0.0);
        for (Index j = 0; j < d; ++j) {
          of_rest = mul_add(rest[k * d + j], own.u[j], of_rest);
          of_a = mul_add(a[k * d + j], own.u[j], of_a);
        }
        for (Index j = 0; j < d; ++j) {
          grad_u[j] = grad_u[j] - *own.c * of_a * rest[k * d + j];
          grad_b[j] = mul_add(a[k * d + j], of_rest, grad_b[j]);
        }
      }
      if (d > 1) detail::reflection_backward<S>(own, d, S(1.0), grad_u, grad_b, out.theta.data() + d + d * (d - 1) / 2 + l * d);
      detail::reflect<S>(own.u, *own.c, a, d);
    }
    detail::add_triangle(true, d, a, out.theta.data() + d);
    detail::add_log_diagonal(d, p.triangle, a, grad_log_det, x.rows, out.theta.data());
  }

 private:
  template <class S>
  struct Parts {
    S *weight, *triangle, *reflection, *along, *reciprocal, *zero, *log_det;
  };
  template <class S>
  Parts<S> parts(S* prepared, Index d) const {
    S* const triangle = prepared + d * d;
    S* const reflection = triangle + d * d;
    S* const along = reflection + reflections * detail::Reflection<S>::size(d);
    S* const reciprocal = along + reflections * d;
    return {prepared, triangle, reflection, along, reciprocal, reciprocal + d, reciprocal + 2 * d};
  }
  template <class S>
  static const S* vectors(std::span<const S> theta, Index d) {
    return theta.data() + d + d * (d - 1) / 2;
  }
};

}  // namespace flowgauge
