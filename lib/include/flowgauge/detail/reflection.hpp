// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/tile.hpp>

/// What the layers share that add a multiple of one vector: rank-one updates of a tile, and reflections.
namespace flowgauge::detail {

/// y = x + a·(wᵀx), row by row; y may be x.
template <class S>
void add_rank_one(BatchIn<S> x, const S* w, const S* a, BatchOut<S> y) {
  using T = Lane<S>;
  for (Index i = 0; i < x.rows; i += lane_width<S>) {
    T along(0.0);
    for (Index j = 0; j < x.dim; ++j) along = mul_add(load<S>(x.column(j) + i), broadcast<S>(w[j]), along);
    for (Index j = 0; j < x.dim; ++j) store<S>(y.column(j) + i, mul_add(broadcast<S>(a[j]), along, load<S>(x.column(j) + i)));
  }
}
/// Its gradient: grad_x = g + w·(aᵀg), grad_w += Σ_rows x·(aᵀg), grad_a += Σ_rows g·(wᵀx).
template <class S>
void add_rank_one_backward(BatchIn<S> x, BatchIn<S> g, const S* w, const S* a, BatchOut<S> grad_x, S* grad_w, S* grad_a, Scratch& scratch) {
  using T = Lane<S>;
  Scratch::Scope scope(scratch);
  const BatchOut<S> along = scratch.take<S>(x.rows, 2);
  for (Index i = 0; i < x.rows; i += lane_width<S>) {
    T wx(0.0), ag(0.0);
    for (Index j = 0; j < x.dim; ++j) {
      wx = mul_add(load<S>(x.column(j) + i), broadcast<S>(w[j]), wx);
      ag = mul_add(load<S>(g.column(j) + i), broadcast<S>(a[j]), ag);
    }
    for (Index j = 0; j < x.dim; ++j) store<S>(grad_x.column(j) + i, mul_add(broadcast<S>(w[j]), ag, load<S>(g.column(j) + i)));
    store<S>(along.column(0) + i, wx);
    store<S>(along.column(1) + i, ag);
  }
  add_outer<S>(along.columns(1, 1), x, grad_w, x.dim);
  add_outer<S>(along.columns(0, 1), g, grad_a, x.dim);
}

/// v/unit into u, unit = max|v|, 1 for v = 0: squares of u neither overflow nor vanish. A map that depends on v through v/|v| alone may take the unit
/// for a constant. Returns the unit.
template <class S>
S scaled_direction(const S* v, Index d, S* u) {
  S unit(0.0);
  for (Index j = 0; j < d; ++j) unit = max(unit, abs(v[j]));
  unit = detach(select(unit <= S(0.0), S(1.0), unit));
  for (Index j = 0; j < d; ++j) u[j] = v[j] / unit;
  return unit;
}
template <class S>
S squared_length(const S* u, Index d) {
  S square(0.0);
  for (Index j = 0; j < d; ++j) square = mul_add(u[j], u[j], square);
  return square;
}

/// H = I − c·uuᵀ, the reflection along v: c = 2/|u|². v = 0 reflects nothing: c = 0.
template <class S>
struct Reflection {
  S* u;
  S *c, *unit;

  static constexpr Index size(Index d) { return d + 2; }
  /// The parts of number k at `data`, which holds size(d) numbers each.
  static Reflection at(S* data, Index d, Index k = 0) {
    S* own = data + k * size(d);
    return {own, own + d, own + d + 1};
  }
  template <class V>
  void set(const V* v, Index d) const {
    *unit = scaled_direction(v, d, u);
    const S square = squared_length(u, d);
    const auto flat = square <= S(0.0);
    *c = select(flat, S(0.0), S(2.0) / select(flat, S(1.0), square));
  }
};

/// M ← H M; column k of M at matrix + k·d.
template <class S>
void reflect(const S* u, const S& c, S* matrix, Index d) {
  for (Index k = 0; k < d; ++k) {
    S* column = matrix + k * d;
    S along(0.0);
    for (Index j = 0; j < d; ++j) along = mul_add(u[j], column[j], along);
    along = c * along;
    for (Index j = 0; j < d; ++j) column[j] = column[j] - along * u[j];
  }
}

/// grad_v of y = x + a·(uᵀx) with a = −f·c·u, from the gradients of u and a; `f` does not depend on v.
template <class S>
void reflection_backward(const Reflection<const S>& h, Index d, const S& f, const S* grad_u, const S* grad_a, S* grad_v) {
  S along(0.0);
  for (Index j = 0; j < d; ++j) along = mul_add(h.u[j], grad_a[j], along);
  for (Index j = 0; j < d; ++j) grad_v[j] = grad_v[j] + (grad_u[j] + f * *h.c * (*h.c * along * h.u[j] - grad_a[j])) / *h.unit;
}

}  // namespace flowgauge::detail
