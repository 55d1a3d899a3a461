// SPDX-License-Identifier: MIT
#include "differences.hpp"

#include "description.hpp"

#include <flowgauge/distributions/sources.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

namespace flowgauge::cli {
namespace {

using reports::BenchRow;
using reports::CellRow;
using reports::VerdictRow;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Walks through what both hold, in the order of a; counts what one of them lacks.
template <class Key, class Value, class Visit>
void join(const std::map<Key, Value>& a, const std::map<Key, Value>& b, Differences& result, Visit visit) {
  for (const auto& [key, value] : a) {
    const auto other = b.find(key);
    if (other == b.end()) ++result.only_a;
    else visit(key, value, other->second);
  }
  for (const auto& [key, value] : b) result.only_b += a.count(key) == 0;
}

/// The value of a cell, or why there is none.
struct Score {
  double value = infinity, std_error = 0;
  std::string text;
};

using Seeds = std::map<std::int64_t, std::map<std::string, const CellRow*>>;  // estimator → row

Score score_of(const CellRow& row) {
  if (row.status != "ok") return {infinity, 0, row.status};
  if (!row.value || std::isnan(*row.value)) return {infinity, 0, "nan"};
  if (std::isinf(*row.value)) return {infinity, 0, "inf"};
  const double error = row.std_error.value_or(0);
  return {*row.value, std::isfinite(error) ? error : 0, nats_text(*row.value, row.estimator == "mc" ? error : 0)};
}

bool compared(const CellRow& row) { return row.status != "ok" || row.metric == "kl" || row.metric == "cross_entropy_held_out"; }

std::map<std::string, Seeds> by_cell(const std::vector<CellRow>& rows, std::size_t& hidden) {
  std::map<std::string, Seeds> cells;
  for (const CellRow& row : rows) {
    if (!compared(row)) {
      ++hidden;
      continue;
    }
    const std::string key = fmt::format("{} {} dim {} {}", row.source, row.flow, row.dim.value_or(0), row.dtype);
    cells[key][row.seed.value_or(0)][row.estimator] = &row;
  }
  return cells;
}

/// The pair to compare of one seed: exact values where both have one.
std::pair<Score, Score> pair_of(const std::map<std::string, const CellRow*>& a, const std::map<std::string, const CellRow*>& b) {
  for (const char* const estimator : {"exact", "quadrature", "mc"})
    if (a.count(estimator) && b.count(estimator)) return {score_of(*a.at(estimator)), score_of(*b.at(estimator))};
  return {score_of(*a.begin()->second), score_of(*b.begin()->second)};
}

struct Pairs {
  std::vector<Score> a, b;
  bool finite() const {
    const auto number = [](const Score& s) { return std::isfinite(s.value); };
    return std::all_of(a.begin(), a.end(), number) && std::all_of(b.begin(), b.end(), number);
  }
};

double mean(const std::vector<double>& v) {
  double sum = 0;
  for (const double x : v) sum += x;
  return sum / static_cast<double>(v.size());
}

std::string scores_text(const std::vector<Score>& scores) {
  if (scores.size() == 1) return scores.front().text;
  std::vector<double> values;
  for (const Score& s : scores) {
    if (!std::isfinite(s.value)) return s.text;
    values.push_back(s.value);
  }
  return nats_text(mean(values), 0);
}

double upper_quantile(const std::string& source, double p) {
  return dynamic_cast<const Univariate&>(*distributions::make_source(source)).upper_quantile(p);
}

/// The mean difference, and half of its interval at `confidence`.
std::pair<double, double> difference_of(const Pairs& pairs, double confidence) {
  const double tail = (1 - confidence) / 2;
  std::vector<double> changes;
  for (std::size_t s = 0; s < pairs.a.size(); ++s) changes.push_back(pairs.b[s].value - pairs.a[s].value);
  const double m = mean(changes);
  if (changes.size() == 1) {
    return {m, upper_quantile("normal", tail) * std::hypot(pairs.a[0].std_error, pairs.b[0].std_error)};
  }
  double square = 0;
  for (const double c : changes) square += (c - m) * (c - m);
  const auto n = static_cast<double>(changes.size());
  return {m, upper_quantile(fmt::format("student_t(nu={})", n - 1), tail) * std::sqrt(square / (n - 1) / n)};
}

int rank(const std::string& verdict) {
  if (verdict == "holds" || verdict == "not_applicable") return 0;
  return verdict == "unresolved" ? 1 : 2;
}

}  // namespace

Differences compare(const std::vector<CellRow>& a, const std::vector<CellRow>& b) {
  Differences result;
  std::size_t hidden_b = 0;
  const auto left = by_cell(a, result.hidden), right = by_cell(b, hidden_b);
  result.hidden = std::max(result.hidden, hidden_b);
  std::vector<std::pair<std::string, Pairs>> all;
  join(left, right, result, [&](const std::string& key, const Seeds& seeds, const Seeds& others) {
    Pairs pairs;
    for (const auto& [seed, rows] : seeds) {
      const auto other = others.find(seed);
      if (other == others.end()) continue;
      auto [x, y] = pair_of(rows, other->second);
      pairs.a.push_back(std::move(x)), pairs.b.push_back(std::move(y));
    }
    if (pairs.a.empty()) ++result.only_a, ++result.only_b;
    else all.emplace_back(key, std::move(pairs));
  });
  const double confidence = 1 - 0.05 / static_cast<double>(std::max<std::size_t>(all.size(), 1));
  result.rule = fmt::format("nats, less is better; a change is a difference beyond its interval, at 95 % for all {} together", all.size());
  for (const auto& [key, pairs] : all) {
    Difference d{key, scores_text(pairs.a), scores_text(pairs.b), "", Change::same};
    if (pairs.a.size() > 1) d.what += fmt::format(", {} seeds", pairs.a.size());
    if (pairs.finite()) {
      const auto [change, half] = difference_of(pairs, confidence);
      d.difference = fmt::format("{}{:.2g} ± {:.1g}", change > 0 ? "+" : "", change, half);
      if (std::abs(change) > half) d.change = change < 0 ? Change::better : Change::worse;
    } else {
      std::size_t worse = 0, better = 0;
      for (std::size_t s = 0; s < pairs.a.size(); ++s) {
        worse += std::isfinite(pairs.a[s].value) && !std::isfinite(pairs.b[s].value);
        better += !std::isfinite(pairs.a[s].value) && std::isfinite(pairs.b[s].value);
      }
      if (worse != better) d.change = worse > better ? Change::worse : Change::better;
    }
    result.rows.push_back(std::move(d));
  }
  return result;
}

Differences compare(const std::vector<BenchRow>& a, const std::vector<BenchRow>& b) {
  using Times = std::map<std::string, std::vector<double>>;
  const auto by_case = [](const std::vector<BenchRow>& rows) {
    Times times;
    for (const BenchRow& row : rows)
      if (row.real_time_ns)
        times[fmt::format("{} {} dim {} batch {} {} threads {}", row.layer, row.direction, row.dim.value_or(0), row.batch.value_or(0), row.dtype,
                          row.threads.value_or(1))]
            .push_back(*row.real_time_ns);
    for (auto& [key, t] : times) std::sort(t.begin(), t.end());
    return times;
  };
  Differences result;
  result.rule = "ns a call, medians; a change is one of more than 5 % whose repetitions do not overlap";
  join(by_case(a), by_case(b), result, [&](const std::string& key, const std::vector<double>& x, const std::vector<double>& y) {
    const double before = x[x.size() / 2], after = y[y.size() / 2], ratio = after / before;
    Difference d{key, fmt::format("{:.4g}", before), fmt::format("{:.4g}", after), fmt::format("× {:.3f}", ratio), Change::same};
    if (ratio > 1.05 && y.front() > x.back()) d.change = Change::worse;
    if (ratio < 1 / 1.05 && y.back() < x.front()) d.change = Change::better;
    result.rows.push_back(std::move(d));
  });
  return result;
}

Differences compare(const std::vector<VerdictRow>& a, const std::vector<VerdictRow>& b) {
  const auto by_law = [](const std::vector<VerdictRow>& rows) {
    std::map<std::string, std::string> verdicts;
    for (const VerdictRow& row : rows) verdicts[fmt::format("{} {} ({})", reports::subject_of(row), row.law, row.law_id)] = row.verdict;
    return verdicts;
  };
  Differences result;
  result.rule = "verdicts; worse is unresolved after holds, and fails or error after any other";
  join(by_law(a), by_law(b), result, [&](const std::string& key, const std::string& x, const std::string& y) {
    const int change = rank(y) - rank(x);
    result.rows.push_back({key, x, y, "", change == 0 ? Change::same : change > 0 ? Change::worse : Change::better});
  });
  return result;
}

}  // namespace flowgauge::cli
