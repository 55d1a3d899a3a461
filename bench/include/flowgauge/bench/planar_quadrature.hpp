// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/bench/quadrature.hpp>

#include <array>

namespace flowgauge::bench {

struct Rectangle {
  std::array<double, 2> low, high;
  bool holds(double x, double y) const { return x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1]; }
};

/// KL(P‖q) in the plane: ∫ over a box by quadrature, and what lies outside the box by Monte Carlo.
struct PlanarKl {
  Mean kl;          ///< nats; the interval is that of `outside`, widened by the error of `inside`
  Integral inside;  ///< ∫ p·(log p − log q) over the box
  Integral mass;    ///< of P in the box
  Mean outside;     ///< mean over rows of P of 1{x outside}·(log p − log q)
  Index evaluations = 0;
  KlStatus status = KlStatus::invalid;
  std::string reason;  ///< of a status that is not exact_quadrature
};

/// The box holds 20 000 rows of P and one and a half of their ranges on every side. It starts as 16 × 16 panels with 12 × 12 Gauss–Legendre points
/// each; the panels that their quarters change most are replaced by these until the sum of the changes, the error of `inside`, is below 1e-7·(1 +
/// |KL|) or 3·10⁶ points are spent. Lines where the flow bends (knots of splines, the 0 of a softlog) are found by this refinement alone, so they
/// cost most of the points. Rows outside come from the evaluation sample, `rows` of them, so that no mass is left out. The status is
/// exact_quadrature where the whole interval is finite and the masses inside and outside add up to 1 within their errors; infinite_proved and the
/// like as tail algebra says. ShapeError unless both have dim 2.
PlanarKl planar_kl(const Flow<double>&, const Distribution& source, Index rows, std::uint64_t seed, Workspace&);
/// The same with this box: to see that what lies outside is not lost.
PlanarKl planar_kl_in_box(const Flow<double>&, const Distribution& source, const Rectangle& box, Index rows, std::uint64_t seed, Workspace&);

}  // namespace flowgauge::bench
