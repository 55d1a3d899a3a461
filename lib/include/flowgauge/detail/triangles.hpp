// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/tile.hpp>

namespace flowgauge::detail {

/// use(row, column, k): entry (row, column) of a strict triangle is its number k, row by row.
template <class Use>
void each_off_diagonal(bool upper, Index d, Use use) {
  Index k = 0;
  for (Index row = 0; row < d; ++row)
    for (Index column = upper ? row + 1 : 0; column < (upper ? d : row); ++column) use(row, column, k++);
}
/// The triangle M with these entries and diagonal(j), column k at matrix + k·d, as tile.hpp wants it.
template <class S, class Diagonal>
void fill_triangle(bool upper, Index d, Diagonal diagonal, const S* entries, S* matrix) {
  std::fill_n(matrix, d * d, S(0.0));
  for (Index j = 0; j < d; ++j) matrix[j * d + j] = diagonal(j);
  each_off_diagonal(upper, d, [&](Index row, Index column, Index k) { matrix[column * d + row] = entries[k]; });
}
/// An upper triangle with diagonal exp(log_diagonal), and the reciprocals of that. Returns log det: Σ log_diagonal.
template <class S>
S fill_positive_triangle(Index d, const S* log_diagonal, const S* entries, S* matrix, S* reciprocal) {
  fill_triangle<S>(
      true, d, [&](Index j) { return exp(log_diagonal[j]); }, entries, matrix);
  S total(0.0);
  for (Index j = 0; j < d; ++j) {
    reciprocal[j] = S(1.0) / matrix[j * d + j];
    total = total + log_diagonal[j];
  }
  return total;
}
template <class S>
void transpose(Index d, const S* matrix, S* to) {
  for (Index k = 0; k < d; ++k)
    for (Index j = 0; j < d; ++j) to[j * d + k] = matrix[k * d + j];
}
/// grad_entries += the entries of this triangle in grad_matrix (column k at k·d).
template <class S>
void add_triangle(bool upper, Index d, const S* grad_matrix, S* grad_entries) {
  each_off_diagonal(upper, d, [&](Index row, Index column, Index k) { grad_entries[k] = grad_entries[k] + grad_matrix[column * d + row]; });
}
/// grad_log_j += M_jj·∂M_jj + Σ_rows grad_log_det: of the logs of a positive diagonal whose sum is log_det.
template <class S>
void add_log_diagonal(Index d, const S* matrix, const S* grad_matrix, const S* grad_log_det, Index rows, S* grad_log) {
  S total(0.0);
  add_column_sums<S>({grad_log_det, rows, 1, rows}, &total);
  for (Index j = 0; j < d; ++j) grad_log[j] = grad_log[j] + matrix[j * d + j] * grad_matrix[j * d + j] + total;
}

}  // namespace flowgauge::detail
