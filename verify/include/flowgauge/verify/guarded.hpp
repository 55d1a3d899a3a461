// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/batch.hpp>

#include <algorithm>
#include <stdexcept>

namespace flowgauge::verify {

/// What it is called when a layer writes where it may not.
[[noreturn]] inline void out_of_bounds() { throw std::runtime_error("out_of_bounds: the layer wrote beside its output"); }

/// Memory for an output of n × d numbers with marks before, between and after its columns: whoever writes past the end of one changes a mark. In a
/// batch without gaps that is the first row of the next column, which is written later and hides it.
template <class S>
class Guarded {
 public:
  Guarded() : Guarded(0, 0) {}
  Guarded(Index rows, Index dim) : rows_(rows), dim_(dim), data_(static_cast<std::size_t>(gap + dim * (rows + gap)), S(mark)) {}

  BatchOut<S> out() { return {data_.data() + gap, rows_, dim_, rows_ + gap}; }
  BatchIn<S> in() const { return {data_.data() + gap, rows_, dim_, rows_ + gap}; }
  /// The only column of a guarded log_det.
  ColumnOut<S> column() { return {data_.data() + gap, static_cast<std::size_t>(rows_)}; }
  void fill(const S& what) {
    for (Index j = 0; j < dim_; ++j) std::fill_n(out().column(j), rows_, what);
  }
  /// std::runtime_error when a mark has changed.
  void check() const {
    const auto untouched = [](const S& v) { return v == S(mark); };
    for (Index j = 0; j <= dim_; ++j)
      if (const S* const first = data_.data() + j * (rows_ + gap); !std::all_of(first, first + gap, untouched)) out_of_bounds();
  }
  void copy_to(BatchOut<S> y) const {
    for (Index j = 0; j < dim_; ++j) std::copy_n(in().column(j), rows_, y.column(j));
  }

 private:
  static constexpr Index gap = 8;
  static constexpr double mark = 0x1.ca4a71p-3;  // a float, too
  Index rows_, dim_;
  AlignedVector<S> data_;
};

}  // namespace flowgauge::verify
