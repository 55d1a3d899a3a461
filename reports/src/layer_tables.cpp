// SPDX-License-Identifier: MIT
#include "layer_tables.hpp"

#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "html.hpp"
#include "page_parts.hpp"
#include "statistics.hpp"

namespace flowgauge::reports {
namespace {

using html::Align;

/// A permutation changes no density; what its change differs from 0 is the rounding of a mean over log-ratios of order 1 to 1000.
constexpr double rounding = 1e-12;

bool has_a_change(const TraceRow& row) { return row.trace == "layer" && row.metric == "kl" && !row.layer.empty() && row.index.has_value(); }

std::string signed_number(double value) { return (value > 0 ? "+" : "") + html::number(value); }

std::string change_cell(const std::vector<double>& changes) {
  if (changes.empty()) return "<td class=\"none\">–</td>";
  const double exact = median(changes), middle = std::abs(exact) <= rounding ? 0 : exact;
  const char* const kind = middle < 0 ? "good" : middle > 0 ? "bad" : "none";
  return html::number_cell(middle, (middle < 0 ? "▼ " : middle > 0 ? "▲ " : "") + signed_number(middle), kind);
}

}  // namespace

std::vector<LayerCost> layer_costs(const std::vector<TraceRow>& traces, const Labels& labels) {
  struct Place {
    std::string layer;
    std::vector<double> changes;
  };
  std::map<std::tuple<std::string, std::int64_t, std::string>, std::map<std::int64_t, Place>> stacks;
  for (const TraceRow& row : traces) {
    if (!has_a_change(row)) continue;
    const std::string &source = labels.sources.at({row.source, row.source_params}), &flow = labels.flows.at({row.flow, row.flow_params});
    Place& place = stacks[{source, row.dim.value_or(0), flow}][*row.index];
    place.layer = layer_type(row.layer);
    if (row.delta && std::isfinite(*row.delta)) place.changes.push_back(*row.delta);
  }
  std::vector<LayerCost> costs;
  for (const auto& [key, places] : stacks) {
    if (places.size() < 2) continue;
    LayerCost cost;
    std::tie(cost.source, cost.dim, cost.flow) = key;
    cost.layers = places.rbegin()->first;
    cost.worst = -HUGE_VAL;
    cost.best = HUGE_VAL;
    for (const auto& [index, place] : places) {
      if (place.changes.empty()) continue;
      const double change = median(place.changes);
      if (change > cost.worst) std::tie(cost.worst, cost.worst_index, cost.worst_layer) = std::tuple(change, index, place.layer);
      if (change < cost.best) std::tie(cost.best, cost.best_index, cost.best_layer) = std::tuple(change, index, place.layer);
    }
    if (!cost.worst_layer.empty()) costs.push_back(std::move(cost));
  }
  return costs;
}

std::vector<std::string> cost_sentences(const std::vector<LayerCost>& costs) {
  std::map<std::string, const LayerCost*> by_flow;
  for (const LayerCost& cost : costs) {
    const LayerCost*& worst = by_flow[cost.flow];
    if (worst == nullptr || cost.worst > worst->worst) worst = &cost;
  }
  std::vector<std::string> sentences;
  for (const auto& [flow, cost] : by_flow) {
    const std::string where = cost->source + (cost->dim > 1 ? fmt::format(" at dim {}", cost->dim) : "");
    if (cost->worst > rounding) {
      sentences.push_back(fmt::format("{}: layer {} of {}, {}, costs most: it raises the KL on {} by {} nat.", flow, cost->worst_index, cost->layers,
                                      cost->worst_layer, where, html::number(cost->worst)));
    } else {
      sentences.push_back(fmt::format("{}: none of its {} layers raises the KL anywhere.", flow, cost->layers));
    }
  }
  return sentences;
}

std::string layer_cost_table(const std::vector<LayerCost>& costs) {
  std::string rows;
  for (const LayerCost& cost : costs) {
    const auto place = [&](std::int64_t index, const std::string& layer) { return html::text("td", "", fmt::format("{} {}", index, layer)); };
    rows += "<tr>" + html::text("th", "", cost.source) + html::number_cell(static_cast<double>(cost.dim), fmt::format("{}", cost.dim)) +
            html::text("td", "", cost.flow) + html::number_cell(static_cast<double>(cost.layers), fmt::format("{}", cost.layers)) +
            place(cost.worst_index, cost.worst_layer) + change_cell({cost.worst}) + place(cost.best_index, cost.best_layer) +
            change_cell({cost.best}) + "</tr>\n";
  }
  if (rows.empty()) return {};
  return table("sortable",
               html::heading("source", Align::left) + html::heading("dim", Align::right) + html::heading("flow", Align::left) +
                   html::heading("layers", Align::right) + html::heading("costs most", Align::left) + html::heading("change / nat", Align::right) +
                   html::heading("brings most", Align::left) + html::heading("change / nat", Align::right),
               rows);
}

std::string layer_source_table(const std::vector<TraceRow>& traces, const Labels& labels) {
  std::map<std::string, std::map<std::pair<std::int64_t, std::string>, std::vector<double>>> changes;
  std::set<std::pair<std::int64_t, std::string>> sources;
  for (const TraceRow& row : traces) {
    if (!has_a_change(row)) continue;
    const std::pair place{row.dim.value_or(0), labels.sources.at({row.source, row.source_params})};
    sources.insert(place);
    std::vector<double>& uses = changes[layer_type(row.layer)][place];
    if (row.delta && std::isfinite(*row.delta)) uses.push_back(*row.delta);
  }
  if (sources.empty()) return {};
  std::string head = html::heading("layer", Align::left), rows;
  for (const auto& [dim, source] : sources) head += html::heading(fmt::format("{}, dim {}", source, dim), Align::right);
  for (const auto& [type, by_source] : changes) {
    rows += "<tr>" + html::text("th", "", type);
    for (const auto& place : sources) {
      const auto found = by_source.find(place);
      rows += change_cell(found == by_source.end() ? std::vector<double>{} : found->second);
    }
    rows += "</tr>\n";
  }
  return table("sortable", head, rows);
}

std::string layer_type_table(const std::vector<TraceRow>& traces) {
  struct Uses {
    std::vector<double> deltas;
    std::size_t used = 0, positive = 0, unmeasured = 0;
  };
  std::map<std::string, Uses> types;
  for (const TraceRow& row : traces) {
    if (row.trace != "layer" || row.metric != "kl" || row.layer.empty()) continue;
    Uses& uses = types[layer_type(row.layer)];
    ++uses.used;
    if (!row.delta || !std::isfinite(*row.delta)) {
      ++uses.unmeasured;
      continue;
    }
    uses.deltas.push_back(*row.delta);
    uses.positive += *row.delta > 0 ? 1 : 0;
  }
  if (types.empty()) return {};
  std::string rows;
  for (const auto& [type, uses] : types) {
    const bool any = !uses.deltas.empty();
    const double middle = median(uses.deltas), share = any ? static_cast<double>(uses.positive) / static_cast<double>(uses.deltas.size()) : NAN;
    rows += "<tr>" + html::text("th", "", type) + html::number_cell(static_cast<double>(uses.used), html::count(static_cast<double>(uses.used))) +
            html::number_cell(middle, any ? html::number(middle) : "–") +
            html::number_cell(quantile(uses.deltas, 0.1), any ? html::number(quantile(uses.deltas, 0.1)) : "–") +
            html::number_cell(quantile(uses.deltas, 0.9), any ? html::number(quantile(uses.deltas, 0.9)) : "–") +
            html::number_cell(share, any ? fmt::format("{:.0f} %", 100 * share) : "–") +
            html::number_cell(static_cast<double>(uses.unmeasured), html::count(static_cast<double>(uses.unmeasured))) + "</tr>\n";
  }
  const std::string head = html::heading("layer", Align::left) + html::heading("times used", Align::right) +
                           html::heading("median change / nat", Align::right) + html::heading("10 % quantile", Align::right) +
                           html::heading("90 % quantile", Align::right) + html::heading("share that made it worse", Align::right) +
                           html::heading("without a finite change", Align::right);
  return table("sortable", head, rows);
}

}  // namespace flowgauge::reports
