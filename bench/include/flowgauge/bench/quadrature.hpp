// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/bench/kl.hpp>

namespace flowgauge::bench {

/// An integral, and a bound of its error: what halving every panel changes, and what is not known of the tails beyond the last one.
struct Integral {
  double value = 0, error = 0;
};

struct ExactKl {
  Integral kl;                   ///< nats; +∞ where the tail algebra proves it, NaN where it does not know; to be trusted as exact_quadrature only
  Integral std_deviation;        ///< of log p − log q under P
  Integral mass;                 ///< of P in the panels: 1
  KlStatus status = KlStatus::invalid;
  std::string reason;            ///< of a status that is not exact_quadrature
};

struct ExactKls {
  ExactKl kl;
  std::vector<ExactKl> trace;    ///< after every prefix, layers + 1
  std::optional<double> leak;    ///< mass of q outside the support of P, from the latents at its edges; nothing where an edge has no finite image
  std::vector<double> splits;    ///< where panels were split: the kinks of the source and the pre-images of the flow's
  Index evaluations = 0;
};

/// KL(P‖q) of a flow of one coordinate, by quadrature: both sides of the median in t = −log(tail mass), x from the quantile on one side and the
/// upper quantile on the other; 12-point Gauss–Legendre on panels at most 1.4 long, that shrink by 2.2 towards every split, and are halved where
/// the halves give another value. The tails are followed to t = 40 and on, in blocks of 7, until what is left is negligible: at most to a mass
/// of e^−690, e^{−660·alpha} on power tails. What is left then is summed as a geometric series, its uncertainty is in the error. The status is
/// exact_quadrature when the error is at most 1e-9 of the KL + 1e-12; else `invalid`, with the reason. ShapeError unless both have dim 1.
ExactKls exact_kl(const Flow<double>&, const Univariate& source, Workspace&);
/// The same with panels split at these points only: to see what a missing split costs.
ExactKls exact_kl_with_splits(const Flow<double>&, const Univariate& source, const std::vector<double>& splits, Workspace&);

}  // namespace flowgauge::bench
