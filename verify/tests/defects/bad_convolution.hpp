// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layers/invertible_convolution_qr.hpp>

namespace flowgauge::verify::defects {

/// invertible_convolution_qr with one mistake; `none` is the healthy twin.
struct BadConvolution {
  static constexpr std::string_view summary = "invertible_convolution_qr with a planted defect";
  enum Defect {
    none,
    reciprocal,          ///< W002: the inverse returns 1/L
    superdiagonal_only,  ///< W022: R keeps its diagonal and one superdiagonal
    not_orthogonal,      ///< W028: Q has left the orthogonal matrices, log_det does not know
    inverse_turns_on     ///< the inverse multiplies by Q again, not by Qᵀ
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "reciprocal", "superdiagonal_only", "not_orthogonal", "inverse_turns_on"});
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
    S* const back = prepared + 3 * d * d;  // Qᵀ
    for (Index k = 0; k < d; ++k)
      for (Index j = 0; j < d; ++j) {
        if (defect == inverse_turns_on && j < k) std::swap(back[k * d + j], back[j * d + k]);
        if (defect == not_orthogonal) prepared[k * d + j] = prepared[k * d + j] * S(1.0009765625);
      }
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch) const {
    healthy.forward(given, x, y, log_det, scratch);
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    healthy.inverse(given, y, x, log_det, scratch);
    for (Index i = 0; i < y.rows && defect == reciprocal; ++i) log_det[i] = S(-1.0) / log_det[i];
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    healthy.backward(given, x, grad_y, grad_log_det, out, scratch);
  }

 private:
  InvertibleConvolutionQr healthy;
};

}  // namespace flowgauge::verify::defects
