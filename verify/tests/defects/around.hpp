// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/transformer.hpp>

namespace flowgauge::verify::defects {

/// What a mistake in a healthy F leaves as it is: its parameters and their shape.
template <class F>
struct Around {
  std::vector<Block> parameters() const { return healthy.parameters(); }
  template <Real T>
  using Shape = typename F::template Shape<T>;
  template <Real T>
  Shape<T> shape(Params<T> p) const {
    return healthy.shape(p);
  }
  F healthy;
};

}  // namespace flowgauge::verify::defects
