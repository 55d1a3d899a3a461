// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <cmath>

namespace flowgauge::verify {

Law what_is_no_number_stays_none() {
  return {.id = "L32",
          .statement =
              "a NaN in any coordinate makes some output of its row NaN, in both directions; infinity, and a point outside the domain or the "
              "codomain, never "
              "give a row of ordinary numbers: some output is NaN, infinite or at an end of the declared range",
          .advice = "a min, max or clamp swallows what is no number, or a point outside the domain is answered as if it lay inside",
          .wants = {.stress = false, .largest_dim = 5, .rows = 1},
          .examine =
              [](const Trial& trial) {
                Examined result;
                const Facts& facts = trial.subject().facts();
                const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
                for (const Way way : {Way::forward, Way::inverse}) {
                  if (way == Way::inverse && facts.inverse == InverseKind::none) continue;
                  const Interval from = way == Way::forward ? facts.domain : facts.codomain, to = way == Way::forward ? facts.codomain : facts.domain;
                  std::vector<double> odd{nan, infinity, -infinity};
                  // What others do with points that do not belong to them is theirs to say; a NaN they may not swallow, but refuse.
                  const bool by_values = trial.subject().by_values();
                  if (by_values) odd = {nan};
                  else for (const double end : {from.low, from.high})
                    if (std::isfinite(end)) odd.push_back(end == from.low ? end - 0.25 * (1 + std::abs(end)) : end + 0.25 * (1 + std::abs(end)));
                  for (Index j = 0; j < trial.subject().dim(); ++j)
                    for (const double value : odd) {
                      Numbers x(trial.row(0).begin(), trial.row(0).end());
                      if (way == Way::inverse) x = trial.call(Way::forward, x, trial.context(0)).value;
                      x[j] = value;
                      Image<double> image;
                      try {
                        image = trial.call(way, x, trial.context(0));
                      } catch (const SubjectFault& fault) {
                        if (fault.kind != "refused") throw;
                        result.compare(0, "a refusal", 1, 1, 0, 0.5, "outputs");
                        continue;
                      }
                      // Rounding may bring a saturated value within half its digits of the end.
                      const auto at_end = [](double v, double end) {
                        return std::isfinite(end) && std::abs(v - end) <= 0x1p-26 * std::max(1.0, std::abs(end));
                      };
                      const auto says_so = [&](double v) {
                        if (std::isnan(value)) return std::isnan(v);
                        return !std::isfinite(v) || at_end(v, to.low) || at_end(v, to.high);
                      };
                      const bool said = std::any_of(image.value.begin(), image.value.end(), says_so);
                      result.compare(0,
                                     fmt::format("outputs{} that are no ordinary number when coordinate {} is {}",
                                                 way == Way::forward ? "" : " of the inverse", j, value),
                                     1, said ? 1 : 0, said ? 0 : 1, 0.5, "outputs");
                    }
                }
                return result;
              },
          .by_values = true,
          .violated_by = "a map that clamps x with min and max before it looks at it",
          .fooled_by = "wrong shapes and outputs that lie on inputs: the one door of all layers refuses those before a layer is asked"};
}

}  // namespace flowgauge::verify
