// SPDX-License-Identifier: MIT
#include "gauss_legendre.hpp"

#include <cmath>

namespace flowgauge::bench {
namespace {

/// Newton's method on P_n from the usual cosine; P_n by its three-term recurrence, P_n′ = n(x·P_n − P_{n−1})/(x² − 1), weight 2/((1 −
/// x²)·P_n′²).
GaussLegendre compute() {
  constexpr int n = GaussLegendre::points;
  constexpr double pi = 3.14159265358979323846;
  GaussLegendre rule;
  for (int i = 0; i < n; ++i) {
    double x = std::cos(pi * (n - i - 0.25) / (n + 0.5)), slope = 1;
    for (int step = 0; step < 10; ++step) {
      double before = 1, value = x;
      for (int k = 2; k <= n; ++k) {
        const double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
        before = value;
        value = next;
      }
      slope = n * (x * value - before) / (x * x - 1);
      x -= value / slope;
    }
    const auto at = static_cast<std::size_t>(i);
    rule.node[at] = x;
    rule.weight[at] = 2 / ((1 - x * x) * slope * slope);
  }
  return rule;
}

}  // namespace

const GaussLegendre& gauss_legendre() {
  static const GaussLegendre rule = compute();
  return rule;
}

}  // namespace flowgauge::bench
