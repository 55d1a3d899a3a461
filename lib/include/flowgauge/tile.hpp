// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/batch.hpp>
#include <flowgauge/pack.hpp>

/// What a tile is multiplied with. All run over packs of rows, a few columns at a time; a row's result depends on that row alone, to the bit, and
/// sums over rows
/// run in the order of the rows. Defined once per scalar (lib: float and double; verify: its own).
namespace flowgauge {

enum class Activation { none, relu, tanh };

/// y = act(x W + b). x: rows × in, y: rows × out, weight (k, j) at weight[k·stride + j].
template <class S>
void product(BatchIn<S> x, const S* weight, Index stride, const S* bias, Activation, BatchOut<S> y);
/// y += x Wᵀ. x: rows × out, y: rows × in, W as in product.
template <class S>
void add_product_transposed(BatchIn<S> x, const S* weight, Index stride, BatchOut<S> y);
/// W += xᵀ g, the gradient of a product. W as in product.
template <class S>
void add_outer(BatchIn<S> x, BatchIn<S> g, S* weight, Index stride);
/// b_j += Σ_rows g_ij.
template <class S>
void add_column_sums(BatchIn<S> g, S* b);
/// g ∘ act′, where a = act(·) is what the activation gave.
template <class S>
void multiply_by_slope(Activation, BatchIn<S> a, BatchOut<S> g);

/// y_j = b_j + Σ_k x_k·w(k, j) over k ≥ j (upper) or k ≤ j (lower); w(k, j) at weight[k·dim + j]. Entries of the other triangle are never
/// multiplied, not even
/// by 0, so an infinite x_k leaves the others alone. bias may be nullptr: then 0.
template <class S>
void triangular_product(bool upper, BatchIn<S> x, const S* weight, const S* bias, BatchOut<S> y);
/// The x of y = triangular_product(x): reciprocal[j] = 1/w(j, j).
template <class S>
void triangular_solve(bool upper, BatchIn<S> y, const S* weight, const S* reciprocal, const S* bias, BatchOut<S> x);

/// Row by row the v of Jᵀv = c, in place of c. Entry (k, j) of row i's J at jacobian[(k·d + j)·n + i]; J is overwritten. Elimination with partial
/// pivoting, our
/// own fifteen lines because it runs on every real; decompositions of plain numbers are Eigen's.
template <class S>
void solve_transposed(S* jacobian, BatchOut<S> c);

template <class S>
void copy(BatchIn<S> from, BatchOut<S> to) {
  for (Index j = 0; j < from.dim; ++j) std::copy_n(from.column(j), from.rows, to.column(j));
}
/// One number for all lanes.
template <class S>
Lane<S> broadcast(const S& x) {
  if constexpr (Native<S>) return Lane<S>(x);
  else return x;
}

}  // namespace flowgauge
