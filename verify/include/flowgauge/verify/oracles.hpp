// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/jacobian.hpp>
#include <flowgauge/verify/law.hpp>

/// What laws compare with. A bound is a multiple of something measured on the case; docs/mathematics.md names every multiple and every cap.
namespace flowgauge::verify {

inline constexpr double unit_roundoff = 0x1p-53;

/// Whether a 50-digit value has a double near it that is neither infinite nor subnormal. Beyond, overflow is the right answer and nothing is
/// compared.
bool representable(const Wide&);
bool representable(const Image<Wide>&);
/// 2^53·u_W·(1 + size): what 50-digit arithmetic may have lost in a value made of summands of this size. 2^53 lets a formula cancel the 16 digits
/// that a double has: planar with wᵀu = −32 has a Jacobian of 1 − (1 − 1e-14), whatever its log_det does.
double wide_tolerance(double size);

/// An error bound for every output and for log_det.
struct Spread {
  std::vector<double> value;
  double log_det = 0;
};
/// 4·(largest deviation from `truth` over 32 randomly rounded runs + floor): what the arithmetic itself may lose, estimated. The floor is u·|v| + the
/// smallest normal number for a value, u·max(1, |v|) nats for log_det. A run that is not finite makes the bound NaN.
Spread random_rounding(const Trial&, Way, std::span<const double> x, std::span<const double> context, const Image<Wide>& truth);
/// 2^12·4·(largest change of the 50-digit value over 6 runs + the same floor): 12 bits beyond what the problem itself loses. Points and contexts are
/// moved by a relative ±u, so a map that loses the digits of a small x is seen; parameters by ±u·max(1, |θ|), for 0 is no more exact than 1.
Spread conditioning(const Trial&, Way, std::span<const double> x, std::span<const double> context, const Image<Wide>& truth);
/// The smaller of the two where both are finite; the finite one; ∞ where neither is, and then nothing can be said.
Spread rounding_and_problem(const Trial&, Way, std::span<const double> x, std::span<const double> context, const Image<Wide>& truth);

/// y of a row in double against 50 digits, within rounding_and_problem; with log_det, that too. `of` follows the names. Nothing where 50 digits leave
/// the range of double.
void compare_with_50_digits(Examined&, const Trial&, Index row, const std::string& of = {}, bool log_det = false);

/// The Jacobian of the direction at x in 50 digits, row by row: ∂value_i/∂x_j at [i·d + j].
std::vector<Wide> jacobian(const Trial&, Way, std::span<const Wide> x, std::span<const Wide> context);
/// log|det| of that, with its bound.
BoundedLogDet<Wide> true_log_det(const Trial&, Way, std::span<const Wide> x, std::span<const Wide> context);
/// Compares a 50-digit log_det with the Jacobian of its own direction at x, and asks finite differences for a second vote.
void compare_log_det(Examined&, const Trial&, Way, Index row, std::span<const Wide> x, std::span<const Wide> context, const std::string& what);

/// x with every entry moved by 2^13 of its last bits of 50 digits, up or down as `run` says: in run 0 all up, in run 1 all down.
std::vector<Wide> in_other_last_bits(std::vector<Wide> x, unsigned run);

/// Of the inverse at the case's row as y: its log_det is minus that of forward at f⁻¹(y), and log|det| of its own Jacobian, in 50 digits.
void compare_inverse_log_det(Examined&, const Trial&, Index row);

/// |g(f(x)) − x| ≤ 8u·[|J⁻¹|(|y| + |J||x|) + |x| + |J⁻¹||y|] + |J⁻¹|·(bound of f) + (bound of g), entry by entry, where g undoes f and the bounds
/// are those of rounding_and_problem. `there` is the direction taken first. A bound beyond ½·max(1, |x|) says nothing: ill_conditioned; nothing
/// is said at all where a layer saturates at a finite end of its range.
void round_trip(Examined&, const Trial&, Way there, Index row);

/// What a set of log_det residuals looks like, in plain words; empty when nothing stands out.
std::string residual_words(const Examined&, int dim);

}  // namespace flowgauge::verify
