// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/bench/kl.hpp>

namespace flowgauge::bench {

/// An integral, and the difference from one with panels of half the length.
struct Integral {
  double value = 0, error = 0;
};

struct ExactKl {
  Integral kl;                   ///< nats; +∞ where the tail algebra proves it, NaN where it does not know
  Integral std_deviation;        ///< of log p − log q under P
  Integral mass;                 ///< of P as the rule sees it: 1
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
/// upper quantile on the other; 12-point Gauss–Legendre on panels at most 1.4 long, that shrink by 2.2 towards every split. Cut at a mass of
/// e^−40,
/// e^−60 on stretched tails with b < 1 and log-normal ones, e^−690 on power tails. ShapeError unless both have dim 1.
ExactKls exact_kl(const Flow<double>&, const Univariate& source, Workspace&);
/// The same with panels split at these points only: to see what a missing split costs.
ExactKls exact_kl_with_splits(const Flow<double>&, const Univariate& source, const std::vector<double>& splits, Workspace&);

}  // namespace flowgauge::bench
