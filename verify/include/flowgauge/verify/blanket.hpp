// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/source_oracles.hpp>
#include <flowgauge/verify/statistics.hpp>

namespace flowgauge::verify {

/// A density q that lies where the source does: Student's t with 2 degrees of freedom about 256 rows of the source, each as wide as the distance to
/// its 8th neighbour. It is normalised by its formula, whatever the rows are.
class Blanket {
 public:
  explicit Blanket(const SourceTrial&);
  Numbers draw(const RandomStream&, std::uint64_t at) const;
  double log_density(std::span<const double> x) const;
  /// The rows about which it lies.
  const Batch<double>& centres() const { return centres_; }

 private:
  static constexpr Index count = 256;
  static constexpr int neighbour = 8;
  double distance_square(std::span<const double> x, Index k) const;
  Batch<double> centres_;
  std::vector<double> width_;
  double log_constant_ = 0;
};

constexpr int largest_blanket_dim = 4;  ///< beyond, a blanket hardly overlaps with what it covers

/// With w = p/q, for every h: E_P[h/(1 + w)] = E_q[h·w/(1 + w)]. Both shares lie in [0, 1], whatever the tails.
struct Overlap {
  Batch<double> x, of_q;                        ///< rows of the source, and of q
  std::vector<double> share_of_x, share_of_q;  ///< 1/(1 + w) at x, w/(1 + w) at of_q
};
Overlap overlap_of(const SourceTrial&, const Blanket&, const Stage&, std::string_view purpose);

Numbers row_of(const Batch<double>&, Index);

}  // namespace flowgauge::verify
