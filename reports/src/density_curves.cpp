// SPDX-License-Identifier: MIT
#include "density_views.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "html.hpp"

namespace flowgauge::reports {
namespace {

Panel panel_of(const std::string& name, const std::string& title, const std::string& quantity) {
  Panel panel;
  panel.title = title;
  panel.figure.name = name;
  panel.figure.x = {"x", Scale::linear, {}};
  panel.figure.y = {quantity, Scale::linear, {}};
  return panel;
}

Series series_of(const std::string& name, const std::vector<const DensityRow*>& rows, double (*value)(const DensityRow&)) {
  Series series{name, {}, {}, {}, {}};
  for (const DensityRow* row : rows) {
    series.x.push_back(row->x.value_or(NAN));
    series.y.push_back(value(*row));
  }
  return series;
}

double source_density(const DensityRow& row) { return std::exp(row.log_p.value_or(NAN)); }
double flow_density(const DensityRow& row) { return std::exp(row.log_q.value_or(NAN)); }
double log_ratio(const DensityRow& row) { return row.log_p.value_or(NAN) - row.log_q.value_or(NAN); }

}  // namespace

std::map<std::string, std::vector<DensityTable>> densities_at(const Comparison& comparison, const std::vector<DensityRow>& rows, std::int64_t dim) {
  std::map<std::string, const Cell*> cells;
  for (const Cell& cell : comparison.cells) cells[cell.any().cell_id] = &cell;
  std::map<std::string, std::map<std::string, DensityTable>> by_source;
  for (const DensityRow& row : rows) {
    const auto cell = cells.find(row.cell_id);
    if (cell == cells.end() || row.dim != dim) continue;
    DensityTable& table = by_source[cell->second->source][cell->second->flow];
    table.flow = cell->second->flow;
    table.rows.push_back(&row);
  }
  std::map<std::string, std::vector<DensityTable>> ordered;
  for (auto& [source, tables] : by_source) {
    for (const std::string& flow : comparison.flows) {
      const auto found = tables.find(flow);
      if (found == tables.end()) continue;
      std::stable_sort(found->second.rows.begin(), found->second.rows.end(),
                       [](const DensityRow* left, const DensityRow* right) { return left->index < right->index; });
      ordered[source].push_back(std::move(found->second));
    }
  }
  return ordered;
}

std::vector<Panel> density_curves(const Comparison& comparison, const std::vector<DensityRow>& rows) {
  std::vector<Panel> panels;
  for (const auto& [source, tables] : densities_at(comparison, rows, 1)) {
    const std::string number = fmt::format("{:03}", panels.size() / 2 + 1);
    Panel curves = panel_of("density_" + number, source + ": density", "density"),
          ratios = panel_of("ratio_" + number, source + ": log-ratio", "log p − log q / nat");
    const std::size_t shown = std::min(tables.size(), series_colours.size() - 1);
    for (std::size_t i = 0; i < shown; ++i) {
      curves.figure.series.push_back(series_of(tables[i].flow, tables[i].rows, flow_density));
      ratios.figure.series.push_back(series_of(tables[i].flow, tables[i].rows, log_ratio));
    }
    // Last, so that a flow has the same colour in both panels.
    curves.figure.series.push_back(series_of("source p", tables.front().rows, source_density));
    ratios.figure.lines.push_back({"p = q", 0});
    const std::string points = fmt::format("{} points, formulas, no band.", html::count(static_cast<double>(tables.front().rows.size())));
    const std::string cut = shown < tables.size() ? fmt::format(" {} of {} flows are drawn, the best by median KL.", shown, tables.size()) : "";
    curves.caption = points + cut;
    ratios.caption = points + " Above the line the flow has too little mass, below it too much. Not drawn where p is 0." + cut;
    panels.push_back(std::move(curves));
    panels.push_back(std::move(ratios));
  }
  return panels;
}

}  // namespace flowgauge::reports
