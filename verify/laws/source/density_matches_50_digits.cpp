// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>

#include <cmath>

namespace flowgauge::verify {

Law density_matches_50_digits() {
  return {.id = "D2",
          .statement = "log p in double is log p in 50 digits, within four times what 32 random roundings lose",
          .advice = "digits are lost to cancellation, or an exponential under- or overflows before its logarithm is taken",
          .examine_source =
              [](const SourceTrial& trial) {
                if (!trial.formula().wide || !trial.formula().rounding) return Examined::not_applicable("the density is written for double only");
                Examined result;
                for (Index i = 0; i < trial.rows(); ++i) {
                  const TrueDensity truth = true_density(trial, trial.row(i));
                  const double observed = trial.log_p(trial.row(i));
                  // Within a factor of 8 of the end of double a formula may overflow on the way.
                  if (std::isfinite(truth.value) && std::abs(truth.value) > 0x1p1020 && observed == std::copysign(HUGE_VAL, truth.value)) continue;
                  // Where the truth is −∞, or beyond double, nothing but that is right.
                  if (std::isfinite(truth.value))
                    result.compare(i, "log p", truth.value, observed, std::abs(to_double(Wide(observed) - truth.wide)), truth.allowed);
                  else result.compare(i, "log p", truth.value, observed, observed == truth.value ? 0 : 1, 0, "infinity");
                }
                if (result.findings.empty()) result.compare(0, "log p at the end of double", 0, 0, 0, 0);
                return result;
              },
          .violated_by = "log of a density that underflows",
          .fooled_by = "a formula that is wrong in every arithmetic; D1, D5 and D7 see that"};
}

}  // namespace flowgauge::verify
