// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace flowgauge::verify {

namespace {

/// `n` rows that all differ: the case's rows drawn towards a point inside, so none leaves the domain.
template <class S>
Batch<S> different_rows(const Trial& trial, Index n) {
  const Interval domain = trial.subject().facts().domain;
  const double inside = std::isfinite(domain.low) && std::isfinite(domain.high) ? 0.5 * (domain.low + domain.high)
                        : std::isfinite(domain.low)                             ? domain.low + 1
                        : std::isfinite(domain.high)                            ? domain.high - 1
                                                                                : 0;
  Batch<S> x(n, trial.subject().dim());
  for (Index i = 0; i < n; ++i) {
    const double share = static_cast<double>(i + 1) / static_cast<double>(n);
    for (Index j = 0; j < x.dim(); ++j) x(i, j) = static_cast<S>(inside + share * (trial.row(i % trial.rows())[j] - inside));
  }
  return x;
}

template <class S>
void judge(Examined& result, const Trial& trial, const std::vector<Index>& place, const std::string& real) {
  const auto n = static_cast<Index>(place.size());
  const Batch<S> x = different_rows<S>(trial, n);
  const Batch<double> contexts = trial.batch_of_contexts(n);
  Batch<S> context(contexts.rows(), contexts.dim()), moved_context = context, moved(n, x.dim());
  for (Index i = 0; i < n; ++i) {
    for (Index j = 0; j < x.dim(); ++j) moved(place[i], j) = x(i, j);
    for (Index j = 0; j < contexts.dim(); ++j) context(i, j) = moved_context(place[i], j) = static_cast<S>(contexts(i, j));
  }
  for (const Way way : {Way::forward, Way::inverse}) {
    if (way == Way::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
    Batch<S> y(n, x.dim()), moved_y = y;
    std::vector<S> log_det(n), moved_log_det(n);
    trial.call_at<S>(way, x, context, y, log_det);
    trial.call_at<S>(way, moved, moved_context, moved_y, moved_log_det);
    const std::string of = fmt::format("{} in {}", way == Way::forward ? "" : " of the inverse", real);
    for (Index i = 0; i < n; ++i) {
      const auto compare = [&](const std::string& what, S expected, S got) {
        if (expected == got || (expected != expected && got != got)) return;
        result.compare(i % trial.rows(), fmt::format("{}{}, of row {} of {} moved to place {}", what, of, i, n, place[i]), expected, got,
                       std::abs(static_cast<double>(got) - static_cast<double>(expected)), 0, "bits");
      };
      for (Index j = 0; j < x.dim(); ++j) compare(fmt::format("y[{}]", j), y(i, j), moved_y(place[i], j));
      compare("log_det", log_det[i], moved_log_det[place[i]]);
    }
  }
}

}  // namespace

Law rows_may_stand_in_any_order() {
  return {.id = "L16",
          .statement =
              "in a batch of rows that all differ, permuted rows give permuted y and log_det, to the bit, in both directions, in double and "
              "in float",
          .advice = "a row's place in its tile has a say: an index that is not the row's own, lanes of a pack exchanged",
          .wants = {.stress = false, .batches = true, .largest_dim = 5},
          .examine =
              [](const Trial& trial) {
                Examined result;
                std::vector<Index> place(std::max(trial.sample().batch, 2));
                std::iota(place.begin(), place.end(), Index{0});
                const RandomStream stream(trial.sample().seed, "places");
                for (std::size_t i = place.size(); i-- > 1;) std::swap(place[i], place[stream.below(i + 1, i, 0)]);
                if (std::is_sorted(place.begin(), place.end())) std::swap(place.front(), place.back());
                judge<double>(result, trial, place, "double");
                judge<float>(result, trial, place, "float");
                if (result.findings.empty()) result.compare(0, "different bits", 0, 0, 0, 0, "bits");
                else result.words = "a row's result depends on its place in the batch";
                return result;
              },
          .violated_by = "a packed path of float whose lanes are exchanged",
          .fooled_by = "a dependence on rows that stays the same wherever they stand, as batch statistics (L15, L17)"};
}

}  // namespace flowgauge::verify
