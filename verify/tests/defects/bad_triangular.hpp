// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layers/triangular.hpp>

#include <map>
#include <type_traits>
#include <vector>

namespace flowgauge::verify::defects {

/// triangular (upper, diagonal=exp) with one mistake; `none` is the healthy twin.
struct BadTriangular {
  static constexpr std::string_view summary = "triangular with a planted defect";
  enum Defect {
    none,
    wrong_triangle,          ///< W032: the inverse solves with the other triangle
    first_log_det_only,      ///< W089: the diagonal's first entry alone
    bias_not_subtracted,     ///< W139: in the inverse
    leak,                    ///< W019: an entry below the diagonal
    gradient_lacks_log_det,  ///< d7
    superdiagonal_only,      ///< W022: the rest of the triangle is dead
    first_row_only,          ///< backward of a batch writes the diagonal's gradient of its first row
    row_leak,                ///< every row gets a little of the tile's first
    stops_at_eight,          ///< backward leaves out the columns beyond the eighth
    sixteen_only,            ///< log_det adds up the first sixteen entries of the diagonal
    lanes_exchanged,         ///< in float the first two rows of a tile change places
    stale_prepared,          ///< W026: what was prepared at first stays, whatever θ becomes
    stops_one_short,         ///< W111: the inverse leaves its last coordinate unsolved
    adds_to_y,               ///< W029: y is added to what the buffer held
    changes_input,           ///< W113: a 0 is left in the caller's x
    cached_inverse,          ///< W158: right for the last image of forward, which is remembered, and for nothing else
    adds_to_log_det,         ///< W154: log_det is added to what the buffer held
    shared_prepared          ///< W157: all layers of the kind use what the last one prepared
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect,
      {"none", "wrong_triangle", "first_log_det_only", "bias_not_subtracted", "leak", "gradient_lacks_log_det", "superdiagonal_only",
       "first_row_only", "row_leak", "stops_at_eight", "sixteen_only", "lanes_exchanged", "stale_prepared", "stops_one_short", "adds_to_y",
       "changes_input", "cached_inverse", "adds_to_log_det", "shared_prepared"});
  }

  std::vector<Block> parameters(int dim, int context) const { return healthy.parameters(dim, context); }
  Facts facts(int dim) const { return healthy.facts(dim); }
  Index prepared_size(int dim) const { return healthy.prepared_size(dim); }

  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    healthy.prepare(theta, dim, prepared);
    const Index d = dim;
    if (defect == superdiagonal_only)
      for (Index row = 0; row < d; ++row)
        for (Index column = row + 2; column < d; ++column) prepared[column * d + row] = prepared[d * d + row * d + column] = S(0.0);
    if (defect == sixteen_only)
      for (Index j = 16; j < d; ++j) prepared[2 * d * d + d] = prepared[2 * d * d + d] - theta[j];
    if (defect == stale_prepared) {
      thread_local std::map<int, std::vector<S>> first;
      const auto& kept = first.try_emplace(dim, prepared, prepared + prepared_size(dim)).first->second;
      std::copy(kept.begin(), kept.end(), prepared);
    }
    last<S>() = prepared;
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch) const {
    const std::vector<S> held(log_det, log_det + x.rows);
    std::vector<S> before;
    for (Index j = 0; j < x.dim && defect == adds_to_y; ++j) before.insert(before.end(), y.column(j), y.column(j) + x.rows);
    healthy.forward(of_whom(given), x, y, log_det, scratch);
    for (std::size_t k = 0; k < before.size(); ++k) {
      S& v = y(static_cast<Index>(k) % x.rows, static_cast<Index>(k) / x.rows);
      v = v + before[k];
    }
    if (defect == cached_inverse) {
      image<S>().clear();
      for (Index j = 0; j < x.dim; ++j) image<S>().insert(image<S>().end(), y.column(j), y.column(j) + x.rows);
    }
    if (defect == changes_input) const_cast<S&>(x(0, 0)) = S(0.0);
    if (defect == adds_to_log_det)
      for (Index i = 0; i < x.rows; ++i) log_det[i] = log_det[i] + held[i];
    if constexpr (std::is_same_v<S, float>)
      if (defect == lanes_exchanged) std::swap(y(0, 0), y(1, 0));
    if (defect == first_log_det_only) std::fill_n(log_det, x.rows, given.theta[0]);
    for (Index i = 0; i < x.rows; ++i) {
      if (defect == leak && x.dim > 1) y(i, x.dim - 1) = y(i, x.dim - 1) + S(0.5) * x(i, 0);
      if (defect == row_leak) y(i, 0) = y(i, 0) + S(0x1p-20) * x(0, 0);
    }
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    healthy.inverse(of_whom(given), y, x, log_det, scratch);
    const Index d = y.dim;
    const S* const reciprocal = given.prepared + 2 * d * d;
    const S* const bias = given.theta.data() + d + d * (d - 1) / 2;
    if (defect == wrong_triangle) triangular_solve<S>(false, y, given.prepared, reciprocal, bias, x);
    if (defect == bias_not_subtracted) triangular_solve<S>(true, y, given.prepared, reciprocal, static_cast<const S*>(nullptr), x);
    if (defect == first_log_det_only) std::fill_n(log_det, y.rows, -given.theta[0]);
    if (defect == stops_one_short && d > 2) std::copy_n(y.column(0), y.rows, x.column(0));
    if (defect == cached_inverse) {
      bool known = static_cast<Index>(image<S>().size()) == d * y.rows;
      for (Index k = 0; k < d * y.rows && known; ++k) known = image<S>()[k] == y(k % y.rows, k / y.rows);
      for (Index i = 0; i < y.rows && !known; ++i) x(i, 0) = x(i, 0) + S(1.0);
    }
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    Scratch::Scope scope(scratch);
    S* const zero = scratch.take<S>(x.rows);
    std::fill_n(zero, x.rows, S(0.0));
    healthy.backward(of_whom(given), x, grad_y, defect == gradient_lacks_log_det ? zero : grad_log_det, out, scratch);
    if (defect == stops_at_eight)
      for (Index j = 8; j < x.dim; ++j) std::fill_n(out.x.column(j), x.rows, S(0.0));
    if (defect == first_row_only)
      for (Index j = 0; j < x.dim; ++j) out.theta[j] = x(0, j) * exp(given.theta[j]) * grad_y(0, j) + grad_log_det[0];
  }

 private:
  template <class S>
  static const S*& last() {
    thread_local const S* prepared = nullptr;
    return prepared;
  }
  template <class S>
  static std::vector<S>& image() {
    thread_local std::vector<S> of_forward;
    return of_forward;
  }
  template <class S>
  Given<S> of_whom(Given<S> given) const {
    if (defect == shared_prepared) given.prepared = last<S>();
    return given;
  }
  Triangular healthy;
};

}  // namespace flowgauge::verify::defects
