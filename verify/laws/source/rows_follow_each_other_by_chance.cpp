// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>
#include <flowgauge/verify/statistics.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace flowgauge::verify {
namespace {

/// Two pairs (a, b) and (c, d) of rows that are independent agree in their order, (a − c)(b − d) > 0, with probability ½: Kendall's τ over pairs that
/// share no row, whose count has a binomial distribution whatever the rows' own is. Ties say nothing.
void compare_orders(Examined& result, const std::string& of, std::span<const double> v, std::size_t first, std::size_t lag, double alpha) {
  if (std::any_of(v.begin(), v.end(), [](double a) { return std::isnan(a); })) {
    result.compare(0, of + " of a row", 0, std::nan(""), std::nan(""), 0, "");
    return;
  }
  int alike = 0, pairs = 0;
  for (std::size_t i = first; i + 3 < v.size(); i += 4) {
    // From each of four starts, of rows 0 to 3: those one apart are (0, 1) and (2, 3), those two apart (0, 2) and (1, 3).
    const double a = v[i], b = v[i + lag], c = v[i + 3 - lag], d = v[i + 3];
    const double product = (a < c ? -1 : a > c ? 1 : 0) * (b < d ? -1 : b > d ? 1 : 0);
    pairs += product != 0, alike += product > 0;
  }
  if (pairs < 100) return;
  const Range range = binomial_range(pairs, 0.5, alpha);
  result.compare(0, fmt::format("pairs of rows {} apart, of {}, with {} in one order", lag, pairs, of), pairs / 2.0, alike,
                 std::abs(alike - pairs / 2.0), pairs / 2.0 - range.low, "pairs");
}

}  // namespace

Law rows_follow_each_other_by_chance() {
  return {.id = "D16",
          .statement =
              "rows are independent: pairs of rows one apart, and two apart, have their densities and a coordinate in one order half of the time",
          .advice = "rows share random numbers, or every other row mirrors the one before",
          .wants = {.sample = true},
          .examine_source =
              [](const SourceTrial& trial) {
                return in_two_stages(trial.sample().batch, [&](const Stage& stage) {
                  Examined result;
                  const Batch<double> x = trial.draw("order", stage.first_row, stage.rows);
                  std::vector<double> log_p(static_cast<std::size_t>(stage.rows));
                  trial.source().log_prob(x, log_p);
                  const auto j = static_cast<Index>(trial.stream("coordinate").below(static_cast<std::uint64_t>(x.dim()), 0, 0));
                  for (const std::size_t lag : {std::size_t{1}, std::size_t{2}})
                    for (std::size_t first = 0; first < 4; ++first) {
                      compare_orders(result, "log p", log_p, first, lag, stage.alpha / 16);
                      compare_orders(result, fmt::format("x[{}]", j), x.column(j), first, lag, stage.alpha / 16);
                    }
                  if (result.findings.empty()) return Examined::not_applicable("rows are alike: nothing can be ordered");
                  return result;
                });
              },
          .violated_by = "a sampler whose odd rows mirror the rows before them",
          .fooled_by = "dependence between rows that are more than two apart, or that leaves log p and the coordinate that was drawn in order"};
}

}  // namespace flowgauge::verify
