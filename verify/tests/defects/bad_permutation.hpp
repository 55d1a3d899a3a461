// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/layers/permutation.hpp>

namespace flowgauge::verify::defects {

/// The cycle x_j → x_{j+1}, with one mistake; `none` is the healthy twin.
struct BadPermutation {
  static constexpr std::string_view summary = "a permutation with a planted defect";
  enum Defect {
    none,
    not_inverted,   ///< P04, W104: the inverse permutes forward again; hidden where the permutation undoes itself
    one_lost,       ///< the last coordinate is written over by its neighbour
    log_det_of_sign,///< the logarithm of 2 for odd permutations
    out_of_bounds,  ///< writes the coordinate after the last
    past_a_column   ///< writes the row after the last; where columns lie side by side it is the next one's first, and is put right again
  };
  int defect = none;
  template <class V>
  void options(V& v) {
    v("defect", defect, {"none", "not_inverted", "one_lost", "log_det_of_sign", "out_of_bounds", "past_a_column"});
  }

  std::vector<Block> parameters(int, int) const { return {}; }
  Facts facts(int dim) const { return cycle().facts(dim); }
  template <class S>
  void forward(const Given<S>& given, BatchIn<S> x, BatchOut<S> y, S* log_det, Scratch& scratch) const {
    cycle().forward(given, x, y, log_det, scratch);
    if (defect == past_a_column)
      for (Index j = 0; j + 1 < x.dim; ++j) {
        const S first = y(0, j + 1);
        y.column(j)[y.rows] = S(0.0);
        y(0, j + 1) = first;
      }
    if (defect == one_lost && x.dim > 1) std::copy_n(y.column(0), x.rows, y.column(x.dim - 1));
    if (defect == out_of_bounds) std::copy_n(y.column(0), 1, y.column(x.dim - 1) + y.stride);
    if (defect == log_det_of_sign && x.dim % 2 == 0) std::fill_n(log_det, x.rows, Constants<S>::log_two());
  }
  template <class S>
  void inverse(const Given<S>& given, BatchIn<S> y, BatchOut<S> x, S* log_det, Scratch& scratch) const {
    if (defect == not_inverted) cycle().forward(given, y, x, log_det, scratch);
    else cycle().inverse(given, y, x, log_det, scratch);
  }
  template <class S>
  void backward(const Given<S>& given, BatchIn<S> x, BatchIn<S> grad_y, const S* grad_log_det, const Gradients<S>& out, Scratch& scratch) const {
    cycle().backward(given, x, grad_y, grad_log_det, out, scratch);
  }

 private:
  static Permutation cycle() {
    Permutation p;
    p.order = 1;
    return p;
  }
};

}  // namespace flowgauge::verify::defects
