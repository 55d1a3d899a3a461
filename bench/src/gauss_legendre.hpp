// SPDX-License-Identifier: MIT
#pragma once
#include <array>

namespace flowgauge::bench {

/// Nodes in (−1, 1) and weights of the 12-point Gauss–Legendre rule: exact for polynomials of degree 23.
struct GaussLegendre {
  static constexpr int points = 12;
  std::array<double, points> node, weight;
};
const GaussLegendre& gauss_legendre();

}  // namespace flowgauge::bench
