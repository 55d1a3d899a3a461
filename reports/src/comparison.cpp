// SPDX-License-Identifier: MIT
#include "comparison.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "statistics.hpp"

namespace flowgauge::reports {
namespace {

using Named = std::pair<std::string, std::string>;  // name and parameters

std::map<Named, std::string> unique_labels(const std::set<Named>& all) {
  std::map<std::string, int> uses;
  for (const auto& [name, parameters] : all) ++uses[name];
  std::map<Named, std::string> labels;
  for (const auto& named : all) {
    const bool enough = uses[named.first] == 1 || named.second.empty();
    labels[named] = enough ? named.first : named.first + " (" + named.second + ")";
  }
  return labels;
}

/// Data sets have a cross-entropy and no KL in any of their cells.
std::set<std::string> data_set_names(const std::vector<Cell>& cells) {
  std::set<std::string> with_entropy, with_kl;
  for (const Cell& cell : cells) {
    for (const CellRow* row : cell.rows) {
      if (row->metric == "kl" && row->value) with_kl.insert(cell.source);
      if (row->metric == "cross_entropy" || row->metric == "cross_entropy_held_out") with_entropy.insert(cell.source);
    }
  }
  std::set<std::string> names;
  std::set_difference(with_entropy.begin(), with_entropy.end(), with_kl.begin(), with_kl.end(), std::inserter(names, names.end()));
  return names;
}

/// Flows by their score over sources, then by name.
std::vector<std::string> ranked_flows(const Comparison& comparison) {
  std::map<std::string, std::vector<double>> scores;
  for (const auto& [key, cells] : comparison.entries) {
    scores[key.flow];
    const auto sources = comparison.sources.find(key.dim);
    if (sources == comparison.sources.end()) continue;
    if (std::find(sources->second.begin(), sources->second.end(), key.source) == sources->second.end()) continue;
    scores[key.flow].push_back(comparison.summary(key, "kl").score);
  }
  std::vector<std::pair<Score, std::string>> order;
  for (const auto& [flow, values] : scores) order.emplace_back(score_of(values), flow);
  std::sort(order.begin(), order.end());
  std::vector<std::string> flows;
  for (auto& [score, flow] : order) flows.push_back(std::move(flow));
  return flows;
}

}  // namespace

const CellRow* Cell::with(std::string_view metric, std::string_view estimator) const {
  for (const CellRow* row : rows) {
    if (row->metric == metric && row->estimator == estimator && row->value) return row;
  }
  return nullptr;
}

const CellRow* Cell::best(std::string_view metric) const {
  for (const std::string_view estimator : {"exact", "quadrature", "mc", ""}) {
    if (const CellRow* row = with(metric, estimator)) return row;
  }
  return nullptr;
}

Interval interval_of(const CellRow& row) {
  const double value = row.value.value_or(std::numeric_limits<double>::quiet_NaN());
  const double reach = 1.96 * row.std_error.value_or(0);
  return {row.ci_low.value_or(value - reach), row.ci_high.value_or(value + reach)};
}

bool is_infinite(const CellRow& row) {
  const bool proved = row.kl_status == "infinite_proved" || row.kl_status == "infinite_suspected" || row.kl_status == "support_violation";
  return (row.metric == "kl" && proved) || (row.value && std::isinf(*row.value));
}

bool Summary::holds_zero() const {
  return !measured.empty() && std::all_of(measured.begin(), measured.end(), [](const CellRow* row) {
    const Interval interval = interval_of(*row);
    return !is_infinite(*row) && interval.low <= 0 && interval.high >= 0;
  });
}

Summary Comparison::summary(const EntryKey& key, std::string_view metric) const {
  Summary summary;
  const auto found = entries.find(key);
  if (found == entries.end()) return summary;
  summary.cells = found->second;
  std::vector<double> values, scores;
  for (const Cell* cell : summary.cells) {
    if (cell->failed()) {
      summary.failed.push_back(cell);
      scores.push_back(HUGE_VAL);
    } else if (const CellRow* row = cell->best(metric)) {
      const bool infinite = is_infinite(*row);
      summary.measured.push_back(row);
      summary.infinite += infinite ? 1 : 0;
      values.push_back(infinite ? HUGE_VAL : *row->value);
      scores.push_back(values.back());
    }
  }
  summary.median = median(values);
  if (!scores.empty()) summary.score = median(scores);
  return summary;
}

std::string layer_type(const std::string& layer) {
  const auto name_end = [&layer](std::size_t from) { return std::min(layer.find_first_of("(),= ", from), layer.size()); };
  const std::size_t head = name_end(0);
  if (head == layer.size() || layer[head] != '(') return layer.substr(0, head);
  const std::size_t end = name_end(head + 1);
  const bool named =
      end > head + 1 && end < layer.size() && layer[end] != '=' && std::string_view("0123456789-.[").find(layer[head + 1]) == std::string_view::npos;
  return named ? layer.substr(0, end) + ")" : layer.substr(0, head);
}

Score score_of(const std::vector<double>& of_sources) {
  const auto without = std::count_if(of_sources.begin(), of_sources.end(), [](double score) { return !std::isfinite(score); });
  return {static_cast<std::size_t>(without), of_sources.empty() ? HUGE_VAL : reports::median(of_sources)};
}

Labels labels_of(const std::vector<CellRow>& cells, const std::vector<TraceRow>& traces) {
  std::set<Named> sources, flows;
  const auto note = [&](const RowKeys& row) {
    sources.emplace(row.source, row.source_params);
    flows.emplace(row.flow, row.flow_params);
  };
  for (const CellRow& row : cells) note(row);
  for (const TraceRow& row : traces) note(row);
  return {unique_labels(sources), unique_labels(flows)};
}

Comparison compare_cells(const std::vector<CellRow>& rows) {
  const Labels labels = labels_of(rows, {});
  Comparison comparison;
  using Identity = std::tuple<std::string, std::string, std::string, std::int64_t, std::string, std::int64_t>;
  std::map<Identity, Cell> cells;
  for (const CellRow& row : rows) {
    const std::string& source = labels.sources.at({row.source, row.source_params});
    const std::string& flow = labels.flows.at({row.flow, row.flow_params});
    Cell& cell = cells[{source, flow, row.cell_id, row.dim.value_or(0), row.dtype, row.seed.value_or(0)}];
    if (row.flow_params != flow) comparison.flow_specs[flow] = row.flow_params;
    if (row.metric == "kl" && !row.source_params.empty()) comparison.source_specs[source] = row.source + "(" + row.source_params + ")";
    cell.source = source;
    cell.flow = flow;
    cell.dim = row.dim.value_or(0);
    cell.rows.push_back(&row);
  }
  for (auto& [identity, cell] : cells) comparison.cells.push_back(std::move(cell));
  const std::set<std::string> data_sets = data_set_names(comparison.cells);
  std::set<std::pair<std::int64_t, std::string>> seen;
  for (const Cell& cell : comparison.cells) {
    comparison.entries[{cell.source, cell.flow, cell.dim}].push_back(&cell);
    if (!seen.emplace(cell.dim, cell.source).second) continue;
    (data_sets.count(cell.source) != 0 ? comparison.data_sets : comparison.sources)[cell.dim].push_back(cell.source);
  }
  comparison.flows = ranked_flows(comparison);
  return comparison;
}

}  // namespace flowgauge::reports
