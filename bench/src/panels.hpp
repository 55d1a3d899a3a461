// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distribution.hpp>
#include <flowgauge/flow.hpp>

#include <cmath>
#include <span>
#include <vector>

namespace flowgauge::bench {

/// Integrals against p for one prefix of a flow, l = log p − log q: ∫p, ∫p·l, ∫p·l², ∫p·|l|.
struct Sums {
  double mass = 0, mean = 0, square = 0, size = 0;
};

/// A stretch of one side of the median in t = −log(tail mass).
struct Panel {
  enum class Side { low, high };
  Side side;
  int block;                           ///< −1 near the median, 0, 1, 2 … far out
  double a, b;
  std::vector<Sums> whole, low, high;  ///< of every prefix: by one rule over it, and over its halves
};

/// ∫p·l of one prefix.
struct Integrated {
  Sums fine, coarse;   ///< by the halves and by the wholes of the panels, each with what lies beyond the last one
  double error = 0;    ///< of fine.mean: what the halves change, and what is not known of the rest; +∞ where the rest cannot be bounded
};

/// Panels on both sides of the median, split at `splits`, that follow the tails until what is left is negligible, and are halved until the
/// error of every `wanted` prefix is below its tolerance.
class Panels {
 public:
  Panels(const Flow<double>&, const Univariate&, const std::vector<double>& splits, std::vector<bool> wanted, Workspace&);

  Integrated integrate(std::size_t prefix) const;
  Index evaluations() const { return evaluations_; }

  /// What the error of a KL may be. Six digits are printed: 1e-9 of the value leaves three to spare. 1e-12 is what a thousand roundings of a
  /// log-ratio of order 1 add up to, below which a KL near 0 cannot be told from 0.
  static double tolerance(double kl) { return 1e-9 * std::abs(kl) + 1e-12; }

 private:
  void lay(Panel::Side, const std::vector<double>& splits);
  bool follow(Panel::Side, int block, double from);
  bool refine();
  void fill(std::span<Panel> fresh);

  const Flow<double>& flow_;
  const Univariate& source_;
  std::vector<bool> wanted_;
  Workspace& workspace_;
  std::vector<Panel> panels_;
  std::vector<int> last_[2];  ///< the last far block of each prefix that is finite, by side; −1 without one
  Index evaluations_ = 0;
};

}  // namespace flowgauge::bench
