// SPDX-License-Identifier: MIT
#include "sample_views.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <tuple>

#include <fmt/format.h>

#include <flowgauge/reports/swatches.hpp>

#include "html.hpp"
#include "png.hpp"

namespace flowgauge::reports {
namespace {

using SamplePoint = std::array<double, 3>;
constexpr std::size_t side = 16;  // swatches across and down, a pixel each: the page enlarges them

struct Clouds {
  std::vector<SamplePoint> data, flow;
  std::size_t dims = 0;
  bool colours = false;
};

SamplePoint point_of(const SampleRow& row) { return {row.x1.value_or(NAN), row.x2.value_or(NAN), row.x3.value_or(NAN)}; }

/// 256·Φ of a normal quantile.
Colour colour_of(const SamplePoint& p) {
  Colour colour{};
  for (std::size_t j = 0; j < 3; ++j) colour[j] = 128 * std::erfc(-p[j] / std::numbers::sqrt2);
  return colour;
}

std::string swatches(const std::string& title, const std::vector<SamplePoint>& points) {
  if (points.size() < side * side) return {};
  std::vector<Colour> colours;
  for (std::size_t i = 0; i < side * side; ++i) colours.push_back(colour_of(points[i * points.size() / (side * side)]));
  Raster raster{side, side, {}, {}};
  for (const Colour& c : arranged(colours)) {
    raster.pixels.push_back(static_cast<std::uint8_t>(raster.palette.size()));
    Colour8& shown = raster.palette.emplace_back();
    for (std::size_t j = 0; j < 3; ++j) shown[j] = static_cast<std::uint8_t>(std::min(c[j], 255.0));
  }
  const std::string image = fmt::format("<img alt=\"{}\" src=\"{}\"/>", html::escape(title), data_address(raster));
  return html::element("figure", "", html::text("h4", "", title) + image);
}

Series cloud(const std::string& name, const std::vector<SamplePoint>& points, std::size_t across, std::size_t up) {
  Series series{name, {}, {}, {}, {}};
  for (const SamplePoint& p : points) {
    series.x.push_back(p[across]);
    series.y.push_back(p[up]);
  }
  return series;
}

SampleView view_of(const std::string& source, const std::string& flow, const Clouds& clouds, std::size_t number) {
  SampleView view;
  view.title = fmt::format("{}: {}", source, flow);
  if (clouds.colours) view.swatches = swatches("held-out rows", clouds.data) + swatches(flow, clouds.flow);
  using Names = std::array<std::string, 3>;
  const Names names = clouds.colours ? Names{"red", "green", "blue"} : Names{"x1", "x2", "x3"};
  for (std::size_t up = 1; up < clouds.dims; ++up)
    for (std::size_t across = 0; across < up; ++across) {
      Panel panel;
      panel.title = fmt::format("{} against {}", names[up], names[across]);
      panel.caption = fmt::format("{} held-out rows, {} samples.", clouds.data.size(), clouds.flow.size());
      panel.figure.name = fmt::format("samples_{}_{}_{}", number, across + 1, up + 1);
      panel.figure.mark = Mark::points;
      panel.figure.width = 360;
      const std::string unit = clouds.colours ? " / normal quantile" : "";
      panel.figure.x.label = names[across] + unit;
      panel.figure.y.label = names[up] + unit;
      panel.figure.series = {cloud("data", clouds.data, across, up), cloud("flow", clouds.flow, across, up)};
      view.panels.push_back(std::move(panel));
    }
  return view;
}

}  // namespace

std::vector<SampleView> sample_views(const Comparison& comparison, const std::vector<SampleRow>& rows) {
  std::map<std::string, const Cell*> wanted;  // by id: the lowest seed of each entry
  std::map<EntryKey, const Cell*> lowest;
  for (const Cell& cell : comparison.cells) {
    const Cell*& best = lowest[{cell.source, cell.flow, cell.dim}];
    if (best == nullptr || cell.any().seed < best->any().seed) best = &cell;
  }
  for (const auto& [key, cell] : lowest) wanted[cell->any().cell_id] = cell;

  std::map<std::tuple<std::string, std::size_t, std::string>, Clouds> clouds;  // source, rank of the flow, flow
  for (const SampleRow& row : rows) {
    const auto found = wanted.find(row.cell_id);
    if (found == wanted.end()) continue;
    const Cell& cell = *found->second;
    const auto rank = std::find(comparison.flows.begin(), comparison.flows.end(), cell.flow) - comparison.flows.begin();
    Clouds& c = clouds[{cell.source, static_cast<std::size_t>(rank), cell.flow}];
    (row.of == "data" ? c.data : c.flow).push_back(point_of(row));
    c.dims = static_cast<std::size_t>(std::clamp<std::int64_t>(cell.dim, 1, 3));
    c.colours = row.kind == "colours";
  }
  std::vector<SampleView> views;
  for (const auto& [key, c] : clouds) views.push_back(view_of(std::get<0>(key), std::get<2>(key), c, views.size() + 1));
  return views;
}

std::string samples_html(const std::vector<SampleView>& views, const std::vector<std::string>& drawn, std::size_t first) {
  std::string all;
  for (const SampleView& view : views) {
    all += html::text("h3", "", view.title);
    if (!view.swatches.empty()) all += html::element("div", "swatches", view.swatches) + "\n";
    std::string figures;
    for (std::size_t i = 0; i < view.panels.size(); ++i) figures += drawn[first++];
    if (!figures.empty()) all += html::element("div", "panels", "\n" + figures) + "\n";
  }
  return all;
}

}  // namespace flowgauge::reports
