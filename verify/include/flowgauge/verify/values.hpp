// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/jacobian.hpp>
#include <flowgauge/verify/law.hpp>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

/// What laws compare with where a layer is known by its function values alone: written in another language, or for double only. u is the layer's own
/// unit round-off (2^-53 or 2^-24); random rounding is replaced by a noise that is measured on the case.
namespace flowgauge::verify {

/// y and log_det of one row.
using Value = Image<double>;
/// Many rows in one call.
std::vector<Value> values_at(const Trial&, Way, const std::vector<Numbers>& points, std::span<const double> context);

/// Where a law about a direction starts from in row i: the case's row; the image of it where the inverse's points are images.
Numbers start_of(const Trial&, Way, Index row);
/// Inputs of a direction from inputs of forward: x itself, or f(x). Nothing where f(x) is not finite, or so near an end of its range that the layer
/// may rightly refuse to bring it back.
std::optional<Batch<double>> inputs_of(const Trial&, Way, const Batch<double>& x, const Batch<double>& context);

/// Whether differences can resolve anything at x: no coordinate, and no distance from an end of the domain, is beyond 1e±8 (1e±4 in float).
inline constexpr double orders_in_double = 1e8, orders_in_float = 1e4;
bool within_reach(const Trial&, Way, std::span<const double> x);
bool within_reach(const Trial&, Way, std::span<const double> x, double orders);

/// Whether the image y of a direction lies so near a finite end of its range that fewer than half of its digits in a type of this unit tell how near.
bool saturates(const Trial&, Way, std::span<const double> y, double unit);

/// How far rounding alone moves a number that the layer returns.
struct Rounded {
  double measured = 0;  ///< as the table shows it
  double allowed = 0;   ///< the same, and `most` at most
  double most = 0;      ///< 12 bits beyond what the problem itself loses: 2^12·u·(|v| + change of v over a relative change of x)
};
struct Noise {
  std::vector<Rounded> value;
  Rounded log_det;
};
/// 8·(the largest estimate of a difference table + u·|v|) for a value, u·max(1, |v|) nats for log_det. The table: 7 values along a drawn direction,
/// spacing 2^-14 and 2^-22 of max(1, |x|) (2^-5 and 2^-9 in float); differences of order k = 5 and 6 of a smooth function are noise alone, of
/// variance (2k)!/(k!)². NaN where a value is not finite.
/// Source: Hamming 1962; Moré, Wild 2011, "Estimating computational noise".
Noise noise_at(const Trial&, Way, std::span<const double> x, std::span<const double> context);

/// The noise of a value, 8u at least: where 1 − tanh x is a staircase no table sees that it is off by u of 1.
double of_one_at_least(double noise, double unit);

/// Compares a number of a row with what it was in other company: as many ulp apart as the layer declares, else `most` of its noise. Others' products
/// may sum in another order for another batch. Nothing is said where the noise is not known.
void compare_in_batches(Examined&, const Trial&, Index row, const std::string& what, double expected, double got, const Rounded&);

/// log|det| of the direction at x by the ladder of finite differences, all nodes in one call.
LogDetByDifferences<double> log_det_by_values(const Trial&, Way, std::span<const double> x, std::span<const double> context, const Noise&);
/// Compares what the layer calls log_det with that, within both bounds. At a kink in one dimension either side will do; in more: unresolved. Nothing
/// is said where differences say nothing: the values around x are not finite, a coordinate or its distance from an end of the domain is beyond
/// 1e±8 (1e±4 in float), or fewer than half of the digits are left of y's distance from a finite end of its range.
void compare_log_det_by_values(Examined&, const Trial&, Way, Index row, std::span<const double> x, const std::string& what);

/// |g(f(x)) − x| ≤ 8u·[|J⁻¹|(2|y| + |J||x|) + |x|] + |J⁻¹|·(noise of f) + (noise of g), J by finite differences. A bound beyond ½·max(1, |x|) says
/// nothing: ill_conditioned.
/// Nothing is said where compare_log_det_by_values says nothing.
void round_trip_by_values(Examined&, const Trial&, Way there, Index row);

/// A derivative and its bound.
struct Slope {
  double value = 0, bound = 0;
  bool resolved = false;  ///< false: a kink, or values that are not finite
};
/// φ'(0), by a longer ladder, with the same measured noise. `unit`: of φ's arithmetic; `summands`: what φ(0) is summed from, in magnitude.
Slope slope_by_values(const std::function<double(double)>& phi, double unit, double summands);

}  // namespace flowgauge::verify
