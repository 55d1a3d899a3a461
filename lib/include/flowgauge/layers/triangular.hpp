// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/sample.hpp>
#include <flowgauge/tile.hpp>

namespace flowgauge {

/// y = W x + b, W upper or lower triangular; log_det = Σ_j log|W_jj|. diagonal=exp: W_jj = exp(log_diagonal_j) > 0; diagonal=free: W_jj itself, of
/// either sign.
/// θ: the diagonal, then the triangle row by row without it, then b.
struct Triangular {
  static constexpr std::string_view summary = "y = W x + b, W triangular, log_det = sum log|W_jj|";
  static constexpr std::string_view hazard = "diagonal=free is singular where an entry is 0, and no gradient step knows it";
  static constexpr std::string_view source = "austinjones/normalizing-flows, notebooks/flows.py, DenseTriangularFlow";
  int triangle = 0;
  int diagonal = 0;
  template <class V>
  void options(V& v) {
    v("triangle", triangle, {"upper", "lower"});
    v("diagonal", diagonal, {"exp", "free"});
  }

  std::vector<Block> parameters(int dim, int) const {
    const Index n = dim;
    std::vector<Block> blocks{diagonal == 0 ? Block{"log_diagonal", n, Role::log_scale} : Block{"diagonal", n, Role::multiplier, 1.0}};
    if (n > 1) blocks.push_back({"triangle", n * (n - 1) / 2, Role::weight});
    blocks.push_back({"bias", n, Role::shift});
    return blocks;
  }
  Facts facts(int) const {
    return {.structure = upper() ? Structure::upper : Structure::lower, .increasing = diagonal == 0, .initial_is_identity = true,
            .growth = {Growth::Kind::linear}};
  }

  /// W as w(k, j) = W_jk at [k·d + j], its transpose, 1/W_jj, log|det W|.
  Index prepared_size(int dim) const { return 2 * Index(dim) * dim + dim + 1; }
  template <class S>
  void prepare(std::span<const S> theta, int dim, S* prepared) const {
    const Index d = dim;
    const Parts<S> p = parts(prepared, d);
    std::fill_n(prepared, 2 * d * d, S(0.0));
    S total(0.0);
    for (Index j = 0; j < d; ++j) {
      const S w = diagonal == 0 ? exp(theta[j]) : theta[j];
      p.weight[j * d + j] = p.transpose[j * d + j] = w;
      p.reciprocal[j] = S(1.0) / w;
      total = total + (diagonal == 0 ? theta[j] : log(abs(w)));
    }
    *p.log_det = total;
    each_off_diagonal(d, [&](Index row, Index column, Index k) { p.weight[column * d + row] = p.transpose[row * d + column] = theta[d + k]; });
  }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch&) const {
    const Parts<const S> p = parts(given.prepared, x.dim);
    triangular_product<S>(upper(), x, p.weight, bias(given, x.dim), y);
    std::fill_n(log_det, x.rows, *p.log_det);
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch&) const {
    const Parts<const S> p = parts(given.prepared, y.dim);
    triangular_solve<S>(upper(), y, p.weight, p.reciprocal, bias(given, y.dim), x);
    std::fill_n(log_det, y.rows, -*p.log_det);
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    const Index d = x.dim;
    const Parts<const S> p = parts(given.prepared, d);
    triangular_product<S>(!upper(), grad_y, p.transpose, static_cast<const S*>(nullptr), out.x);
    Scratch::Scope scope(scratch);
    S* grad_w = scratch.take<S>(d * d);
    std::fill_n(grad_w, d * d, S(0.0));
    add_outer<S>(x, grad_y, grad_w, d);
    S total(0.0);
    add_column_sums<S>({grad_log_det, x.rows, 1, x.rows}, &total);
    for (Index j = 0; j < d; ++j) {
      const S g = grad_w[j * d + j];
      out.theta[j] = out.theta[j] + (diagonal == 0 ? g * p.weight[j * d + j] + total : g + total * p.reciprocal[j]);
    }
    each_off_diagonal(d, [&](Index row, Index column, Index k) { out.theta[d + k] = out.theta[d + k] + grad_w[column * d + row]; });
    add_column_sums<S>(grad_y, out.theta.data() + d + d * (d - 1) / 2);
  }

 private:
  template <class S>
  struct Parts {
    S *weight, *transpose, *reciprocal, *log_det;
  };
  template <class S>
  static Parts<S> parts(S* prepared, Index d) {
    return {prepared, prepared + d * d, prepared + 2 * d * d, prepared + 2 * d * d + d};
  }
  template <class S>
  static const S* bias(const Given<S>& given, Index d) {
    return given.theta.data() + d + d * (d - 1) / 2;
  }
  bool upper() const { return triangle == 0; }
  /// use(row, column, k): entry W(row, column) is number k of the block `triangle`.
  template <class Use>
  void each_off_diagonal(Index d, Use use) const {
    Index k = 0;
    for (Index row = 0; row < d; ++row)
      for (Index column = upper() ? row + 1 : 0; column < (upper() ? d : row); ++column) use(row, column, k++);
  }
};

}  // namespace flowgauge
