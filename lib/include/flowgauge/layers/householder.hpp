// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/detail/reflection.hpp>
#include <flowgauge/sample.hpp>

namespace flowgauge {

/// y = x − 2v·(vᵀx)/|v|², its own inverse; log_det = 0. v = 0 is the identity, with gradient 0. At d = 1 it is y = −x, without parameters.
struct Householder {
  static constexpr std::string_view summary = "y = x - 2 v (v'x)/v'v, a reflection, its own inverse; log_det 0";
  static constexpr std::string_view hazard = "the map jumps at v = 0, which is the identity";
  static constexpr std::string_view source = "Tomczak, Welling, Improving variational auto-encoders using Householder flow, arXiv 1611.09630, eq. 8";

  std::vector<Block> parameters(int dim, int) const {
    if (dim == 1) return {};
    return {{"v", dim, Role::direction}};
  }
  Facts facts(int) const { return {.volume_preserving = true, .growth = {Growth::Kind::linear}}; }

  /// The reflection, and a = −c·u.
  Index prepared_size(int dim) const { return 2 * Index(dim) + 2; }
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    const auto h = detail::Reflection<S>::at(prepared, dim);
    const S one(1.0);
    h.set(dim == 1 ? &one : theta.data(), dim);
    for (Index j = 0; j < dim; ++j) prepared[dim + 2 + j] = -*h.c * h.u[j];
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch&) const {
    detail::add_rank_one<S>(x, given.prepared, given.prepared + x.dim + 2, y);
    std::fill_n(log_det, x.rows, S(0.0));
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    forward(given, y, x, log_det, scratch);
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S*, const Gradients<S>& out, Scratch& scratch) const {
    const Index d = x.dim;
    Scratch::Scope scope(scratch);
    S* gradient = scratch.take<S>(2 * d);
    std::fill_n(gradient, 2 * d, S(0.0));
    detail::add_rank_one_backward<S>(x, grad_y, given.prepared, given.prepared + d + 2, out.x, gradient, gradient + d, scratch);
    if (d > 1)
      detail::reflection_backward<S>(detail::Reflection<const S>::at(given.prepared, d), d, S(1.0), gradient, gradient + d, out.theta.data());
  }
};

}  // namespace flowgauge
