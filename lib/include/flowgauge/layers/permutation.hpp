// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/random.hpp>
#include <flowgauge/sample.hpp>
#include <flowgauge/tile.hpp>

#include <algorithm>

namespace flowgauge {

/// y_j = x_{π(j)}, log_det = 0. order=reverse: π(j) = d − 1 − j; cycle: π(j) = j + 1 mod d; shuffle: drawn from `seed`. No parameters.
struct Permutation {
  static constexpr std::string_view summary = "y_j = x_pi(j), log_det 0; pi is a reversal, a cycle, or drawn from a seed";
  static constexpr std::string_view hazard = "none";
  static constexpr std::string_view source = "Dinh, Sohl-Dickstein, Bengio, arXiv 1605.08803, section 3.5";
  int order = 0;
  int seed = 1;
  template <class V>
  void options(V& v) {
    v("order", order, {"reverse", "cycle", "shuffle"});
    v("seed", seed, 0, 2147483647);
  }

  std::vector<Block> parameters(int, int) const { return {}; }
  Facts facts(int) const { return {.volume_preserving = true, .growth = {Growth::Kind::linear}}; }

  /// π(0), …, π(d − 1), as indices or as numbers of a layer.
  template <class T>
  void source_of(T* pi, Index d) const {
    for (Index j = 0; j < d; ++j) pi[j] = T(static_cast<double>(j));
    if (order == 0) std::reverse(pi, pi + d);
    else if (order == 1) std::rotate(pi, pi + (d > 0), pi + d);
    else {
      const RandomStream stream(seed, "permutation");
      for (Index j = d; j > 1; --j) std::swap(pi[j - 1], pi[stream.below(j, j, 0)]);
    }
  }
  template <class S>
  void forward(const Given<S>&, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch) const {
    Scratch::Scope scope(scratch);
    const Index* const pi = source_of(x.dim, scratch);
    for (Index j = 0; j < x.dim; ++j) std::copy_n(x.column(pi[j]), x.rows, y.column(j));
    std::fill_n(log_det, x.rows, S(0.0));
  }
  template <class S>
  void inverse(const Given<S>&, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    Scratch::Scope scope(scratch);
    const Index* const pi = source_of(y.dim, scratch);
    for (Index j = 0; j < y.dim; ++j) std::copy_n(y.column(j), y.rows, x.column(pi[j]));
    std::fill_n(log_det, y.rows, S(0.0));
  }
  template <class S>
  void backward(const Given<S>&, BatchIn<S>, BatchIn<S> grad_y, const S*, const Gradients<S>& out, Scratch& scratch) const {
    Scratch::Scope scope(scratch);
    const Index* const pi = source_of(grad_y.dim, scratch);
    for (Index j = 0; j < grad_y.dim; ++j) std::copy_n(grad_y.column(j), grad_y.rows, out.x.column(pi[j]));
  }

 private:
  const Index* source_of(Index d, Scratch& scratch) const {
    Index* const pi = scratch.take<Index>(d);
    source_of(pi, d);
    return pi;
  }
};

}  // namespace flowgauge
