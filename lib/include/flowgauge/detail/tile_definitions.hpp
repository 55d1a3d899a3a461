// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/tile.hpp>

/// The bodies of tile.hpp, for the one unit a scalar that instantiates them.
namespace flowgauge {
namespace detail {

// A block is this many packs of rows by as many columns as the registers hold (32 with AVX-512, else 16).
inline constexpr int block_packs = 3;
#if defined(__AVX512F__)
inline constexpr int block_columns = 8, outer_columns = 6;
#else
inline constexpr int block_columns = 4, outer_columns = 3;
#endif
inline constexpr int outer_rows = 4;

template <int N>
using Count = std::integral_constant<int, N>;

// Inlined, what a lambda captures stays in registers: a store of a pack may alias anything, a closure in memory too.
#define FLOWGAUGE_INLINE __attribute__((always_inline))

/// f(Count<C>, j) over [first, last) in blocks of C, then of C/2, … 1.
template <int C, class F>
FLOWGAUGE_INLINE inline void ascending(Index first, Index last, F f) {
  for (; first + C <= last; first += C) f(Count<C>{}, first);
  if constexpr (C > 1) ascending<C / 2>(first, last, f);
}
/// The same from the end.
template <int C, class F>
FLOWGAUGE_INLINE inline void descending(Index first, Index last, F f) {
  for (; last - C >= first; last -= C) f(Count<C>{}, last - C);
  if constexpr (C > 1) descending<C / 2>(first, last, f);
}
/// f(Count<R>, i) over the rows of a tile, R packs at a time.
template <class S, class F>
FLOWGAUGE_INLINE inline void over_rows(Index rows, F f) {
  constexpr Index width = lane_width<S>;
  Index i = 0;
  for (; i + block_packs * width <= rows; i += block_packs * width) f(Count<block_packs>{}, i);
  for (; i < rows; i += width) f(Count<1>{}, i);
}

/// R × C sums in registers.
template <class S, int R, int C>
struct Block {
  using T = Lane<S>;
  T sum[R][C];

  void start(const S* bias) {
    for (int c = 0; c < C; ++c) {
      const T b = bias ? broadcast<S>(bias[c]) : T(0.0);
      for (int r = 0; r < R; ++r) sum[r][c] = b;
    }
  }
  /// sum(r, c) += Σ_{first ≤ k < last} x(k)·w(k, c); w at weight[k·stride + c], or [c·stride + k] when transposed.
  template <bool transposed>
  void add(const S* x, Index x_stride, const S* weight, Index stride, Index first, Index last) {
    for (Index k = first; k < last; ++k) {
      T xk[R];
#pragma GCC unroll 3
      for (int r = 0; r < R; ++r) xk[r] = load<S>(x + k * x_stride + r * lane_width<S>);
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) {
        const T w = broadcast<S>(transposed ? weight[c * stride + k] : weight[k * stride + c]);
#pragma GCC unroll 3
        for (int r = 0; r < R; ++r) sum[r][c] = mul_add(xk[r], w, sum[r][c]);
      }
    }
  }
};

template <Activation activation, class T>
T activate(const T& x) {
  if constexpr (activation == Activation::relu) return select(x <= T(0.0), T(0.0), x);  // a NaN stays
  else if constexpr (activation == Activation::tanh) return tanh(x);
  else return x;
}

template <Activation activation, class S>
void product(BatchIn<S> x, const S* weight, Index stride, const S* bias, BatchOut<S> y) {
  const Index in = x.dim, out = y.dim;
  over_rows<S>(y.rows, [&](auto packs, Index i) FLOWGAUGE_INLINE {
    ascending<block_columns>(0, out, [&](auto columns, Index j) FLOWGAUGE_INLINE {
      constexpr int R = packs(), C = columns();
      Block<S, R, C> block;
      block.start(bias + j);
      block.template add<false>(x.data + i, x.stride, weight + j, stride, 0, in);
      S* to = y.column(j) + i;
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c)
#pragma GCC unroll 3
        for (int r = 0; r < R; ++r) store<S>(to + c * y.stride + r * lane_width<S>, activate<activation>(block.sum[r][c]));
    });
  });
}

/// The block on the diagonal is unrolled whole: a sum that is indexed by a variable lives in memory, not in a register.
template <bool upper, class S>
void triangular_product(BatchIn<S> x, const S* weight, const S* bias, BatchOut<S> y) {
  const Index d = y.dim;
  over_rows<S>(y.rows, [&](auto packs, Index i) FLOWGAUGE_INLINE {
    ascending<block_columns>(0, d, [&](auto columns, Index j) FLOWGAUGE_INLINE {
      constexpr int R = packs(), C = columns();
      Block<S, R, C> block;
      block.start(bias ? bias + j : nullptr);
      block.template add<false>(x.data + i, x.stride, weight + j, d, upper ? j + C : 0, upper ? d : j);
      const S* w = weight + j * d + j;
#pragma GCC unroll 8
      for (int k = 0; k < C; ++k) {
        Lane<S> xk[R];
#pragma GCC unroll 3
        for (int r = 0; r < R; ++r) xk[r] = load<S>(x.column(j + k) + i + r * lane_width<S>);
#pragma GCC unroll 8
        for (int c = upper ? 0 : k; c < (upper ? k + 1 : C); ++c) {
          const Lane<S> wkc = broadcast<S>(w[k * d + c]);
#pragma GCC unroll 3
          for (int r = 0; r < R; ++r) block.sum[r][c] = mul_add(xk[r], wkc, block.sum[r][c]);
        }
      }
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c)
#pragma GCC unroll 3
        for (int r = 0; r < R; ++r) store<S>(y.column(j + c) + i + r * lane_width<S>, block.sum[r][c]);
    });
  });
}

template <bool upper, class S>
void triangular_solve(BatchIn<S> y, const S* weight, const S* reciprocal, const S* bias, BatchOut<S> x) {
  const Index d = y.dim;
  over_rows<S>(y.rows, [&](auto packs, Index i) FLOWGAUGE_INLINE {
    auto solve = [&](auto columns, Index j) FLOWGAUGE_INLINE {
      constexpr int R = packs(), C = columns();
      Block<S, R, C> block;
      block.start(bias ? bias + j : nullptr);
      block.template add<false>(x.data + i, x.stride, weight + j, d, upper ? j + C : 0, upper ? d : j);
      const S* w = weight + j * d + j;
#pragma GCC unroll 8
      for (int step = 0; step < C; ++step) {
        const int k = upper ? C - 1 - step : step;
        const Lane<S> inverse = broadcast<S>(reciprocal[j + k]);
        Lane<S> xk[R];
#pragma GCC unroll 3
        for (int r = 0; r < R; ++r) {
          const Index at = i + r * lane_width<S>;
          xk[r] = (load<S>(y.column(j + k) + at) - block.sum[r][k]) * inverse;
          store<S>(x.column(j + k) + at, xk[r]);
        }
#pragma GCC unroll 8
        for (int c = upper ? 0 : k + 1; c < (upper ? k : C); ++c) {
          const Lane<S> wkc = broadcast<S>(w[k * d + c]);
#pragma GCC unroll 3
          for (int r = 0; r < R; ++r) block.sum[r][c] = mul_add(xk[r], wkc, block.sum[r][c]);
        }
      }
    };
    if constexpr (upper) descending<block_columns>(0, d, solve);
    else ascending<block_columns>(0, d, solve);
  });
}

}  // namespace detail

template <class S>
void product(BatchIn<S> x, const S* weight, Index stride, const S* bias, Activation activation, BatchOut<S> y) {
  switch (activation) {
    case Activation::none: return detail::product<Activation::none>(x, weight, stride, bias, y);
    case Activation::relu: return detail::product<Activation::relu>(x, weight, stride, bias, y);
    case Activation::tanh: return detail::product<Activation::tanh>(x, weight, stride, bias, y);
  }
}

template <class S>
void add_product_transposed(BatchIn<S> x, const S* weight, Index stride, BatchOut<S> y) {
  detail::over_rows<S>(y.rows, [&](auto packs, Index i) FLOWGAUGE_INLINE {
    detail::ascending<detail::block_columns>(0, y.dim, [&](auto columns, Index j) FLOWGAUGE_INLINE {
      constexpr int R = packs(), C = columns();
      detail::Block<S, R, C> block;
      block.start(nullptr);
      block.template add<true>(x.data + i, x.stride, weight + j * stride, stride, 0, x.dim);
      S* to = y.column(j) + i;
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c)
#pragma GCC unroll 3
        for (int r = 0; r < R; ++r) {
          S* out = to + c * y.stride + r * lane_width<S>;
          store<S>(out, load<S>(out) + block.sum[r][c]);
        }
    });
  });
}

template <class S>
void add_outer(BatchIn<S> x, BatchIn<S> g, S* weight, Index stride) {
  using T = Lane<S>;
  detail::ascending<detail::outer_rows>(0, x.dim, [&](auto rows, Index k) FLOWGAUGE_INLINE {
    detail::ascending<detail::outer_columns>(0, g.dim, [&](auto columns, Index j) FLOWGAUGE_INLINE {
      T sums[rows()][columns()];
      for (auto& row : sums)
        for (T& s : row) s = T(0.0);
      for (Index i = 0; i < x.rows; i += lane_width<S>) {
        T xk[rows()];
        for (int r = 0; r < rows(); ++r) xk[r] = load<S>(x.column(k + r) + i);
        for (int c = 0; c < columns(); ++c) {
          const T gj = load<S>(g.column(j + c) + i);
          for (int r = 0; r < rows(); ++r) sums[r][c] = mul_add(xk[r], gj, sums[r][c]);
        }
      }
      for (int r = 0; r < rows(); ++r)
        for (int c = 0; c < columns(); ++c) weight[(k + r) * stride + j + c] = weight[(k + r) * stride + j + c] + sum(sums[r][c]);
    });
  });
}

template <class S>
void add_column_sums(BatchIn<S> g, S* b) {
  using T = Lane<S>;
  for (Index j = 0; j < g.dim; ++j) {
    T total(0.0);
    for (Index i = 0; i < g.rows; i += lane_width<S>) total += load<S>(g.column(j) + i);
    b[j] = b[j] + sum(total);
  }
}

template <class S>
void multiply_by_slope(Activation activation, BatchIn<S> a, BatchOut<S> g) {
  using T = Lane<S>;
  if (activation == Activation::none) return;
  for (Index j = 0; j < g.dim; ++j)
    for (Index i = 0; i < g.rows; i += lane_width<S>) {
      const T y = load<S>(a.column(j) + i), gy = load<S>(g.column(j) + i);
      store<S>(g.column(j) + i, activation == Activation::relu ? select(y > T(0.0), gy, T(0.0)) : gy * (T(1.0) - y) * (T(1.0) + y));
    }
}

template <class S>
void triangular_product(bool upper, BatchIn<S> x, const S* weight, const S* bias, BatchOut<S> y) {
  if (upper) detail::triangular_product<true>(x, weight, bias, y);
  else detail::triangular_product<false>(x, weight, bias, y);
}

template <class S>
void triangular_solve(bool upper, BatchIn<S> y, const S* weight, const S* reciprocal, const S* bias, BatchOut<S> x) {
  if (upper) detail::triangular_solve<true>(y, weight, reciprocal, bias, x);
  else detail::triangular_solve<false>(y, weight, reciprocal, bias, x);
}

template <class S>
void solve_transposed(S* jacobian, BatchOut<S> c) {
  const Index n = c.rows, d = c.dim;
  for (Index i = 0; i < n; ++i) {
    const auto a = [&](Index row, Index column) -> S& { return jacobian[(column * d + row) * n + i]; };  // Jᵀ
    for (Index p = 0; p < d; ++p) {
      Index best = p;
      for (Index r = p + 1; r < d; ++r)
        if (abs(a(r, p)) > abs(a(best, p))) best = r;
      if (best != p) {
        for (Index k = p; k < d; ++k) std::swap(a(p, k), a(best, k));
        std::swap(c(i, p), c(i, best));
      }
      for (Index r = p + 1; r < d; ++r) {
        const S factor = a(r, p) / a(p, p);
        for (Index k = p + 1; k < d; ++k) a(r, k) = a(r, k) - factor * a(p, k);
        c(i, r) = c(i, r) - factor * c(i, p);
      }
    }
    for (Index p = d; p-- > 0;) {
      S sum = c(i, p);
      for (Index k = p + 1; k < d; ++k) sum = sum - a(p, k) * c(i, k);
      c(i, p) = sum / a(p, p);
    }
  }
}

#define FLOWGAUGE_TILE_PRIMITIVES(S) \
  template void product<S>(BatchIn<S>, const S*, Index, const S*, Activation, BatchOut<S>); \
  template void add_product_transposed<S>(BatchIn<S>, const S*, Index, BatchOut<S>); \
  template void add_outer<S>(BatchIn<S>, BatchIn<S>, S*, Index); \
  template void add_column_sums<S>(BatchIn<S>, S*); \
  template void multiply_by_slope<S>(Activation, BatchIn<S>, BatchOut<S>); \
  template void triangular_product<S>(bool, BatchIn<S>, const S*, const S*, BatchOut<S>); \
  template void triangular_solve<S>(bool, BatchIn<S>, const S*, const S*, const S*, BatchOut<S>); \
  template void solve_transposed<S>(S*, BatchOut<S>);

}  // namespace flowgauge
