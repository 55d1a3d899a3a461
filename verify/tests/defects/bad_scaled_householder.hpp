// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layers/scaled_householder.hpp>

namespace flowgauge::verify::defects {

/// scaled_householder with t = −¾d and one mistake; `none` is the healthy twin.
struct BadScaledHouseholder {
  static constexpr std::string_view summary = "scaled_householder with a planted defect";
  enum Defect {
    none,
    inverse_reuses_t,  ///< S41: the inverse has t, not 1/t
    inverse_sign,      ///< W036: the inverse returns +log|t|
    reciprocal,        ///< W002: the inverse returns 1/log|t|
    no_abs             ///< W003: log t
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "inverse_reuses_t", "inverse_sign", "reciprocal", "no_abs"});
  }

  std::vector<Block> parameters(int dim, int context) const { return healthy(dim).parameters(dim, context); }
  Facts facts(int dim) const { return healthy(dim).facts(dim); }
  Index prepared_size(int dim) const { return healthy(dim).prepared_size(dim); }
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    healthy(dim).prepare(theta, dim, prepared);
    if (defect == inverse_reuses_t) std::copy_n(prepared + dim + 2, dim, prepared + 2 * dim + 2);
    if (defect == no_abs) prepared[3 * dim + 2] = log(S(healthy(dim).t));
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch) const {
    healthy(x.dim).forward(given, x, y, log_det, scratch);
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    healthy(y.dim).inverse(given, y, x, log_det, scratch);
    for (Index i = 0; i < y.rows; ++i) {
      if (defect == inverse_sign) log_det[i] = -log_det[i];
      if (defect == reciprocal) log_det[i] = S(-1.0) / log_det[i];
    }
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    healthy(x.dim).backward(given, x, grad_y, grad_log_det, out, scratch);
  }

 private:
  /// Another t at every dim, so that log_det varies over the cases.
  static ScaledHouseholder healthy(Index dim) {
    ScaledHouseholder h;
    h.t = -0.75 * static_cast<double>(dim);
    return h;
  }
};

}  // namespace flowgauge::verify::defects
