// SPDX-License-Identifier: MIT
#include <flowgauge/verify/blanket.hpp>

#include <cmath>

namespace flowgauge::verify {
namespace {

/// E_P[1/(1 + w)] = E_q[w/(1 + w)], w = p/q: true of two normalised densities.
Examined overlap_balances(const SourceTrial& trial) {
  const Blanket blanket(trial);
  if (!blanket.usable()) return Examined::not_applicable(std::string(rows_without_blanket));
  return in_two_stages(trial.sample().batch, [&](const Stage& stage) {
    Examined result;
    const Overlap overlap = overlap_of(trial, blanket, stage, "balance");
    const double of_source = mean_of(overlap.share_of_x).value, of_q = mean_of(overlap.share_of_q).value;
    const double bound = hoeffding_bound(stage.rows, stage.alpha);
    if (overlap.too_thin(bound)) return Examined::not_applicable(std::string(rows_too_thin));
    result.compare(0, "what P lacks against what another density lacks", of_source, of_q, std::abs(of_source - of_q), bound, "probability");
    return result;
  });
}

}  // namespace

Law density_integrates_to_one() {
  return {.id = "D1",
          .statement =
              "the density integrates to 1: by quadrature in one dimension; up to 4 dimensions by comparison with a density of known "
              "constant on samples of both",
          .advice = "a constant of the density is missing, or weights do not sum to 1",
          .wants = {.sample = true},
          .examine_source =
              [](const SourceTrial& trial) {
                if (const Univariate* const source = trial.univariate()) {
                  Examined result;
                  const Quadrature mass = integral_over(*source, [&](double x) { return std::exp(source->log_density(x)); });
                  const double unheld = 2 * unheld_mass(*source);  // and nodes of the last panel, rounded, may count as much again
                  if (mass.error > 1e-10 + 50 * unheld) result.unresolved(0, "ill_conditioned");
                  else
                    result.compare(0, "the mass", 1, mass.value, std::abs(mass.value - 1), mass.error + location_rounding(*source) + unheld,
                                   "probability");
                  return result;
                }
                if (trial.source().dim() > largest_blanket_dim) return Examined::not_applicable("the mass cannot be seen in more than 4 dimensions");
                return overlap_balances(trial);
              },
          .violated_by = "a normal density without its log 2π/2",
          .fooled_by = "in several dimensions a mass that is off by less than a tenth (quick tier) or a hundredth (deep)"};
}

}  // namespace flowgauge::verify
