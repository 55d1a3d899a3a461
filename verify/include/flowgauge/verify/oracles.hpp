// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/jacobian.hpp>
#include <flowgauge/verify/law.hpp>

/// What laws compare with. No tolerance here is a constant: each is computed from the case, or measured on it.
namespace flowgauge::verify {

inline constexpr double unit_roundoff = 0x1p-53;

/// Whether a 50-digit value has a double near it that is neither infinite nor subnormal. Beyond, overflow is the right answer and nothing is
/// compared.
bool representable(const Wide&);
bool representable(const Image<Wide>&);
/// 2^40·u_W·(1 + size): what 50-digit arithmetic may have lost in a value made of summands of this size; 2^40 lets a formula cancel twelve digits.
double wide_tolerance(double size);

/// An error bound for every output and for log_det.
struct Spread {
  std::vector<double> value;
  double log_det = 0;
};
/// 4·(largest deviation from `truth` over 32 randomly rounded runs + u·|v|): what the arithmetic itself may lose. A value keeps its digits however
/// small it is; a log_det counts in nats: max(1, |v|).
Spread random_rounding(const Trial&, Way, std::span<const double> x, std::span<const double> context, const Image<Wide>& truth);
/// 2^12·4·(largest change of the 50-digit value over 6 runs with every input moved by ±u|x| and every parameter by ±u·max(1, |θ|), + u·|v|, of a
/// log_det max(1, |v|)): 12 bits beyond what the problem itself loses to the rounding of its inputs.
Spread conditioning(const Trial&, Way, std::span<const double> x, std::span<const double> context, const Image<Wide>& truth);

/// The smaller of the two for each value.
std::vector<double> value_spread(const Trial&, Way, std::span<const double> x, std::span<const double> context, const Image<Wide>& truth);

/// The Jacobian of the direction at x in 50 digits, row by row: ∂value_i/∂x_j at [i·d + j].
std::vector<Wide> jacobian(const Trial&, Way, std::span<const Wide> x, std::span<const Wide> context);
/// log|det| of that, with its bound.
BoundedLogDet<Wide> true_log_det(const Trial&, Way, std::span<const Wide> x, std::span<const Wide> context);
/// Compares a 50-digit log_det with the Jacobian of its own direction at x, and asks finite differences for a second vote.
void compare_log_det(Examined&, const Trial&, Way, Index row, std::span<const Wide> x, std::span<const Wide> context, const std::string& what);

/// |g(f(x)) − x| ≤ 8u·[|J⁻¹|(|y| + |J||x|) + |x| + |J⁻¹||y|] + |J⁻¹|·(rounding of f) + (rounding of g), entry by entry, where g undoes
/// f: formula (RT) with its
/// constants measured. `there` is the direction taken first. A bound beyond ½·max(1, |x|) says nothing: ill_conditioned; nothing is said at all where
/// a layer saturates at a finite end of its range.
void round_trip(Examined&, const Trial&, Way there, Index row);

/// What a set of log_det residuals looks like, in plain words; empty when nothing stands out.
std::string residual_words(const Examined&, int dim);

}  // namespace flowgauge::verify
