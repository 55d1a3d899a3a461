// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

Law a_flow_is_its_layers_in_order() {
  return {.id = "C7",
          .statement =
              "a flow without layers is the identity with log_det 0; a flow has the bits of its layers called one after the other, in both "
              "directions, on batches of any size, in a workspace that was used before",
          .advice = "a layer adds to a buffer that it should write, or gives something else inside a flow than alone",
          .wants = {.stress = false, .batches = true, .largest_dim = 5},
          .examine =
              [](const Trial& trial) {
                Examined result;
                const Index n = std::max(trial.sample().batch, 1);
                const Batch<double> x = trial.batch_of_rows(n), context = trial.batch_of_contexts(n);
                Flow<double>& flow = trial.subject().flow<double>();
                std::copy(trial.sample().theta.begin(), trial.sample().theta.end(), flow.theta().begin());
                const auto compare = [&](Index i, const std::string& what, double expected, double got) {
                  if (expected == got || (expected != expected && got != got)) return;
                  result.compare(i % trial.rows(), fmt::format("{} in row {} of {}", what, i, n), expected, got, std::abs(got - expected), 0, "bits");
                };
                Workspace workspace;
                {
                  // What the workspace held must not matter.
                  const Scratch::Scope scope(workspace.scratch);
                  std::fill_n(workspace.scratch.take<double>(1 << 14), 1 << 14, 1e300);
                }
                const Flow<double> empty({}, {}, flow.dim(), flow.context());
                for (const Way way : {Way::forward, Way::inverse}) {
                  if (way == Way::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
                  const std::string of = way == Way::forward ? "" : " of the inverse";
                  const auto run = [&](const Flow<double>& f) {
                    std::pair<Batch<double>, std::vector<double>> out{Batch<double>(n, x.dim()), std::vector<double>(n, 7.0)};
                    if (way == Way::forward) f.forward(x, out.first, out.second, workspace, context);
                    else f.inverse(x, out.first, out.second, workspace, context);
                    return out;
                  };
                  const auto nothing = run(empty), whole = run(flow);
                  Batch<double> at = x, next(n, x.dim());
                  std::vector<double> own(n), total(n);
                  for (std::size_t k = 0; k < flow.layers().size(); ++k) {
                    const std::size_t l = way == Way::forward ? k : flow.layers().size() - 1 - k;
                    const Given<double> given{std::as_const(flow).theta(l), context, nullptr};
                    if (way == Way::forward) flow.layers()[l].forward(given, at, next, own);
                    else flow.layers()[l].inverse(given, at, next, own);
                    for (Index i = 0; i < n; ++i) total[i] = k == 0 ? own[i] : total[i] + own[i];
                    std::swap(at, next);
                  }
                  for (Index i = 0; i < n; ++i) {
                    for (Index j = 0; j < x.dim(); ++j) {
                      compare(i, fmt::format("y[{}]{} of a flow without layers", j, of), x(i, j), nothing.first(i, j));
                      compare(i, fmt::format("y[{}]{} of the flow, against its layers called in order", j, of), at(i, j), whole.first(i, j));
                    }
                    compare(i, fmt::format("log_det{} of a flow without layers", of), 0, nothing.second[i]);
                    compare(i, fmt::format("log_det{} of the flow, against its layers called in order", of), total[i], whole.second[i]);
                  }
                }
                if (result.findings.empty()) result.compare(0, "different bits", 0, 0, 0, 0, "bits");
                return result;
              },
          .violated_by = "a layer that adds its log_det to what the buffer held",
          .fooled_by = "layers that are wrong in the same way alone (L laws)"};
}

}  // namespace flowgauge::verify
