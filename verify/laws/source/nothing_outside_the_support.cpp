// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

namespace {

/// Where a library checks its arguments, its answer to nonsense is a refusal: nothing then.
std::optional<double> answer_to_nonsense(const SourceTrial& trial, std::span<const double> x) {
  try {
    return trial.log_p(x);
  } catch (const SubjectFault& fault) {
    if (fault.kind != "refused") throw;
    return {};
  }
}

}  // namespace

Law nothing_outside_the_support() {
  return {.id = "D4",
          .statement = "log p is −∞ outside the declared support and a number or −∞ at every finite x; a NaN in x stays one",
          .advice = "a comparison that lets the edge through, ∞ − ∞ far out, or a NaN that a select hides",
          .examine_source =
              [](const SourceTrial& trial) {
                constexpr double infinity = std::numeric_limits<double>::infinity();
                Examined result;
                for (Index i = 0; i < trial.rows(); ++i) {
                  const Numbers x(trial.row(i).begin(), trial.row(i).end());
                  bool inside = true;
                  for (std::size_t j = 0; j < x.size(); ++j) {
                    const Marginal m = trial.source().marginal(static_cast<int>(j));
                    inside = inside && x[j] >= m.low && x[j] <= m.high;
                  }
                  if (const std::optional<double> here = inside ? trial.log_p(x) : answer_to_nonsense(trial, x))
                    result.compare(i, "log p at a finite x, which is no NaN and not +∞", 0, *here, std::isnan(*here) || *here == infinity ? 1 : 0, 0,
                                   "kind");
                  for (std::size_t j = 0; j < x.size(); ++j) {
                    Numbers beyond = x;
                    beyond[j] = std::nan("");
                    const std::optional<double> unknown = answer_to_nonsense(trial, beyond);
                    if (unknown)
                      result.compare(i, fmt::format("log p where x[{}] is NaN", j), std::nan(""), *unknown, std::isnan(*unknown) ? 0 : 1, 0, "kind");
                    const Marginal m = trial.source().marginal(static_cast<int>(j));
                    const double low[] = {std::nextafter(m.low, -infinity), m.low - std::abs(x[j]), -1e300};
                    const double high[] = {std::nextafter(m.high, infinity), m.high + std::abs(x[j]), 1e300};
                    for (const auto& side : {low, high}) {
                      for (int k = 0; k < 3; ++k) {
                        beyond[j] = side[k];
                        if (!std::isfinite(side[k]) || (side[k] >= m.low && side[k] <= m.high)) continue;
                        const std::optional<double> outside = answer_to_nonsense(trial, beyond);
                        if (outside)
                          result.compare(i, fmt::format("log p at x[{}] = {:.17g}, outside the support", j, side[k]), -infinity, *outside,
                                         *outside == -infinity ? 0 : 1, 0, "kind");
                      }
                    }
                  }
                }
                return result;
              },
          .violated_by = "a half-normal density without its edge",
          .fooled_by = "holes inside the declared intervals of a source of several coordinates; D1 sees those that hold mass"};
}

}  // namespace flowgauge::verify
