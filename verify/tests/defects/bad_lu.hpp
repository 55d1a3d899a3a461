// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layers/lu.hpp>

namespace flowgauge::verify::defects {

/// lu(cycle) with one mistake; `none` is the healthy twin.
struct BadLu {
  static constexpr std::string_view summary = "lu with a planted defect";
  enum Defect {
    none,
    permutes_on,         ///< W021: the inverse is U⁻¹ L⁻¹ P, not Pᵀ: hidden where P undoes itself
    upper_first,         ///< the inverse is L⁻¹ U⁻¹ Pᵀ
    floor_everywhere,    ///< W019: a floor added to the whole matrix, not to its diagonal
    sum_of_diagonal,     ///< W018: Σ U_ii, not its logs
    product_of_pivots,   ///< W024: the log of a product, not a sum of logs
    bias_not_subtracted  ///< W139: in the inverse
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "permutes_on", "upper_first", "floor_everywhere", "sum_of_diagonal", "product_of_pivots", "bias_not_subtracted"});
  }

  std::vector<Block> parameters(int dim, int context) const { return healthy().parameters(dim, context); }
  Facts facts(int dim) const { return healthy().facts(dim); }
  Index prepared_size(int dim) const { return healthy().prepared_size(dim); }
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    healthy().prepare(theta, dim, prepared);
    const Index d = dim;
    for (Index k = 0; k < d * d && defect == floor_everywhere; ++k) prepared[k] = prepared[k] + S(0.0009765625);
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch) const {
    healthy().forward(given, x, y, log_det, scratch);
    if (defect == sum_of_diagonal) std::fill_n(log_det, x.rows, sum_of(given, x.dim));
    if (defect == product_of_pivots) std::fill_n(log_det, x.rows, product_of(given, x.dim));
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    const Index d = y.dim;
    healthy().inverse(given, y, x, log_det, scratch);
    if (defect == sum_of_diagonal) std::fill_n(log_det, y.rows, -sum_of(given, d));
    if (defect == product_of_pivots) std::fill_n(log_det, y.rows, -product_of(given, d));
    if (defect != permutes_on && defect != upper_first && defect != bias_not_subtracted) return;
    const S *const upper = given.prepared, *const lower = upper + d * d, *const reciprocal = given.prepared + 4 * d * d,
                   *const one = reciprocal + d, *const bias = one + d, *const no_bias = nullptr;
    std::vector<Index> pi(static_cast<std::size_t>(d));
    Permutation{1}.source_of(pi.data(), d);
    Scratch::Scope scope(scratch);
    const BatchOut<S> turned = scratch.take<S>(y.rows, d), half = scratch.take<S>(y.rows, d);
    for (Index j = 0; j < d; ++j) std::copy_n(y.column(defect == permutes_on ? pi[j] : j), y.rows, turned.column(defect == permutes_on ? j : pi[j]));
    if (defect == upper_first) {
      triangular_solve<S>(true, turned, upper, reciprocal, bias, half);
      triangular_solve<S>(false, half, lower, one, no_bias, x);
    } else {
      triangular_solve<S>(false, turned, lower, one, defect == bias_not_subtracted ? no_bias : bias, half);
      triangular_solve<S>(true, half, upper, reciprocal, no_bias, x);
    }
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    healthy().backward(given, x, grad_y, grad_log_det, out, scratch);
  }

 private:
  static Lu healthy() {
    Lu lu;
    lu.permutation = 2;
    return lu;
  }
  template <class S>
  static S sum_of(const Given<S>& given, Index d) {
    S total(0.0);
    for (Index j = 0; j < d; ++j) total = total + exp(given.theta[j]);
    return total;
  }
  template <class S>
  static S product_of(const Given<S>& given, Index d) {
    S product(1.0);
    for (Index j = 0; j < d; ++j) product = product * exp(given.theta[j]);
    return log(product);
  }
};

}  // namespace flowgauge::verify::defects
