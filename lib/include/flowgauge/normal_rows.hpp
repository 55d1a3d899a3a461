// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/batch.hpp>
#include <flowgauge/random.hpp>

namespace flowgauge {

/// Rows first_row … of an endless sample of N(0, I): coordinate j of row i is draw j of row i of the stream.
inline void normal_rows(const RandomStream& stream, std::uint64_t first_row, BatchOut<double> z) {
  for (Index j = 0; j < z.dim; ++j)
    for (Index i = 0; i < z.rows; ++i) z(i, j) = stream.normal(first_row + static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(j));
}

}  // namespace flowgauge
