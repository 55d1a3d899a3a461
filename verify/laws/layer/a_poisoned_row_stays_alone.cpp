// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law a_poisoned_row_stays_alone() {
  return {.id = "L17",
          .statement = "a row of NaN or of 1e300 leaves the bits of all other rows alone, in both directions",
          .advice = "rows leak into each other: batch statistics, a shared stopping rule, a reduction over the wrong axis",
          .wants = {.stress = false, .batches = true},
          .examine = [](const Trial& trial) {
            Examined result;
            const Index n = std::max(trial.sample().batch, 2);
            const Index poisoned = static_cast<Index>(trial.sample().seed) % n;
            const Batch<double> rows = trial.batch_of_rows(n), context = trial.batch_of_contexts(n);
            for (const Way way : {Way::forward, Way::inverse}) {
              if (way == Way::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
              // What others have written may refuse points that its forward does not reach.
              const std::optional<Batch<double>> inputs = trial.subject().by_values() ? inputs_of(trial, way, rows, context) : rows;
              if (!inputs) continue;
              const Batch<double>& x = *inputs;
              const auto run = [&](const Batch<double>& in) {
                std::pair<Batch<double>, std::vector<double>> out{Batch<double>(n, trial.subject().dim()), std::vector<double>(n)};
                trial.call(way, in.in(), context.in(), out.first.out(), out.second);
                return out;
              };
              const auto clean = run(x);
              const auto refused = [&](const Batch<double>& in) {
                try {
                  run(in);
                } catch (const SubjectFault& fault) {
                  if (fault.kind == "refused") return true;  // the whole batch, and no row of it leaked
                  throw;
                }
                return false;
              };
              for (const double poison : {std::numeric_limits<double>::quiet_NaN(), 1e300}) {
                Batch<double> dirty = x;
                for (Index j = 0; j < x.dim(); ++j) dirty(poisoned, j) = poison;
                if (trial.subject().by_values() && refused(dirty)) continue;
                const auto out = run(dirty);
                const auto judge = [&](Index i, const std::string& what, double expected, double got) {
                  if (expected == got || (expected != expected && got != got)) return;
                  result.compare(i % trial.rows(), fmt::format("{} in row {} when row {} of {} is {}", what, i, poisoned, n, poison), expected, got,
                                 std::abs(got - expected), 0, "bits");
                };
                for (Index i = 0; i < n; ++i) {
                  if (i == poisoned) continue;
                  for (Index j = 0; j < x.dim(); ++j) judge(i, fmt::format("y[{}]", j), clean.first(i, j), out.first(i, j));
                  judge(i, "log_det", clean.second[i], out.second[i]);
                }
              }
            }
            if (result.findings.empty()) result.compare(0, "rows changed by a poisoned neighbour", 0, 0, 0, 0, "bits");
            else result.words = "a row changes when its neighbour does";
            return result;
          },
          .by_values = true,
          .violated_by = "a scale divided by the largest |x| of the batch",
          .fooled_by = "a leak that rounding hides at the drawn points"};
}

}  // namespace flowgauge::verify
