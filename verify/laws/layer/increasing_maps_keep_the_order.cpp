// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law increasing_maps_keep_the_order() {
  return {
      .id = "L24",
      .statement =
          "where the layer is declared increasing, y_j never falls when x_j alone grows, by 1, 2 or 16 ulp, by 1e-6, 1e-2, 1 or a half of x, beyond "
          "what random rounding does to the two values",
      .advice = "the declared sign of the slope is wrong, or neighbouring pieces overlap at a knot",
      .wants = {.largest_dim = 3, .rows = 2},
      .examine =
          [](const Trial& trial) {
            const Facts& facts = trial.subject().facts();
            if (!facts.increasing) return Examined::not_applicable("is not declared increasing in each coordinate");
            Examined result;
            const auto bound_at = [&](std::span<const double> x, Index row, Index j) {
              const Image<Wide> truth = trial.map<Wide>(Way::forward, Trial::converted<Wide>(x), trial.context_at<Wide>(row));
              if (!representable(truth)) return std::numeric_limits<double>::quiet_NaN();
              return random_rounding(trial, Way::forward, x, trial.context(row), truth).value[j];
            };
            for (Index i = 0; i < trial.rows(); ++i)
              for (Index j = 0; j < trial.subject().dim(); ++j) {
                const Numbers here(trial.row(i).begin(), trial.row(i).end());
                const double y = trial.call(Way::forward, here, trial.context(i)).value[j], bound = bound_at(here, i, j);
                if (!std::isfinite(y) || !std::isfinite(bound)) continue;
                Numbers there = here;
                double& x = there[j];
                const auto ulps = [&](int count) {
                  x = here[j];
                  for (; count > 0; --count) x = std::nextafter(x, std::numeric_limits<double>::infinity());
                };
                for (int step = 0; step < 7; ++step) {
                  if (step < 3) ulps(step == 0 ? 1 : step == 1 ? 2 : 16);
                  else x = here[j] + (step == 3 ? 1e-6 : step == 4 ? 1e-2 : step == 5 ? 1.0 : 0.5 * std::abs(here[j]));
                  if (!(x < facts.domain.high)) continue;
                  const double higher = trial.call(Way::forward, there, trial.context(i)).value[j];
                  if (!std::isfinite(higher)) continue;
                  if (higher >= y) result.compare(i, "order kept", y, higher, 0, bound, "value");
                  else
                    result.compare(i, fmt::format("y[{}] at x[{}] = {:.17g}, which is larger", j, j, x), y, higher, y - higher,
                                   bound + bound_at(there, i, j), "value");
                }
              }
            return result;
          },
      .violated_by = "a layer y = -x + b that calls itself increasing",
      .fooled_by = "folds narrower than the steps and between them"};
}

}  // namespace flowgauge::verify
