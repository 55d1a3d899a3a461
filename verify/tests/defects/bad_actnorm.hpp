// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layers/actnorm.hpp>

namespace flowgauge::verify::defects {

/// actnorm with one mistake; `none` is the healthy twin.
struct BadActnorm {
  static constexpr std::string_view summary = "actnorm with a planted defect";
  enum Defect {
    none,
    sign,                   ///< W118: forward returns −L
    reciprocal,             ///< W002: the inverse returns 1/L
    times_dim,              ///< W016: D times too large in both directions
    times_dim_in_inverse,   ///< W033: counted once too often in one direction
    scale_shared,           ///< W006: all coordinates have the first one's scale, and L counts it once
    gradient_lacks_log_det  ///< of log_scale
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "sign", "reciprocal", "times_dim", "times_dim_in_inverse", "scale_shared", "gradient_lacks_log_det"});
  }

  std::vector<Block> parameters(int dim, int context) const {
    if (defect == scale_shared) return {{"log_scale", 1, Role::log_scale}, {"bias", dim, Role::shift}};
    return healthy.parameters(dim, context);
  }
  Facts facts(int dim) const { return healthy.facts(dim); }
  Index prepared_size(int dim) const { return healthy.prepared_size(dim) + 2 * dim; }
  /// Behind the healthy numbers: the healthy parameters.
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    S* const own = prepared + healthy.prepared_size(dim);
    for (Index j = 0; j < dim; ++j) {
      own[j] = theta[defect == scale_shared ? 0 : j];
      own[dim + j] = theta[defect == scale_shared ? 1 + j : dim + j];
    }
    healthy.prepare(std::span<const S>(own, 2 * dim), dim, prepared);
    if (defect == scale_shared) prepared[2 * dim] = theta[0];
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch) const {
    healthy.forward(widened(given, x.dim), x, y, log_det, scratch);
    for (Index i = 0; i < x.rows && defect == sign; ++i) log_det[i] = -log_det[i];
    for (Index i = 0; i < x.rows && defect == times_dim; ++i) log_det[i] = S(static_cast<double>(x.dim)) * log_det[i];
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    healthy.inverse(widened(given, y.dim), y, x, log_det, scratch);
    for (Index i = 0; i < y.rows; ++i) {
      if (defect == reciprocal) log_det[i] = S(-1.0) / log_det[i];
      if (defect == times_dim || defect == times_dim_in_inverse) log_det[i] = S(static_cast<double>(y.dim)) * log_det[i];
    }
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    Scratch::Scope scope(scratch);
    S* const zero = scratch.take<S>(x.rows);
    std::fill_n(zero, x.rows, S(0.0));
    if (defect == scale_shared) {
      std::vector<S> theta(2 * x.dim, S(0.0));
      healthy.backward(widened(given, x.dim), x, grad_y, grad_log_det, Gradients<S>{out.x, theta, out.context}, scratch);
      for (Index j = 0; j < x.dim; ++j) out.theta[0] = out.theta[0] + theta[j], out.theta[1 + j] = out.theta[1 + j] + theta[x.dim + j];
      return;
    }
    healthy.backward(given, x, grad_y, defect == gradient_lacks_log_det ? zero : grad_log_det, out, scratch);
  }

 private:
  template <class S>
  Given<S> widened(const Given<S>& given, Index d) const {
    return {{given.prepared + healthy.prepared_size(static_cast<int>(d)), static_cast<std::size_t>(2 * d)}, given.context, given.prepared};
  }
  Actnorm healthy;
};

}  // namespace flowgauge::verify::defects
