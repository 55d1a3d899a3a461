// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/source_oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law density_moves_with_its_source() {
  return {.id = "D12",
          .statement = "log p of b·X at b·x is log p of X at x less d·log b, and of X + a at x + a the same, in 50 digits",
          .advice = "log scale is missing from the density, or the location is not subtracted everywhere",
          .wants = {.stress = false},
          .examine_source =
              [](const SourceTrial& trial) {
                const SourceFormula& formula = trial.formula();
                if (!formula.wide) return Examined::not_applicable("the density is written for double only");
                if (!formula.scaled && !formula.shifted) return Examined::not_applicable("the source does not say how it moves");
                Examined result;
                const RandomStream stream = trial.stream("moves");
                const Wide d(static_cast<double>(trial.source().dim()));
                for (Index i = 0; i < trial.rows(); ++i) {
                  const std::vector<Wide> x = Trial::converted<Wide>(trial.row(i));
                  const Wide here = formula.wide(x);
                  const auto judge = [&](const std::string& what, const Distribution& moved, const std::vector<Wide>& at, const Wide& log_factor) {
                    const Wide there = trial.family().formula(moved).wide(at) + d * log_factor;
                    if (!is_finite(here) || !is_finite(there)) {
                      result.compare(i, what, to_double(here), to_double(there), here == there ? 0 : 1, 0, "infinity");
                      return;
                    }
                    const double size = std::abs(to_double(here));
                    result.compare(i, what, to_double(here), to_double(there), to_double(abs(there - here)), wide_tolerance(size));
                  };
                  // A power of two moves options without rounding, a short number nearly always: 12 bits are all that drawn options have.
                  const int power = static_cast<int>(stream.below(6, static_cast<std::uint64_t>(i), 0)) - 3;
                  const double factor = std::ldexp(1.0, power >= 0 ? power + 1 : power), shift = std::ldexp(3.0, power);
                  if (formula.scaled) {
                    std::vector<Wide> y = x;
                    for (Wide& v : y) v = v * Wide(factor);
                    judge(fmt::format("log p of {}·X", factor), *formula.scaled(factor), y, log(Wide(factor)));
                  }
                  if (formula.shifted) {
                    std::vector<Wide> y = x;
                    for (Wide& v : y) v = v + Wide(shift);
                    judge(fmt::format("log p of X + {}", shift), *formula.shifted(shift), y, Wide(0.0));
                  }
                }
                return result;
              },
          .violated_by = "a density without its −log scale",
          .fooled_by = "a source that moves its own options wrongly in the same way"};
}

}  // namespace flowgauge::verify
