// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layers/rank_one.hpp>

#include <vector>
namespace flowgauge::verify::defects {

/// rank_one with one mistake; `none` is the healthy twin.
struct BadRankOne {
  static constexpr std::string_view summary = "rank_one with a planted defect";
  enum Defect {
    none,
    constraint_absent,  ///< W039: u is û as it is, log(1 + vᵀu) without abs
    recomputed_s,       ///< s = 1 + vᵀu cancels where s is small
    inverse_lacks_s,    ///< x = y − u·(vᵀy)
    nan_at_zero         ///< a quotient by |v|² where v may be 0
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "constraint_absent", "recomputed_s", "inverse_lacks_s", "nan_at_zero"});
  }

  std::vector<Block> parameters(int dim, int context) const { return healthy.parameters(dim, context); }
  Facts facts(int dim) const {
    Facts f = healthy.facts(dim);
    if (defect == constraint_absent) f.initial_is_identity = false;
    return f;
  }
  void initial(std::span<double> theta, int dim) const { healthy.initial(theta, dim); }
  Index prepared_size(int dim) const { return healthy.prepared_size(dim); }
  /// w, −w/|w|², what of û lies across w, and what (wᵀx) and (wᵀy) are multiplied with; then v = unit·w, …, log s, its slope. unit·u = forth + less.
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    healthy.prepare(theta, dim, prepared);
    const Index d = dim;
    S *const w = prepared, *const less = w + d, *const across = less + d, *const forth = across + d, *const back = forth + d,
             *const single = back + d;
    const S square = detail::squared_length(w, d);
    std::vector<S> u(d);
    S along(0.0);
    for (Index j = 0; j < d; ++j) {
      u[j] = defect == constraint_absent ? single[0] * theta[d + j] : forth[j] + less[j];
      along = along + w[j] * u[j];
    }
    const S s = S(1.0) + along;
    if (defect == constraint_absent || defect == recomputed_s) single[4] = log(s);
    for (Index j = 0; j < d; ++j) {
      if (defect == constraint_absent) forth[j] = u[j] - less[j], back[j] = -u[j] / s - less[j];
      if (defect == inverse_lacks_s) back[j] = -u[j] - less[j];
      if (defect == nan_at_zero) forth[j] = forth[j] / square * square, back[j] = back[j] / square * square;
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
    healthy.backward(given, x, grad_y, grad_log_det, out, scratch);
  }

 private:
  RankOne healthy;
};

}  // namespace flowgauge::verify::defects
