// SPDX-License-Identifier: MIT
#include "comparison_tables.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "html.hpp"
#include "strips.hpp"

namespace flowgauge::reports {

std::string seed_spread(const Comparison& comparison) {
  std::string all;
  for (const auto& [dim, sources] : comparison.sources) {
    for (const std::string& source : sources) {
      std::vector<Strip> strips;
      std::size_t most = 0;
      for (const std::string& flow : comparison.flows) {
        const Summary summary = comparison.summary({source, flow, dim}, "kl");
        if (summary.cells.empty()) continue;
        Strip strip{flow, {}};
        for (const CellRow* row : summary.measured) strip.values.push_back(is_infinite(*row) ? HUGE_VAL : *row->value);
        strip.values.resize(summary.cells.size(), HUGE_VAL);  // those that failed
        most = std::max(most, strip.values.size());
        strips.push_back(std::move(strip));
      }
      const std::string plot = most < 2 ? std::string{} : strip_plot(strips, "KL / nat, one dot a seed");
      if (!plot.empty()) all += html::text("h3", "", fmt::format("{}, dim {}", source, dim)) + "\n" + plot;
    }
  }
  return all;
}

}  // namespace flowgauge::reports
