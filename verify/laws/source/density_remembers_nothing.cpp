// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace flowgauge::verify {

namespace {

/// Others' sums may have another order for another batch: 12 bits beyond what log p itself loses where x moves in its last bit, as for layers (L15).
std::vector<double> bounds_by_values(const SourceTrial& trial, const Batch<double>& x, const std::vector<double>& log_p) {
  constexpr double step = 0x1p-14;
  Batch<double> moved(x.rows(), x.dim());
  for (Index j = 0; j < x.dim(); ++j) {
    const Marginal m = trial.source().marginal(static_cast<int>(j));
    for (Index i = 0; i < x.rows(); ++i) {
      const double up = x(i, j) * (1 + step);
      moved(i, j) = up >= m.low && up <= m.high ? up : x(i, j) * (1 - step);
    }
  }
  std::vector<double> bounds(log_p.size());
  trial.source().log_prob(moved, bounds);
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    const double change = std::isfinite(bounds[i]) ? std::abs(bounds[i] - log_p[i]) : 0;  // −∞ beyond an edge
    bounds[i] = 0x1p12 * 0x1p-53 * (std::max(1.0, std::abs(log_p[i])) + change / step);
  }
  return bounds;
}

}  // namespace

Law density_remembers_nothing() {
  return {.id = "D14",
          .statement =
              "log p of a row of the sample has the same bits in a batch, alone, and after other draws and other rows; alone, of a source in another "
              "process, within what the order of a sum may change",
          .advice = "a buffer or an option that an earlier call has changed",
          .wants = {.sample = true},
          .examine_source =
              [](const SourceTrial& trial) {
                Examined result;
                const Index n = 97;  // no multiple of a pack
                const Batch<double> x = trial.draw("memory", 0, n);
                std::vector<double> first(n), again(n);
                trial.source().log_prob(x, first);
                const auto differ = [&](double a, double b) { return std::bit_cast<std::uint64_t>(a) != std::bit_cast<std::uint64_t>(b); };
                const std::vector<double> bounds = trial.by_values() ? bounds_by_values(trial, x, first) : std::vector<double>(n, 0.0);
                double alone = 0, later = 0;
                for (Index i = 0; i < n; ++i) {
                  Numbers row;
                  for (Index j = 0; j < x.dim(); ++j) row.push_back(x(i, j));
                  const double whole = first[static_cast<std::size_t>(i)], one = trial.log_p(row);
                  alone += differ(one, whole) && !(std::abs(one - whole) <= bounds[static_cast<std::size_t>(i)]);
                }
                trial.draw("memory", 1000, 33);
                trial.source().log_prob(x, again);
                for (std::size_t i = 0; i < first.size(); ++i) later += differ(again[i], first[i]);
                result.compare(0, "rows with another log p alone", 0, alone, alone, 0, "rows");
                result.compare(0, "rows with another log p after other draws", 0, later, later, 0, "rows");
                return result;
              },
          .violated_by = "a density that adds what the last draw left behind",
          .fooled_by = "state that another process shares"};
}

}  // namespace flowgauge::verify
