// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layers/householder_qr.hpp>

namespace flowgauge::verify::defects {

/// householder_qr(3) with one mistake; `none` is the healthy twin.
struct BadHouseholderQr {
  static constexpr std::string_view summary = "householder_qr with a planted defect";
  enum Defect {
    none,
    same_order,         ///< W037: the inverse reflects in the order of forward
    last_lost,          ///< W038: reflections go in pairs, the third has none; in the inverse
    sum_of_diagonal,    ///< W018: Σ R_ii, not its logs
    superdiagonal_only  ///< W022: the rest of the triangle is dead
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "same_order", "last_lost", "sum_of_diagonal", "superdiagonal_only"});
  }

  std::vector<Block> parameters(int dim, int context) const { return healthy.parameters(dim, context); }
  Facts facts(int dim) const { return healthy.facts(dim); }
  Index prepared_size(int dim) const { return healthy.prepared_size(dim); }
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    std::vector<S> own(theta.begin(), theta.end());
    const Index d = dim;
    if (defect == superdiagonal_only)
      detail::each_off_diagonal(true, d, [&](Index row, Index column, Index k) {
        if (column > row + 1) own[d + k] = S(0.0);
      });
    healthy.prepare(std::span<const S>(own), dim, prepared);
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch) const {
    healthy.forward(given, x, y, log_det, scratch);
    if (defect == sum_of_diagonal) std::fill_n(log_det, x.rows, sum_of(given, x.dim));
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    const Index d = y.dim;
    healthy.inverse(given, y, x, log_det, scratch);
    if (defect == sum_of_diagonal) std::fill_n(log_det, y.rows, -sum_of(given, d));
    if (defect != same_order && defect != last_lost) return;
    const S* const reflections = given.prepared + 2 * d * d;
    const S* const reciprocal = reflections + healthy.reflections * (detail::Reflection<S>::size(d) + d);
    Scratch::Scope scope(scratch);
    const BatchOut<S> turned = scratch.take<S>(y.rows, d);
    copy<S>(y, turned);
    for (Index step = 0; step < (defect == last_lost ? 2 : 3); ++step) {
      const Index l = defect == same_order ? 2 - step : step;
      const S* const along = reflections + healthy.reflections * detail::Reflection<S>::size(d) + l * d;
      detail::add_rank_one<S>(turned, detail::Reflection<const S>::at(reflections, d, l).u, along, turned);
    }
    triangular_solve<S>(true, turned, given.prepared + d * d, reciprocal, static_cast<const S*>(nullptr), x);
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    healthy.backward(given, x, grad_y, grad_log_det, out, scratch);
  }

 private:
  template <class S>
  static S sum_of(const Given<S>& given, Index d) {
    S total(0.0);
    for (Index j = 0; j < d; ++j) total = total + exp(given.theta[j]);
    return total;
  }
  HouseholderQr healthy;
};

}  // namespace flowgauge::verify::defects
