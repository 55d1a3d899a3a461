// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layers/householder.hpp>

namespace flowgauge::verify::defects {

/// householder with one mistake; `none` is the healthy twin.
struct BadHouseholder {
  static constexpr std::string_view summary = "householder with a planted defect";
  enum Defect {
    none,
    detached_v,  ///< W034: the gradient takes one v of v·vᵀ/|v|² for a constant
    nan_at_zero, ///< 2/|v|² where v may be 0
    unscaled     ///< W046: |v|² of v as it comes: in float 1e±24 squared is 0 or infinite
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "detached_v", "nan_at_zero", "unscaled"});
  }

  std::vector<Block> parameters(int dim, int context) const { return healthy.parameters(dim, context); }
  Facts facts(int dim) const { return healthy.facts(dim); }
  Index prepared_size(int dim) const { return healthy.prepared_size(dim); }
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    healthy.prepare(theta, dim, prepared);
    S* const along = prepared + dim + 2;
    if (defect == unscaled && dim > 1) {
      const auto h = detail::Reflection<S>::at(prepared, dim);
      std::copy_n(theta.data(), dim, h.u);
      const S square = detail::squared_length(h.u, dim);
      const auto flat = square <= S(0.0);
      *h.unit = S(1.0);
      *h.c = select(flat, S(0.0), S(2.0) / select(flat, S(1.0), square));
      for (Index j = 0; j < dim; ++j) along[j] = -*h.c * h.u[j];
    }
    for (Index j = 0; j < dim; ++j) {
      if (defect == nan_at_zero) along[j] = S(-2.0) / detail::squared_length(prepared, dim) * prepared[j];
    }
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch) const {
    healthy.forward(given, x, y, log_det, scratch);
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    healthy.inverse(given, y, x, log_det, scratch);
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    if (defect != detached_v) return healthy.backward(given, x, grad_y, grad_log_det, out, scratch);
    const Index d = x.dim;
    Scratch::Scope scope(scratch);
    S* gradient = scratch.take<S>(2 * d);
    std::fill_n(gradient, 2 * d, S(0.0));
    detail::add_rank_one_backward<S>(x, grad_y, given.prepared, given.prepared + d + 2, out.x, gradient, gradient + d, scratch);
    for (std::size_t j = 0; j < out.theta.size(); ++j) out.theta[j] = out.theta[j] + gradient[j] / given.prepared[d + 1];
  }

 private:
  Householder healthy;
};

}  // namespace flowgauge::verify::defects
