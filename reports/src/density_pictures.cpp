// SPDX-License-Identifier: MIT
#include "density_views.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "html.hpp"
#include "png.hpp"

namespace flowgauge::reports {
namespace {

constexpr std::size_t most_flows = 8;
constexpr double widest_ratio = 2;   // nats at the ends of the scale of log-ratios
constexpr double negligible = 1e-4;  // of the largest density: where both are below, a log-ratio has nothing to say about the KL
constexpr int steps = 255;           // number 255 is the colour of «nothing to say»

using Stops = std::vector<std::array<double, 3>>;

const Stops density_stops{{252, 252, 248}, {170, 214, 190}, {62, 138, 152}, {42, 54, 100}};
const Stops ratio_stops{{0, 90, 158}, {120, 180, 220}, {250, 250, 248}, {240, 160, 100}, {190, 74, 0}};

std::vector<Colour8> palette(const Stops& stops) {
  std::vector<Colour8> colours;
  for (int i = 0; i < steps; ++i) {
    const double place = static_cast<double>(i) / (steps - 1) * static_cast<double>(stops.size() - 1);
    const std::size_t below = std::min(static_cast<std::size_t>(place), stops.size() - 2);
    Colour8 colour{};
    for (std::size_t c = 0; c < 3; ++c)
      colour[c] = static_cast<std::uint8_t>(std::lround(std::lerp(stops[below][c], stops[below + 1][c], place - static_cast<double>(below))));
    colours.push_back(colour);
  }
  colours.push_back({205, 205, 205});
  return colours;
}

std::uint8_t step_of(double part) {
  if (std::isnan(part)) return steps;
  return static_cast<std::uint8_t>(std::lround(std::clamp(part, 0.0, 1.0) * (steps - 1)));
}

std::string gradient(const Stops& stops) {
  std::string text;
  for (const auto& [red, green, blue] : stops) text += fmt::format(", rgb({} {} {})", red, green, blue);
  return text;
}

std::string scale(const Stops& stops, const std::string& low, const std::string& high) {
  return fmt::format("<div class=\"scale\"><span>{}</span><i style=\"background:linear-gradient(to right{})\"></i><span>{}</span></div>\n",
                     html::escape(low), gradient(stops), html::escape(high));
}

/// The points of a table, which run along x first, from the lowest y: the picture stands with y upwards.
template <class Step>
std::string picture(const std::vector<const DensityRow*>& rows, const Stops& stops, const std::string& words, Step step) {
  std::set<double> columns;
  for (const DensityRow* row : rows) columns.insert(row->x.value_or(NAN));
  Raster raster;
  raster.width = columns.size();
  raster.height = rows.size() / raster.width;
  raster.palette = palette(stops);
  if (raster.width * raster.height != rows.size()) return html::text("p", "warning", "No picture: the points are no regular grid.");
  for (std::size_t i = raster.height; i-- > 0;)
    for (std::size_t j = 0; j < raster.width; ++j) raster.pixels.push_back(step(*rows[i * raster.width + j]));
  return fmt::format("<img class=\"density\" alt=\"{}\" src=\"{}\"/>", html::escape(words), data_address(raster));
}

std::string pictures_of(const std::string& source, const std::vector<DensityTable>& tables) {
  double highest = 0, low_x = HUGE_VAL, high_x = -HUGE_VAL, low_y = HUGE_VAL, high_y = -HUGE_VAL;
  for (const DensityRow* row : tables.front().rows) {
    if (row->log_p && *row->log_p < HUGE_VAL) highest = std::max(highest, std::exp(*row->log_p));
    low_x = std::min(low_x, row->x.value_or(HUGE_VAL));
    high_x = std::max(high_x, row->x.value_or(-HUGE_VAL));
    low_y = std::min(low_y, row->y.value_or(HUGE_VAL));
    high_y = std::max(high_y, row->y.value_or(-HUGE_VAL));
  }
  const auto part = [highest](const Number& log_density) { return std::exp(log_density.value_or(-HUGE_VAL)) / highest; };
  const auto of_source = [&](const DensityRow& row) { return step_of(part(row.log_p)); };
  const auto of_flow = [&](const DensityRow& row) { return step_of(part(row.log_q)); };
  const auto of_ratio = [&](const DensityRow& row) -> std::uint8_t {
    const double ratio = row.log_p.value_or(NAN) - row.log_q.value_or(NAN);
    if (std::isnan(ratio) || (part(row.log_p) < negligible && part(row.log_q) < negligible)) return steps;
    return step_of(0.5 + 0.5 * ratio / widest_ratio);
  };
  std::string rows;
  const std::size_t shown = std::min(tables.size(), most_flows);
  for (std::size_t i = 0; i < shown; ++i) {
    const DensityTable& table = tables[i];
    rows += "<tr>" + html::text("th", "", table.flow) +
            html::element("td", "", picture(table.rows, density_stops, "density of " + source, of_source)) +
            html::element("td", "", picture(table.rows, density_stops, "density of " + table.flow, of_flow)) +
            html::element("td", "", picture(table.rows, ratio_stops, "log-ratio of " + source + " to " + table.flow, of_ratio)) + "</tr>\n";
  }
  const std::string head = html::heading("flow", html::Align::left) + html::heading("source p", html::Align::left) +
                           html::heading("flow q", html::Align::left) + html::heading("log p − log q", html::Align::left);
  std::string text = html::text("h3", "", source) + "\n" + table("pictures", head, rows);
  text += scale(density_stops, "density 0", html::number(highest) + ", the largest of the source; more looks the same");
  std::string caption = fmt::format("x from {} to {}, y from {} to {}; {} points, formulas.", html::number(low_x), html::number(high_x),
                                    html::number(low_y), html::number(high_y), html::count(static_cast<double>(tables.front().rows.size())));
  if (shown < tables.size()) caption += fmt::format(" {} of {} flows are shown, the best by median KL.", shown, tables.size());
  return text + html::text("p", "hidden-rows", caption) + "\n";
}

}  // namespace

std::string density_pictures(const Comparison& comparison, const std::vector<DensityRow>& rows) {
  std::string all;
  for (const auto& [source, tables] : densities_at(comparison, rows, 2)) all += pictures_of(source, tables);
  if (all.empty()) return all;
  const std::string ends = html::number(widest_ratio);
  return scale(ratio_stops, "log p − log q: −" + ends + " nat or less, too much mass",
               ends + " nat or more, too little; grey: both densities negligible") +
         all;
}

}  // namespace flowgauge::reports
