// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <cmath>

namespace flowgauge::verify {

namespace {

/// Layers first … last − 1 of a flow, with their share of θ.
Flow<double> part(const Flow<double>& whole, std::size_t first, std::size_t last) {
  const auto at = [](const auto& all, std::size_t k) { return all.begin() + static_cast<std::ptrdiff_t>(k); };
  Flow<double> flow(FlowSpec{{at(whole.spec().items, first), at(whole.spec().items, last)}}, {at(whole.layers(), first), at(whole.layers(), last)},
                    whole.dim(), whole.context());
  for (std::size_t l = first; l < last; ++l) std::copy(whole.theta(l).begin(), whole.theta(l).end(), flow.theta(l - first).begin());
  return flow;
}

}  // namespace

Law parts_of_a_flow_compose() {
  return {.id = "C3",
          .statement =
              "wherever a flow is cut, its two parts one after the other give the bits of the whole, in both directions, and the log_dets of "
              "the parts add up to the whole's within the rounding of the sum",
          .advice = "layers of a flow know of each other: shared memory, a static, parameters of the neighbour",
          .wants = {.stress = false, .batches = true, .largest_dim = 5},
          .examine =
              [](const Trial& trial) {
                Examined result;
                const Index n = std::max(trial.sample().batch, 2);
                const Batch<double> x = trial.batch_of_rows(n), context = trial.batch_of_contexts(n);
                Flow<double>& whole = trial.subject().flow<double>();
                std::copy(trial.sample().theta.begin(), trial.sample().theta.end(), whole.theta().begin());
                const std::size_t layers = whole.layers().size();
                const std::size_t cut = layers < 2 ? layers : 1 + trial.sample().seed % (layers - 1);
                const Flow<double> first = part(whole, 0, cut), second = part(whole, cut, layers);
                Workspace workspace;
                for (const Way way : {Way::forward, Way::inverse}) {
                  if (way == Way::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
                  const auto run = [&](const Flow<double>& flow, const Batch<double>& in) {
                    std::pair<Batch<double>, std::vector<double>> out{Batch<double>(n, in.dim()), std::vector<double>(n)};
                    if (way == Way::forward) flow.forward(in, out.first, out.second, workspace, context);
                    else flow.inverse(in, out.first, out.second, workspace, context);
                    return out;
                  };
                  const auto at_once = run(whole, x);
                  const auto half = run(way == Way::forward ? first : second, x), rest = run(way == Way::forward ? second : first, half.first);
                  const std::string of = way == Way::forward ? "" : " of the inverse";
                  for (Index i = 0; i < n; ++i) {
                    for (Index j = 0; j < x.dim(); ++j) {
                      const double a = at_once.first(i, j), b = rest.first(i, j);
                      if (a == b || (a != a && b != b)) continue;
                      result.compare(i % trial.rows(), fmt::format("y[{}]{} in two parts, the first of {} layers", j, of, cut), a, b, std::abs(a - b),
                                     0, "bits");
                    }
                    const double sum = half.second[i] + rest.second[i];
                    if (!std::isfinite(at_once.second[i]) || !std::isfinite(sum)) continue;
                    double size = std::abs(half.second[i]) + std::abs(rest.second[i]);
                    // What the parts of a part were summed from: layer after layer, forward of the rest begins where the half ended.
                    Batch<double> at = x;
                    for (std::size_t k = 0; k < layers; ++k) {
                      const std::size_t l = way == Way::forward ? k : layers - 1 - k;
                      const auto one = run(part(whole, l, l + 1), at);
                      size += std::abs(one.second[i]);
                      at = one.first;
                    }
                    result.compare(i % trial.rows(), fmt::format("log_det{} as the sum of two parts", of), at_once.second[i], sum,
                                   std::abs(at_once.second[i] - sum), static_cast<double>(layers) * unit_roundoff * size);
                    if (i + 1 >= trial.rows()) break;  // the others are the same rows again: L15
                  }
                }
                if (result.findings.empty()) result.compare(0, "different bits", 0, 0, 0, 0, "bits");
                return result;
              },
          .violated_by = "two layers of one kind that keep what they prepared in one static",
          .fooled_by = "a layer that is wrong alone too (L laws)"};
}

}  // namespace flowgauge::verify
