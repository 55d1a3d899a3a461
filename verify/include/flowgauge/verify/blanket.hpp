// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/source_oracles.hpp>
#include <flowgauge/verify/statistics.hpp>

namespace flowgauge::verify {

/// A density q that lies where the source does: Student's t with 2 degrees of freedom about 256 rows of the source, each as wide as the distance to
/// its 8th neighbour, all in units of how far each coordinate spreads. It is normalised by its formula, whatever the rows are.
class Blanket {
 public:
  explicit Blanket(const SourceTrial&);
  /// False where a row is not finite or too far out for its distances to be: D15 asks for that.
  bool usable() const { return usable_; }
  Numbers draw(const RandomStream&, std::uint64_t at) const;
  double log_density(std::span<const double> x) const;
  /// The rows about which it lies.
  const Batch<double>& centres() const { return centres_; }
  /// Half of the distance between the quartiles of each coordinate, 1 where that is 0.
  const Numbers& spread() const { return spread_; }

 private:
  static constexpr Index count = 256;
  static constexpr int neighbour = 8;
  double distance_square(std::span<const double> x, Index k) const;
  Batch<double> centres_;
  Numbers spread_;
  std::vector<double> width_;
  double log_constant_ = 0;
  bool usable_ = true;
};

constexpr int largest_blanket_dim = 4;  ///< beyond, a blanket hardly overlaps with what it covers

/// With w = p/q, for every h: E_P[h/(1 + w)] = E_q[h·w/(1 + w)], both ∫h·p·q/(p + q). Both shares lie in [0, 1], whatever the tails.
struct Overlap {
  Batch<double> x, of_q;                        ///< rows of the source, and of q
  std::vector<double> share_of_x, share_of_q;  ///< 1/(1 + w) at x, w/(1 + w) at of_q
  /// Shares so small that nothing could differ by `bound`: the rows lie on something thinner than q can follow.
  bool too_thin(double bound) const { return mean_of(share_of_x).value < 4 * bound && mean_of(share_of_q).value < 4 * bound; }
};
Overlap overlap_of(const SourceTrial&, const Blanket&, const Stage&, std::string_view purpose);
/// Why nothing was asked: the rows are not finite, or thin.
inline constexpr std::string_view rows_without_blanket = "its rows are not finite, or too far out for their distances to be";
inline constexpr std::string_view rows_too_thin = "its rows lie on something so thin that a density about them hardly overlaps with it";

Numbers row_of(const Batch<double>&, Index);

}  // namespace flowgauge::verify
