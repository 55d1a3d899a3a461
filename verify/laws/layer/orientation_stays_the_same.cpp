// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law orientation_stays_the_same() {
  return {.id = "L27",
          .statement =
              "the sign of det J is the same at 32 points of the domain, J by duals in 50 digits: a map that is continuous and one-to-one never "
              "turns over",
          .advice = "a constraint on the parameters is missing or wrong, and the map folds where they are degenerate",
          .wants = {.largest_dim = 3, .rows = 1},
          .deep = true,
          .examine =
              [](const Trial& trial) {
                const Facts& facts = trial.subject().facts();
                if (facts.structure == Structure::coupling && !facts.increasing)
                  return Examined::not_applicable("its conditioner may give a factor of either sign, here one and there the other");
                Examined result;
                const Interval domain = trial.subject().facts().domain;
                const RandomStream stream(trial.sample().seed, "orientation");
                const auto d = static_cast<Index>(trial.subject().dim());
                int first = 0;
                for (Index k = 0; k < 32; ++k) {
                  Numbers x(d);
                  for (Index j = 0; j < d; ++j) {
                    const auto draw = static_cast<std::uint32_t>(2 * j);
                    const double free = (k % 4 == 3 ? 8 : 2) * stream.normal(k, draw);
                    const bool low = std::isfinite(domain.low), high = std::isfinite(domain.high);
                    x[j] = low && high ? domain.low + stream.uniform(k, draw) * (domain.high - domain.low)
                           : low       ? domain.low + std::abs(free)
                           : high      ? domain.high - std::abs(free)
                                       : free;
                  }
                  const std::vector<Wide> at = Trial::converted<Wide>(x), given = trial.context_at<Wide>(0);
                  if (!representable(trial.map<Wide>(Way::forward, at, given))) continue;
                  const int sign = true_log_det(trial, Way::forward, at, given).sign;
                  if (sign == 0) continue;  // L6 and L1 speak of a singular Jacobian
                  if (first == 0) first = sign;
                  result.compare(0, "the sign of det J at another point of the domain", first, sign, std::abs(first - sign), 0.5, "sign");
                }
                return result;
              },
          .violated_by = "a planar layer without the constraint on w'u",
          .fooled_by = "folds between the points; a map that folds twice"};
}

}  // namespace flowgauge::verify
