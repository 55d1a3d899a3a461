// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/law.hpp>

#include <cstdint>
#include <functional>
#include <span>

/// What chance may do. A run may call a right subject wrong once in 10⁶ runs, whatever it examines: the checks of a run are counted (at most 10⁴),
/// each gets the same share, and no check is repeated until it passes.
namespace flowgauge::verify {

/// Of one check: 10⁻⁶ over 10⁴ checks, by the union bound.
inline constexpr double alpha_of_a_check = 1e-10;
/// Of its first stage.
inline constexpr double alpha_of_first_stage = 1e-3;

/// Rows of one stage, and the probability with which it may reject what is right.
struct Stage {
  std::uint64_t first_row;
  Index rows;
  double alpha;
};
/// The test on `rows` rows at 10⁻³. Only if it disagrees: does it at 5·10⁻¹¹ too? Then that is the answer; else the one on ten times as many fresh
/// rows, at 5·10⁻⁸, is. By chance that happens with probability 5·10⁻¹¹ + 10⁻³·5·10⁻⁸, for the rows are independent.
Examined in_two_stages(Index rows, const std::function<Examined(const Stage&)>& test);

/// sup|F_n − F| exceeds this with probability at most α, for every n. source: Dvoretzky, Kiefer & Wolfowitz 1956; the constant of Massart 1990.
double dkw_bound(Index n, double alpha);
/// sup|F_n − F| from F at the sorted sample.
double supremum_distance(std::span<const double> cdf);

/// A² = −n − Σ (2i − 1)/n·[log F(x_i) + log S(x_{n+1−i})] from F and S = 1 − F at the sorted sample: it sees the tails. source: Anderson & Darling
/// 1952.
double anderson_darling(std::span<const double> cdf, std::span<const double> upper_cdf);
/// A² exceeds this with probability at most α, in the limit of large n: Chernoff's bound of the limit, whose generating function is
/// E e^{λA²} = √(−2πλ/cos(½π√(1 + 8λ))), λ < 1; here λ = 0.95. source: Anderson & Darling 1952, (4.35).
double anderson_darling_bound(double alpha);

/// |Z| exceeds this with probability α, Z standard normal.
double normal_bound(double alpha);
/// The difference of two means of n numbers in [0, 1] each, all independent, is off by more with probability at most α. source: Hoeffding 1963.
double hoeffding_bound(Index n, double alpha);
/// χ² with k degrees of freedom leaves this interval with probability at most α. source: Laurent & Massart 2000, lemma 1.
struct Range {
  double low, high;
};
Range chi_square_range(double k, double alpha);
/// Σ of n summands a(z² − 1) + bz, z standard normal, is beyond this with probability at most α: sub-gamma with variance n(2a² + b²) and scale 2|a|.
/// source: Boucheron, Lugosi & Massart 2013, theorem 2.3.
double quadratic_bound(Index n, double a, double b, double alpha);
/// The smallest and largest count of n trials with probability p that an exact two-sided test at α lets pass.
Range binomial_range(int n, double p, double alpha);

/// Mean and standard error of the mean.
struct MeanOfRows {
  double value = 0, std_error = 0;
};
MeanOfRows mean_of(std::span<const double> numbers);

}  // namespace flowgauge::verify
