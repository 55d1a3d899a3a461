// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/random.hpp>

#include <cmath>

namespace flowgauge::distributions {

/// A gamma number of this shape, at scale 1, from row `row` of the stream and draws 3·k + first_draw: three a trial, accepted 19 times in 20.
///
/// d·(1 + z/√(9d))³ with d = shape − ⅓, z normal, accepted by log u < ½z² + d − d·v + d·log v. Shapes below 1 as that of shape + 1
/// times u^(1/shape). source: Marsaglia & Tsang 2000, "A simple method for generating gamma variables", ACM TOMS 26(3).
inline double gamma_variate(double shape, const RandomStream& stream, std::uint64_t row, std::uint32_t first_draw) {
  const bool small = shape < 1;
  const double d = (small ? shape + 1 : shape) - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (std::uint32_t draw = first_draw;; draw += 3) {
    const double z = stream.normal(row, draw), root = 1 + c * z;
    if (root <= 0) continue;
    const double v = root * root * root;
    if (std::log(stream.uniform(row, draw + 1)) >= 0.5 * z * z + d - d * v + d * std::log(v)) continue;
    return small ? d * v * std::pow(stream.uniform(row, draw + 2), 1 / shape) : d * v;
  }
}

}  // namespace flowgauge::distributions
