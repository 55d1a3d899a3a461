// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

#include <cmath>
#include <fmt/format.h>

namespace flowgauge::verify {

Law jacobian_has_the_declared_zeros() {
  return {.id = "L23",
          .statement =
              "where the declared structure says that y_i does not depend on x_j, moving x_j leaves the bits of y_i; what a coupling keeps has the "
              "bits of x",
          .advice = "a mask off by one, a transposed mask, a transformed half that leaks into the conditioner",
          .wants = {.largest_dim = 8},
          .examine =
              [](const Trial& trial) {
                const Facts& facts = trial.subject().facts();
                if (!trial.subject().is_layer() || facts.structure == Structure::dense) return Examined::not_applicable("declares a dense Jacobian");
                Examined result;
                const Index d = trial.subject().dim();
                const auto kept = [&](Index j) { return facts.kept_first ? j < facts.kept : j >= d - facts.kept; };
                const auto may_depend = [&](Index i, Index j) {
                  switch (facts.structure) {
                    case Structure::diagonal: return i == j;
                    case Structure::lower: return j <= i;
                    case Structure::upper: return j >= i;
                    case Structure::coupling: return i == j || (!kept(i) && kept(j));
                    case Structure::dense: break;
                  }
                  return true;
                };
                for (const Way way : {Way::forward, Way::inverse}) {
                  if (way == Way::inverse && facts.inverse == InverseKind::none) continue;
                  const std::string of = way == Way::forward ? "y" : "x";
                  const bool by_values = trial.subject().by_values();
                  const Batch<double> rows = trial.batch_of_rows(trial.rows());
                  // What others have written may refuse points that its forward does not reach.
                  const auto inputs = by_values ? inputs_of(trial, way, rows, trial.batch_of_contexts(trial.rows())) : rows;
                  for (Index r = 0; inputs && r < trial.rows(); ++r) {
                    Numbers start;
                    for (Index j = 0; j < d; ++j) start.push_back((*inputs)(r, j));
                    const Image<double> base = trial.call(way, start, trial.context(r));
                    if (facts.structure == Structure::coupling)
                      for (Index j = 0; j < d; ++j)
                        if (kept(j))
                          result.compare(r, fmt::format("the kept {}[{}]", of, j), start[j], base.value[j], std::abs(base.value[j] - start[j]), 0,
                                         "bits");
                    for (Index j = 0; j < d; ++j) {
                      Numbers other = start;
                      // Towards 0, where the ranges of others' layers are.
                      if (by_values) other[j] = other[j] == 0 ? 0.25 : 0.75 * other[j];
                      else other[j] += other[j] == 0 ? 0.5 : 0.25 * other[j];
                      const Image<double> moved = trial.call(way, other, trial.context(r));
                      for (Index i = 0; i < d; ++i) {
                        if (may_depend(i, j)) continue;
                        const double a = base.value[i], b = moved.value[i];
                        if (a != a && b != b) continue;
                        result.compare(r, fmt::format("{}[{}] when coordinate {} moves", of, i, j), a, b, a == b ? 0 : std::abs(a - b), 0, "bits");
                      }
                    }
                  }
                }
                if (result.findings.empty()) result.compare(0, "declared zeros", 0, 0, 0, 0, "bits");
                return result;
              },
          .by_values = true,
          .violated_by = "a coupling that adds 1e-9 to the half it keeps",
          .fooled_by = "a dependence too small to move a double"};
}

}  // namespace flowgauge::verify
