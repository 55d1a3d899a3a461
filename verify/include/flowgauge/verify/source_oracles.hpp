// SPDX-License-Identifier: MIT
#pragma once
#include <flowgauge/verify/law.hpp>
#include <flowgauge/verify/source_subject.hpp>

#include <functional>

/// What laws about sources compare with.
namespace flowgauge::verify {

struct Quadrature {
  double value = 0, error = 0;
};
/// ∫ f from a to b by a 31-point Gauss–Kronrod rule, halved at most four times; the error is the rule's own and what summing in double may lose.
Quadrature integral(const std::function<double(double)>& f, double a, double b);
/// ∫ f over the support: split at its ends, the kinks and many quantiles, so that no panel hides a narrow peak; distances from the median double
/// towards an end at infinity until they overflow, and halve towards a finite one until no double is left, so that neither a slow tail nor a pole is
/// lost. `more_cuts`: kinks of f that are not the source's.
Quadrature integral_over(const Univariate&, const std::function<double(double)>& f, const std::vector<double>& more_cuts = {});

/// KL(P‖q) = ∫p·(log p − log q), split at the kinks of both.
Quadrature kl_by_quadrature(const Flow<double>&, const Univariate&);

/// Masses of a density of one number that is known by its values: ∫p from nodes[0] to each node, nodes rising. 10-point Gauss–Legendre, panels halved
/// until halves agree with wholes to 1e-7, at most 12 times; all points of a pass are asked for at once. The error is what the last halving changed.
struct Masses {
  std::vector<double> up_to;
  double error = 0;
};
Masses masses_by_values(const SourceTrial&, const std::vector<double>& nodes);

/// Why a source that is no Univariate has neither cdf nor quantiles.
std::string why_no_cdf(const SourceTrial&);

/// Mass nearer to an end of the support than any double: no law about doubles sees it.
double unheld_mass(const Univariate&);
/// What a density loses when x is a large location and a small scale: 8ε·(1 + |median|/interquartile range), relative.
double location_rounding(const Univariate&);

/// log p at x in 50 digits, rounded to double, and 4·(the largest deviation over 32 randomly rounded runs + u·max(1, |log p|)) + what the special
/// functions of normalisers promise, three values at 1e-14 (stirling_error of special_functions.hpp).
struct TrueDensity {
  double value, allowed;
  Wide wide;
};
TrueDensity true_density(const SourceTrial&, std::span<const double> x);

}  // namespace flowgauge::verify
