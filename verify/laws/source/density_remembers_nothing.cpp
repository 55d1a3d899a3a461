// SPDX-License-Identifier: MIT
#include <flowgauge/verify/source_oracles.hpp>

#include <bit>

namespace flowgauge::verify {

Law density_remembers_nothing() {
  return {.id = "D14",
          .statement = "log p of a row of the sample has the same bits in a batch, alone, and after other draws and other rows",
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
                double alone = 0, later = 0;
                for (Index i = 0; i < n; ++i) {
                  Numbers row;
                  for (Index j = 0; j < x.dim(); ++j) row.push_back(x(i, j));
                  alone += differ(trial.log_p(row), first[static_cast<std::size_t>(i)]);
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
