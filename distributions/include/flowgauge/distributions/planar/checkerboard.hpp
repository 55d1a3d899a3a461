// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/distributions/source.hpp>

namespace flowgauge::distributions {

/// log p(x) = −log 32 on the eight cells of side 2 in [−4, 4)² whose numbers ⌊x₁/2⌋ and ⌊x₂/2⌋ have an even sum, −∞ elsewhere
///
/// H = log 32
struct Checkerboard {
  static constexpr std::string_view summary = "uniform on the dark squares of a board: jumps everywhere, corners that touch";
  static constexpr std::string_view reference =
      "log p = -log 32 where floor(x1/2) + floor(x2/2) is even, x in [-4, 4)^2; Grathwohl et al. 2018, FFJORD, arXiv 1810.01367";

  int dim() const { return 2; }
  bool independent() const { return false; }

  template <Real T>
  T log_prob(std::span<const T> x) const {
    const Mask<T> inside = (x[0] >= T(-4.0)) & (x[0] < T(4.0)) & (x[1] >= T(-4.0)) & (x[1] < T(4.0));
    const Mask<T> dark = inside & (sign(x[0]) * sign(x[1]) > T(0.0));
    const Mask<T> unknown = !((x[0] >= T(0.0)) | (x[0] < T(0.0))) | !((x[1] >= T(0.0)) | (x[1] < T(0.0)));
    const T log_p = select(dark, -log(T(32.0)), -Constants<T>::infinity());
    return select(unknown, Constants<T>::not_a_number(), log_p);
  }
  void sample(const RandomStream& stream, std::uint64_t row, std::span<double> x) const {
    const int cell = static_cast<int>(stream.below(8, row, 0)), column = cell / 2;
    const int line = 2 * (cell % 2) + column % 2;
    x[0] = 2 * (column + stream.uniform(row, 1)) - 4;
    x[1] = 2 * (line + stream.uniform(row, 2)) - 4;
  }

  std::optional<Estimate> entropy() const { return Estimate{log(32.0), 0}; }
  Marginal marginal(int) const { return {-4, 4, edge(power_tail(1)), edge(power_tail(1))}; }
  std::optional<std::vector<double>> mean() const { return std::vector<double>{0, 0}; }
  std::optional<std::vector<double>> covariance() const { return std::vector<double>{16.0 / 3, 1, 1, 16.0 / 3}; }

 private:
  /// −1 on cells with an even number, 1 on the others.
  template <Real T>
  static T sign(T x) {
    const auto side = [&](double at) { return select(x >= T(at), T(1.0), T(-1.0)); };
    return side(-2) * side(0) * side(2);
  }
};

}  // namespace flowgauge::distributions
