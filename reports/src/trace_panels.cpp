// SPDX-License-Identifier: MIT
#include "trace_panels.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "html.hpp"
#include "statistics.hpp"

namespace flowgauge::reports {
namespace {

// Some fifty figures keep a page light: gnuplot takes a third of a second and the file stays near 2 MB.
constexpr std::size_t most_layer_panels = 40, most_step_panels = 16;

struct Point {
  std::string layer;
  std::vector<double> values, lows, highs;
};

/// One line: values by index, over seeds.
struct Line {
  std::map<std::int64_t, Point> points;
  std::set<std::string> cells;
  std::set<std::int64_t> samples;
};

using PanelKey = std::tuple<std::string, std::int64_t, std::string, std::string>;  // source, dim, metric, flow (empty in step panels)

struct Panels {
  std::map<PanelKey, std::map<std::string, Line>> lines;  // by flow
  std::map<PanelKey, std::string> units;
};

enum class Split { by_flow, together };

Panels gather(const std::vector<TraceRow>& traces, std::string_view kind, const Labels& labels, Split split) {
  Panels panels;
  for (const TraceRow& row : traces) {
    if (row.trace != kind || !row.index || !row.value) continue;
    const std::string& source = labels.sources.at({row.source, row.source_params});
    const std::string& flow = labels.flows.at({row.flow, row.flow_params});
    const PanelKey key{source, row.dim.value_or(0), row.metric, split == Split::by_flow ? flow : ""};
    panels.units[key] = row.unit;
    Line& line = panels.lines[key][flow];
    Point& point = line.points[*row.index];
    point.layer = row.layer;
    point.values.push_back(*row.value);
    point.lows.push_back(row.ci_low.value_or(*row.value));
    point.highs.push_back(row.ci_high.value_or(*row.value));
    line.cells.insert(fmt::format("{} {}", row.cell_id, text_of(row.seed)));
    if (row.n_samples) line.samples.insert(*row.n_samples);
  }
  return panels;
}

/// The median line; its band is the range over seeds, or the 95 % interval of a single cell.
Series series_of(const std::string& name, const Line& line) {
  Series series;
  series.name = name;
  for (const auto& [index, point] : line.points) {
    const bool several = line.cells.size() > 1;
    series.x.push_back(static_cast<double>(index));
    series.y.push_back(median(point.values));
    series.low.push_back(several ? quantile(point.values, 0) : point.lows.front());
    series.high.push_back(several ? quantile(point.values, 1) : point.highs.front());
  }
  return series;
}

/// Logarithmic where the values are positive and span more than a factor of 8, and the metric may be read that way.
Scale scale_for(const std::vector<Series>& series, std::string_view metric) {
  if (metric != "kl" && metric != "kl_reverse") return Scale::linear;
  double lowest = HUGE_VAL, highest = 0;
  std::size_t all = 0, positive = 0;
  for (const Series& one : series) {
    for (const double y : one.y) {
      if (!std::isfinite(y)) continue;
      ++all;
      if (y <= 0) continue;
      ++positive;
      lowest = std::min(lowest, y);
      highest = std::max(highest, y);
    }
  }
  return 10 * positive >= 9 * all && highest > 8 * lowest ? Scale::logarithmic : Scale::linear;
}

/// "3 points are ∞, 1 is at or below 0: not drawn." Empty when all are drawn.
std::string not_drawn(const Figure& figure) {
  std::size_t infinite = 0, undefined = 0, below = 0, before = 0;
  for (const Series& series : figure.series) {
    for (std::size_t i = 0; i < series.y.size(); ++i) {
      infinite += std::isinf(series.y[i]) ? 1 : 0;
      undefined += std::isnan(series.y[i]) ? 1 : 0;
      below += figure.y.scale == Scale::logarithmic && series.y[i] <= 0 ? 1 : 0;
      before += figure.x.scale == Scale::logarithmic && series.x[i] <= 0 ? 1 : 0;
    }
  }
  std::string text;
  const auto add = [&text](std::size_t amount, std::string_view what) {
    if (amount > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", html::counted(amount, "point", "points"), what);
  };
  add(infinite, "infinite");
  add(undefined, "not a number");
  add(below, "at or below 0");
  add(before, "at step 0");
  return text.empty() ? text : " Not drawn: " + text + ".";
}

std::string sample_text(const std::map<std::string, Line>& lines) {
  std::set<std::int64_t> samples;
  std::size_t most_cells = 0;
  for (const auto& [flow, line] : lines) {
    samples.insert(line.samples.begin(), line.samples.end());
    most_cells = std::max(most_cells, line.cells.size());
  }
  std::string text;
  if (samples.size() == 1) text = fmt::format("n = {}", html::count(static_cast<double>(*samples.begin())));
  if (samples.size() > 1) {
    text = fmt::format("n = {} to {}", html::count(static_cast<double>(*samples.begin())), html::count(static_cast<double>(*samples.rbegin())));
  }
  if (!text.empty()) text += "; ";
  return text + (most_cells > 1 ? fmt::format("median and range of {} seeds.", most_cells) : "band: 95 % interval, one seed.");
}

std::string axis_label(std::string_view metric, const std::string& unit) {
  const std::string name = metric == "kl" ? "KL" : metric == "kl_reverse" ? "reverse KL" : std::string{metric};
  return unit.empty() ? name : name + " / " + unit;
}

std::size_t finite_points(const Line& line) {
  std::size_t finite = 0;
  for (const auto& [index, point] : line.points) finite += std::isfinite(median(point.values)) ? 1 : 0;
  return finite;
}

/// " Without a panel, as …: a, b." Empty when there are none.
std::string left_out(const std::vector<std::string>& titles, std::string_view reason) {
  if (titles.empty()) return {};
  return fmt::format(" Without a panel ({}): {}.", reason, fmt::join(titles, "; "));
}

std::string hidden_sentence(std::size_t shown, std::size_t all) {
  if (shown >= all) return {};
  return fmt::format("{} of {} panels are shown, the first by name; the others are left out to keep the page light. All numbers are in kl_trace.csv.",
                     shown, all);
}

}  // namespace

std::vector<TraceRow> best_estimates(const std::vector<TraceRow>& traces) {
  const auto rank = [](const std::string& estimator) { return estimator == "exact" ? 0 : estimator == "quadrature" ? 1 : 2; };
  const auto identity = [](const TraceRow& row) {
    return std::tuple(row.cell_id, row.source, row.flow, row.dim, row.dtype, row.seed, row.trace, row.metric, row.index);
  };
  std::map<decltype(identity(traces.front())), int> best;
  for (const TraceRow& row : traces) {
    const auto [place, fresh] = best.emplace(identity(row), rank(row.estimator));
    if (!fresh) place->second = std::min(place->second, rank(row.estimator));
  }
  std::vector<TraceRow> kept;
  for (const TraceRow& row : traces) {
    if (best.at(identity(row)) == rank(row.estimator)) kept.push_back(row);
  }
  return kept;
}

TracePanels layer_panels(const Comparison& comparison, const std::vector<TraceRow>& traces, const Labels& labels) {
  const Panels all = gather(traces, "layer", labels, Split::by_flow);
  TracePanels result;
  std::vector<std::string> infinite, single;
  std::size_t wanted = 0;
  for (const auto& [key, lines] : all.lines) {
    const auto& [source, dim, metric, flow] = key;
    const Line& line = lines.begin()->second;
    const std::string title = fmt::format("{} → {}, dim {}", source, flow, dim);
    if (finite_points(line) < 2) {
      infinite.push_back(title);
      continue;
    }
    if (line.points.size() < 3) {
      single.push_back(title);
      continue;
    }
    if (++wanted > most_layer_panels) continue;
    Panel panel;
    panel.title = title;
    panel.figure.name = fmt::format("layers_{:03}", result.panels.size() + 1);
    panel.figure.series = {series_of(flow, line)};
    panel.figure.y = {axis_label(metric, all.units.at(key)), scale_for(panel.figure.series, metric), {}};
    // The ticks stand at 0, 1, 2, …: a trace that leaves out layers is drawn without gaps.
    for (std::size_t i = 0; i < panel.figure.series[0].x.size(); ++i) panel.figure.series[0].x[i] = static_cast<double>(i);
    for (const auto& [index, point] : line.points) panel.figure.x.tick_labels.push_back(index == 0 ? "data" : layer_type(point.layer));
    if (panel.figure.x.tick_labels.size() > 12) {
      panel.figure.x.tick_labels.clear();
      panel.figure.x.label = "number of layers";
    }
    panel.caption = sample_text(lines) + not_drawn(panel.figure);
    const double floor = metric == "kl" ? comparison.summary({source, flow, dim}, "floor_gaussian").median : NAN;
    if (std::isfinite(floor)) {
      panel.figure.lines.push_back({"best affine flow", floor});
      panel.caption += fmt::format(" Dotted: what the best affine flow reaches, {} {}.", html::number(floor), all.units.at(key));
    }
    result.panels.push_back(std::move(panel));
  }
  result.hidden = hidden_sentence(result.panels.size(), wanted) + left_out(single, "one layer alone, whose change stands in the tables below") +
                  left_out(infinite, "the KL is infinite after nearly every layer");
  return result;
}

TracePanels step_panels(const Comparison& comparison, const std::vector<TraceRow>& traces, const Labels& labels) {
  const Panels all = gather(traces, "step", labels, Split::together);
  TracePanels result;
  std::vector<std::string> order = comparison.flows;  // best first; then flows that have a trace and no cell yet
  for (const auto& [named, flow] : labels.flows) {
    if (std::find(order.begin(), order.end(), flow) == order.end()) order.push_back(flow);
  }
  for (const auto& [key, lines] : all.lines) {
    if (result.panels.size() == most_step_panels) break;
    const auto& [source, dim, metric, ignored] = key;
    Panel panel;
    panel.title = fmt::format("{}, dim {}", source, dim);
    panel.figure.name = fmt::format("steps_{:03}", result.panels.size() + 1);
    double last_step = 0;
    for (const std::string& flow : order) {
      const auto line = lines.find(flow);
      if (line == lines.end() || panel.figure.series.size() == series_colours.size()) continue;
      panel.figure.series.push_back(series_of(flow, line->second));
      last_step = std::max(last_step, panel.figure.series.back().x.back());
    }
    panel.figure.x = {"step", last_step >= 100 ? Scale::logarithmic : Scale::linear, {}};
    panel.figure.y = {axis_label(metric, all.units.at(key)), scale_for(panel.figure.series, metric), {}};
    panel.caption = sample_text(lines) + not_drawn(panel.figure);
    if (lines.size() > panel.figure.series.size()) {
      panel.caption += fmt::format(" {} of {} flows are drawn, the best by median KL.", panel.figure.series.size(), lines.size());
    }
    std::vector<double> errors;
    for (const std::string& flow : comparison.flows) {
      for (const CellRow* row : comparison.summary({source, flow, dim}, metric).measured) {
        if (row->estimator == "mc" && row->std_error && std::isfinite(*row->std_error) && *row->std_error > 0) errors.push_back(*row->std_error);
      }
    }
    if (!errors.empty() && metric == "kl") {
      panel.figure.lines.push_back({"noise floor", 2 * median(errors)});
      panel.caption +=
          fmt::format(" Dotted: noise floor, two standard errors of the final estimate, {} {}.", html::number(2 * median(errors)), all.units.at(key));
    }
    result.panels.push_back(std::move(panel));
  }
  result.hidden = hidden_sentence(result.panels.size(), all.lines.size());
  return result;
}

}  // namespace flowgauge::reports
