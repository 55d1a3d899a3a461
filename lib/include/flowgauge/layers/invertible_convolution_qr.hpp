// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/detail/reflection.hpp>
#include <flowgauge/detail/triangles.hpp>
#include <flowgauge/random.hpp>
#include <flowgauge/sample.hpp>

namespace flowgauge {

/// y = Q R x: Q orthogonal, drawn from `seed` and never trained, R upper triangular with diagonal exp(log_diagonal); log_det = Σ log_diagonal. Q is d
/// − 1 reflections along normal vectors (uniform up to signs: Stewart, SIAM J. Numer. Anal. 17, 1980), orthogonal to the last digit of every number
/// type.
struct InvertibleConvolutionQr {
  static constexpr std::string_view summary =
      "y = Q R x, Q a fixed random rotation, R upper triangular with positive diagonal; log_det = sum log R_ii";
  static constexpr std::string_view hazard = "none";
  static constexpr std::string_view source =
      "austinjones/normalizing-flows, InvertibleConvolutionQr; Kingma, Dhariwal, Glow, arXiv 1807.03039, section 3.2";
  int seed = 1;
  template <class V>
  void options(V& v) {
    v("seed", seed, 0, 2147483647);
  }

  std::vector<Block> parameters(int dim, int) const {
    const Index n = dim;
    std::vector<Block> blocks{{"log_diagonal", n, Role::log_scale}};
    if (n > 1) blocks.push_back({"triangle", n * (n - 1) / 2, Role::weight});
    return blocks;
  }
  Facts facts(int) const { return {.growth = {Growth::Kind::linear}}; }

  /// W = Q R and R as in tile.hpp; Qᵀ and Rᵀ for the ways back; 1/R_jj, zeros, log_det; what one reflection is made from.
  Index prepared_size(int dim) const { return 4 * Index(dim) * dim + 3 * dim + 1 + detail::Reflection<double>::size(dim); }
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    const Index d = dim;
    const Parts<S> p = parts(prepared, d);
    std::fill_n(p.zero, d, S(0.0));
    *p.log_det = detail::fill_positive_triangle(d, theta.data(), theta.data() + d, p.triangle, p.reciprocal);
    detail::transpose(d, p.triangle, p.transpose);
    std::copy_n(p.triangle, d * d, p.weight);
    S* q = p.back;
    std::fill_n(q, d * d, S(0.0));
    for (Index j = 0; j < d; ++j) q[j * d + j] = S(1.0);
    const RandomStream stream(seed, "rotation");
    S* const v = p.log_det + 1;
    std::fill_n(v, d, S(0.0));
    const auto h = detail::Reflection<S>::at(v + d, d);
    for (Index l = d - 1; l-- > 0;) {  // H_l moves coordinates l … d − 1
      double square = 0;
      for (Index j = l; j < d; ++j) {
        const double z = stream.normal(l, static_cast<std::uint32_t>(j));
        v[j] = S(z);
        square += z * z;
      }
      v[l] = v[l] + S(std::copysign(std::sqrt(square), to_double(v[l])));
      h.set(v, d);
      detail::reflect<S>(h.u, *h.c, p.weight, d);
      detail::reflect<S>(h.u, *h.c, q, d);
      v[l] = S(0.0);
    }
    for (Index k = 0; k < d; ++k)
      for (Index j = 0; j < k; ++j) std::swap(q[k * d + j], q[j * d + k]);
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch&) const {
    const Parts<const S> p = parts(given.prepared, x.dim);
    product<S>(x, p.weight, x.dim, p.zero, Activation::none, y);
    std::fill_n(log_det, x.rows, *p.log_det);
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    const Index d = y.dim;
    const Parts<const S> p = parts(given.prepared, d);
    Scratch::Scope scope(scratch);
    const BatchOut<S> turned = scratch.take<S>(y.rows, d);
    product<S>(y, p.back, d, p.zero, Activation::none, turned);
    triangular_solve<S>(true, turned, p.triangle, p.reciprocal, static_cast<const S*>(nullptr), x);
    std::fill_n(log_det, y.rows, -*p.log_det);
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    const Index d = x.dim;
    const Parts<const S> p = parts(given.prepared, d);
    Scratch::Scope scope(scratch);
    const BatchOut<S> turned = scratch.take<S>(x.rows, d);
    product<S>(grad_y, p.back, d, p.zero, Activation::none, turned);
    triangular_product<S>(false, turned, p.transpose, static_cast<const S*>(nullptr), out.x);
    S* grad_r = scratch.take<S>(d * d);
    std::fill_n(grad_r, d * d, S(0.0));
    add_outer<S>(x, turned, grad_r, d);
    detail::add_log_diagonal(d, p.triangle, grad_r, grad_log_det, x.rows, out.theta.data());
    detail::add_triangle(true, d, grad_r, out.theta.data() + d);
  }

 private:
  template <class S>
  struct Parts {
    S *weight, *triangle, *transpose, *back, *reciprocal, *zero, *log_det;
  };
  template <class S>
  static Parts<S> parts(S* prepared, Index d) {
    const Index n = d * d;
    return {prepared, prepared + n, prepared + 2 * n, prepared + 3 * n, prepared + 4 * n, prepared + 4 * n + d, prepared + 4 * n + 2 * d};
  }
};

}  // namespace flowgauge
