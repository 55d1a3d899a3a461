// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>
#include <flowgauge/verify/statistics.hpp>

#include <algorithm>
#include <cmath>

namespace flowgauge::verify {

Law sample_follows_the_cdf() {
  return {.id = "D7",
          .statement =
              "the sample is distributed as the cdf says: sup|F_n − F|, A², and the mass beyond the largest and "
              "smallest draw are within what chance allows",
          .advice = "the sampler takes a rate for a scale or a variance for a standard deviation, or rows are not independent",
          .wants = {.sample = true},
          .examine_source =
              [](const SourceTrial& trial) {
                const Univariate* const source = trial.univariate();
                if (!source) return Examined::not_applicable("a source of several coordinates has no cdf");
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
          .fooled_by = "dependence between rows that leaves their cdf alone"};
}

}  // namespace flowgauge::verify
