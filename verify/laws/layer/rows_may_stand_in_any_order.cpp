// SPDX-License-Identifier: MIT
#include <flowgauge/verify/oracles.hpp>
#include <flowgauge/verify/values.hpp>

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

/// Where each row of a batch of the case's size goes; at least two change places.
std::vector<Index> drawn_places(const Trial& trial) {
  std::vector<Index> place(std::max(trial.sample().batch, 2));
  std::iota(place.begin(), place.end(), Index{0});
  const RandomStream stream(trial.sample().seed, "places");
  for (std::size_t i = place.size(); i-- > 1;) std::swap(place[i], place[stream.below(i + 1, i, 0)]);
  if (std::is_sorted(place.begin(), place.end())) std::swap(place.front(), place.back());
  return place;
}
template <class S, class Rows>
Batch<S> permuted(const Rows& rows, const std::vector<Index>& place) {
  Batch<S> moved(rows.rows(), rows.dim());
  for (Index i = 0; i < rows.rows(); ++i)
    for (Index j = 0; j < rows.dim(); ++j) moved(place[i], j) = static_cast<S>(rows(i, j));
  return moved;
}
constexpr auto what_it_looks_like = "a row's result depends on its place in the batch";

template <class S>
void judge(Examined& result, const Trial& trial, const std::vector<Index>& place, const std::string& real) {
  const auto n = static_cast<Index>(place.size());
  const Batch<S> x = different_rows<S>(trial, n), moved = permuted<S>(x, place);
  const Batch<double> contexts = trial.batch_of_contexts(n);
  const Batch<S> moved_context = permuted<S>(contexts, place);
  Batch<S> context(contexts.rows(), contexts.dim());
  for (Index i = 0; i < contexts.rows(); ++i)
    for (Index j = 0; j < contexts.dim(); ++j) context(i, j) = static_cast<S>(contexts(i, j));
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

/// Others' products may sum in another order at another place, as in another batch (L15).
Examined places_by_values(const Trial& trial) {
  Examined result;
  const std::vector<Index> place = drawn_places(trial);
  const auto n = static_cast<Index>(place.size());
  Batch<double> rows = different_rows<double>(trial, n);
  if (trial.subject().arithmetic().unit > unit_roundoff)
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < rows.dim(); ++j) rows(i, j) = static_cast<float>(rows(i, j));
  const Batch<double> context = trial.batch_of_contexts(n), moved_context = permuted<double>(context, place);
  for (const Way way : {Way::forward, Way::inverse}) {
    if (way == Way::inverse && trial.subject().facts().inverse == InverseKind::none) continue;
    const std::optional<Batch<double>> x = inputs_of(trial, way, rows, context);
    if (!x) continue;
    const Batch<double> moved = permuted<double>(*x, place);
    Batch<double> y(n, rows.dim()), moved_y(n, rows.dim());
    std::vector<double> log_det(n), moved_log_det(n);
    trial.call(way, x->in(), context.in(), y.out(), log_det);
    trial.call(way, moved.in(), moved_context.in(), moved_y.out(), moved_log_det);
    const auto same = [](double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); };
    for (Index i = 0; i < n; ++i) {
      bool equal = same(log_det[i], moved_log_det[place[i]]);
      for (Index j = 0; j < y.dim(); ++j) equal = equal && same(y(i, j), moved_y(place[i], j));
      if (equal) continue;
      Numbers row;
      for (Index j = 0; j < x->dim(); ++j) row.push_back((*x)(i, j));
      const Noise noise = noise_at(trial, way, row, trial.context(i % trial.rows()));
      const auto compare = [&](const std::string& what, double expected, double got, const Rounded& may) {
        const std::string of = way == Way::forward ? "" : " of the inverse";
        const std::string where = fmt::format("{}{}, of row {} of {} moved to place {}", what, of, i, n, place[i]);
        compare_in_batches(result, trial, i % trial.rows(), where, expected, got, may);
      };
      for (Index j = 0; j < y.dim(); ++j) compare(fmt::format("y[{}]", j), y(i, j), moved_y(place[i], j), noise.value[j]);
      compare("log_det", log_det[i], moved_log_det[place[i]], noise.log_det);
    }
  }
  if (result.findings.empty()) result.compare(0, "different bits", 0, 0, 0, 0, "bits");
  else if (result.outcome() == Outcome::disagree) result.words = what_it_looks_like;
  return result;
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
                const std::vector<Index> place = drawn_places(trial);
                judge<double>(result, trial, place, "double");
                judge<float>(result, trial, place, "float");
                if (result.findings.empty()) result.compare(0, "different bits", 0, 0, 0, 0, "bits");
                else result.words = what_it_looks_like;
                return result;
              },
          .examine_values = places_by_values,
          .violated_by = "a packed path of float whose lanes are exchanged",
          .fooled_by = "a dependence on rows that stays the same wherever they stand, as batch statistics (L15, L17)"};
}

}  // namespace flowgauge::verify
