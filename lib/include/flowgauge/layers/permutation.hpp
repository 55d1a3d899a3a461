// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/random.hpp>
#include <flowgauge/sample.hpp>
#include <flowgauge/tile.hpp>

#include <numeric>

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

  /// π for d coordinates.
  std::vector<Index> source_of(Index d) const {
    std::vector<Index> pi(d);
    std::iota(pi.begin(), pi.end(), Index{0});
    if (order == 0) std::reverse(pi.begin(), pi.end());
    else if (order == 1) std::rotate(pi.begin(), pi.begin() + (d > 0), pi.end());
    else {
      const RandomStream stream(seed, "permutation");
      for (Index j = d; j > 1; --j) std::swap(pi[j - 1], pi[stream.below(j, j, 0)]);
    }
    return pi;
  }
  template <class S>
  void forward(const Given<S>&, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch&) const {
    const std::vector<Index> pi = source_of(x.dim);
    for (Index j = 0; j < x.dim; ++j) std::copy_n(x.column(pi[j]), x.rows, y.column(j));
    std::fill_n(log_det, x.rows, S(0.0));
  }
  template <class S>
  void inverse(const Given<S>&, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch&) const {
    const std::vector<Index> pi = source_of(y.dim);
    for (Index j = 0; j < y.dim; ++j) std::copy_n(y.column(j), y.rows, x.column(pi[j]));
    std::fill_n(log_det, y.rows, S(0.0));
  }
  template <class S>
  void backward(const Given<S>&, BatchIn<S>, BatchIn<S> grad_y, const S*, const Gradients<S>& out, Scratch&) const {
    const std::vector<Index> pi = source_of(grad_y.dim);
    for (Index j = 0; j < grad_y.dim; ++j) std::copy_n(grad_y.column(j), grad_y.rows, out.x.column(pi[j]));
  }
};

}  // namespace flowgauge
