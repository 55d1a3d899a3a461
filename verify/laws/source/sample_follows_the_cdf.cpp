// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>
#include <flowgauge/verify/statistics.hpp>

#include <algorithm>
#include <cmath>

namespace flowgauge::verify {

namespace {

/// Without a cdf: between rows of the sample, its increments are ∫p; a difference of two values of F_n is off by twice the bound at most.
Examined sample_against_density(const SourceTrial& trial) {
  return in_two_stages(trial.sample().batch, [&](const Stage& stage) {
    Examined result;
    constexpr Index nodes_wanted = 64;
    Batch<double> x = trial.draw("cdf", stage.first_row, stage.rows);
    const std::span<double> column = x.column(0);
    std::sort(column.begin(), column.end());
    std::vector<double> nodes, share;
    for (Index k = 0; k < nodes_wanted; ++k) {
      const double at = column[static_cast<std::size_t>((2 * k + 1) * stage.rows / (2 * nodes_wanted))];
      if (!std::isfinite(at)) return Examined::not_applicable("a draw is not finite: D15 says so");
      if (!nodes.empty() && at == nodes.back()) continue;
      nodes.push_back(at);
      const auto below = std::upper_bound(column.begin(), column.end(), at) - column.begin();
      share.push_back(static_cast<double>(below) / static_cast<double>(stage.rows));
    }
    const Masses masses = masses_by_values(trial, nodes);
    const double chance = 2 * dkw_bound(stage.rows, stage.alpha);
    double distance = 0;
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      const double apart = std::abs(share[k] - share[0] - masses.up_to[k]);
      distance = std::isnan(apart) ? apart : std::max(distance, apart);
    }
    if (masses.error > chance / 4) result.unresolved(0, "ill_conditioned");
    else result.compare(0, "what the sample has between two of its rows against ∫p", 0, distance, distance, chance + masses.error, "probability");
    return result;
  });
}

}  // namespace

Law sample_follows_the_cdf() {
  return {.id = "D7",
          .statement =
              "the sample is distributed as the cdf says: sup|F_n − F|, A², and the mass beyond the largest and "
              "smallest draw are within what chance allows; where only log p is known, ∫p between rows of the sample stands for the cdf",
          .advice = "the sampler takes a rate for a scale or a variance for a standard deviation, or rows are not independent",
          .wants = {.sample = true},
          .examine_source =
              [](const SourceTrial& trial) {
                const Univariate* const source = trial.univariate();
                if (!source && trial.source().dim() == 1) return sample_against_density(trial);
                if (!source) return Examined::not_applicable(why_no_cdf(trial));
                return in_two_stages(trial.sample().batch, [&](const Stage& stage) {
                  Examined result;
                  Batch<double> x = trial.draw("cdf", stage.first_row, stage.rows);
                  std::sort(x.column(0).begin(), x.column(0).end());
                  std::vector<double> below, above;
                  for (const double v : x.column(0)) below.push_back(source->cdf(v)), above.push_back(source->upper_cdf(v));
                  const double alpha = stage.alpha / 4, distance = supremum_distance(below), a = anderson_darling(below, above);
                  result.compare(0, "sup|F_n − F|", 0, distance, distance, dkw_bound(stage.rows, alpha), "probability");
                  result.compare(0, "A² of Anderson and Darling", 1, a, a, anderson_darling_bound(alpha), "A²");
                  // n draws leave a mass m without any with probability at most e^−nm.
                  const double n = static_cast<double>(stage.rows), rare = std::log(1 / alpha);
                  result.compare(0, "n·S beyond the largest draw", 1, n * above.back(), n * above.back(), rare, "draws");
                  result.compare(0, "n·F below the smallest draw", 1, n * below.front(), n * below.front(), rare, "draws");
                  return result;
                });
              },
          .violated_by = "a sampler that multiplies by the variance",
          .fooled_by = "dependence between rows that leaves their cdf alone: D16 looks for it"};
}

}  // namespace flowgauge::verify
